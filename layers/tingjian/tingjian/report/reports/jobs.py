"""What the worker is told through the queue."""

from typing import Literal

from tingjian.platform import resources
from tingjian.platform.models import Frozen
from tingjian.platform.settings import ReportQueueSettings


class ReportJob(Frozen):
    """Make a report, or compact the lake."""

    job: Literal["report", "compact"]
    report: str = ""


def send_job_message(job: ReportJob) -> None:
    url = ReportQueueSettings.read().report_queue_url
    resources.sqs().send_message(QueueUrl=url, MessageBody=job.model_dump_json(exclude_defaults=True))


def send_report_job(report_id: str) -> None:
    send_job_message(ReportJob(job="report", report=report_id))
