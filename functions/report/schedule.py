"""The schedule door of report: every minute it asks for the reports that are due, and now and then for a compaction.

What is due is computed in code from the centre's time zone, so a tick that is late, lost or doubled changes nothing.
"""

import functools
from datetime import UTC, datetime
from typing import Any

from tingjian.platform import resources
from tingjian.platform.settings import Settings
from tingjian.platform.times import milliseconds
from tingjian.report.jobs import ReportJob, send_job
from tingjian.report.reports.actions import ask_due_reports

COMPACTED_EVERY_MINUTES = 30


class ReportScheduleSettings(Settings):
    """What this door reads from its environment."""

    report_queue_url: str
    centre_time_zone: str


@functools.cache
def settings() -> ReportScheduleSettings:
    """The settings of this process."""
    return ReportScheduleSettings.from_environment()


def handler(_event: dict[str, Any], _context: object) -> dict[str, int]:
    """Ask for what is due now; how many reports that was."""
    return {"asked": tick(milliseconds(datetime.now(UTC)))}


def tick(now: datetime) -> int:
    """Ask for the reports that are due at an instant, and for a compaction every half hour."""
    names = settings()
    store = resources.store(names.desk_table, names.journal_table)
    asked = ask_due_reports(store, _send, now=now, zone=names.centre_time_zone, language="zh-CN")
    if now.minute % COMPACTED_EVERY_MINUTES == 0:
        send_job(resources.sqs(), names.report_queue_url, ReportJob(job="compact"))
    return asked


def _send(report_id: str) -> None:
    send_job(resources.sqs(), settings().report_queue_url, ReportJob(job="report", report=report_id))
