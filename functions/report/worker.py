"""The worker door of report: it makes reports and compacts the lake, one job a message, with the analytics layer.

SQS delivers a failed job again after the visibility time-out, and puts it into the dead-letter queue at last. A job
that is done twice changes nothing.
"""

from datetime import UTC, datetime
from typing import Any

from tingjian.platform import resources, telemetry
from tingjian.platform.settings import LakeSettings
from tingjian.platform.times import cut_to_milliseconds
from tingjian.report.files.actions import make_report
from tingjian.report.lake.actions import compact_lake
from tingjian.report.lake.storage import Lake
from tingjian.report.reports.jobs import ReportJob, send_job_message
from tingjian.report.reports.storage import report_files

COMPACTIONS_AT_ONCE = 5


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Do the jobs of a batch; the answer names those that failed."""
    failures = []
    for message in event["Records"]:
        try:
            work(ReportJob.model_validate_json(message["body"]))
        except Exception:  # noqa: BLE001 - one bad job must not stop the others
            telemetry.logger().exception("JobFailed", extra={"message_id": message["messageId"]})
            failures.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": failures}


def work(job: ReportJob) -> None:
    """Do one job. Raises whatever goes wrong."""
    lake = Lake(LakeSettings.read().lake_bucket)
    if job.job == "compact":
        if all(compact_lake(lake, now=now()) for _ in range(COMPACTIONS_AT_ONCE)):
            send_job_message(job)
        return
    make_report(resources.store(), lake, report_files(), job.report, clock=now)


def now() -> datetime:
    return cut_to_milliseconds(datetime.now(UTC))
