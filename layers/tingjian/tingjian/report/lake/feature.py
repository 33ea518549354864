"""The lake: what it is made of. What lies in it is listed in `models.py`."""

from tingjian.platform.features import Access, Feature, Work
from tingjian.report.lake.models import MANIFESTS, PARQUET, RAW

QUEUES = Access("report_queue", ("sqs:SendMessage",))
READS_LAKE = (
    Access("lake", ("s3:ListBucket",)),
    Access("lake", ("s3:GetObject",), f"{RAW}*"),
    Access("lake", ("s3:GetObject",), f"{PARQUET}*"),
    Access("lake", ("s3:GetObject",), f"{MANIFESTS}*"),
)

FEATURE = Feature(
    work=(
        Work("report.stream", touches=(Access("lake", ("s3:PutObject",), f"{RAW}*"),)),
        Work("report.schedule", touches=(QUEUES,)),
        Work(
            "report.worker",
            touches=(
                *READS_LAKE,
                Access("lake", ("s3:DeleteObject",), f"{RAW}*"),
                Access("lake", ("s3:PutObject", "s3:DeleteObject"), f"{PARQUET}*"),
                Access("lake", ("s3:PutObject", "s3:DeleteObject"), f"{MANIFESTS}*"),
                QUEUES,
            ),
        ),
    ),
)
