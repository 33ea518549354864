"""The files of reports: what making them takes."""

from tingjian.platform.features import DELETES_DESK, WRITES_DESK, WRITES_JOURNAL, Access, Feature, Work, uploads
from tingjian.report.lake.feature import READS_LAKE

FEATURE = Feature(
    work=(
        Work(
            "report.worker",
            touches=(
                Access("desk", ("dynamodb:GetItem", "dynamodb:Query")),
                WRITES_DESK,
                DELETES_DESK,
                WRITES_JOURNAL,
                *READS_LAKE,
                uploads("reports", "PutObject"),
            ),
        ),
    ),
)
