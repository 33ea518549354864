"""What the routes of report share: the door and its settings."""

import functools

from tingjian.people.staff.storage import identify
from tingjian.platform import resources
from tingjian.platform.http import Door
from tingjian.platform.settings import FilesSettings, Settings
from tingjian.report.jobs import ReportJob, send_job
from tingjian.report.reports.storage import ReportFiles


class ReportApiSettings(Settings, FilesSettings):
    """What this door reads from its environment."""

    report_queue_url: str
    centre_time_zone: str


@functools.cache
def settings() -> ReportApiSettings:
    """The settings of this process."""
    return ReportApiSettings.from_environment()


def files() -> ReportFiles:
    """The bucket of files."""
    return ReportFiles(settings().files_bucket)


def send(report_id: str) -> None:
    """Tell the worker to make a report."""
    send_job(resources.sqs(), settings().report_queue_url, ReportJob(job="report", report=report_id))


door = Door(settings=settings, identify=identify)
"""The HTTP door of report."""
