"""What the worker is told through the queue."""

from typing import TYPE_CHECKING, Literal

from tingjian.platform.models import Frozen

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class ReportJob(Frozen):
    """Make a report, or compact the lake."""

    job: Literal["report", "compact"]
    report: str = ""


def send_job(sqs: "SQSClient", queue_url: str, job: ReportJob) -> None:
    """Put a job into the queue."""
    sqs.send_message(QueueUrl=queue_url, MessageBody=job.model_dump_json(exclude_defaults=True))
