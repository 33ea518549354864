"""The schedule door of report: every minute it asks for the reports that are due, and now and then for a compaction.

Code computes from the centre's time zone what is due, so a tick may be late, lost or doubled.
"""

from datetime import UTC, datetime
from typing import Any

from tingjian.platform import resources
from tingjian.platform.settings import CentreSettings
from tingjian.platform.times import cut_to_milliseconds
from tingjian.report.reports.jobs import ReportJob, send_job_message, send_report_job
from tingjian.report.reports.schedules import ask_due_reports

COMPACTED_EVERY_MINUTES = 30


def handler(_event: dict[str, Any], _context: object) -> dict[str, int]:
    """Ask for the reports that are due. The answer counts them."""
    return {"asked": tick(cut_to_milliseconds(datetime.now(UTC)))}


def tick(now: datetime) -> int:
    """Ask for the reports that are due at an instant, and for a compaction every half hour."""
    zone = CentreSettings.read().centre_time_zone
    asked = ask_due_reports(resources.store(), send_report_job, now=now, zone=zone, language="zh-CN")
    if now.minute % COMPACTED_EVERY_MINUTES == 0:
        send_job_message(ReportJob(job="compact"))
    return asked
