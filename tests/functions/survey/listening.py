"""The queue of listeners on moto, made and worked off as the template declares it."""

import json
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import boto3

from functions.survey import worker

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

LONGEST_RUN_S = 60


@dataclass
class ListenerQueue:
    """The queue, its dead letters, and what Lambda does between queue and worker."""

    sqs: "SQSClient"
    url: str
    dead_letters_url: str
    at_once: int
    pool: ThreadPoolExecutor
    running: dict[str, Future[Any]] = field(default_factory=dict)

    @classmethod
    def made(cls, template: Mapping[str, Any]) -> Self:
        """The queues of the template in this test's AWS."""
        sqs = boto3.client("sqs")
        resources = template["Resources"]
        dead = sqs.create_queue(QueueName="dead-listeners")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        declared = resources["ListenerQueue"]["Properties"]
        policy = {"deadLetterTargetArn": arn, "maxReceiveCount": declared["RedrivePolicy"]["maxReceiveCount"]}
        attributes: Any = {"VisibilityTimeout": str(declared["VisibilityTimeout"]), "RedrivePolicy": json.dumps(policy)}
        url = sqs.create_queue(QueueName="listeners", Attributes=attributes)["QueueUrl"]
        source = resources["SurveyWorkerFunction"]["Properties"]["Events"]["Listeners"]["Properties"]
        at_once = source["ScalingConfig"]["MaximumConcurrency"]
        return cls(sqs, url, dead, at_once, ThreadPoolExecutor(at_once))

    def work_until(self, over: Callable[[], bool]) -> None:
        """Call the worker as Lambda does, a message a call, until something is so; time-outs pass at once."""
        deadline = time.monotonic() + LONGEST_RUN_S
        while not over():
            assert time.monotonic() < deadline, "what the test waits for did not come"
            for message in self._received(self.url) if len(self.running) < self.at_once else []:
                record = {"messageId": message["MessageId"], "body": message["Body"]}
                called = self.pool.submit(worker.handler, {"Records": [record]}, None)
                self.running[message["ReceiptHandle"]] = called
            self._settle()

    def is_empty(self) -> bool:
        """Whether nothing waits and nothing is at work."""
        return not self._count(self.url)

    def dead(self) -> int:
        """How many failure records there are."""
        return self._count(self.dead_letters_url)

    def waiting(self) -> list[dict[str, Any]]:
        """The messages in the queue, left where they are."""
        return self._looked_at(self.url)

    def dead_letters(self) -> list[dict[str, Any]]:
        """The failure records, left where they are."""
        return self._looked_at(self.dead_letters_url)

    def _count(self, url: str) -> int:
        names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        counts = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return sum(map(int, counts.values()))

    def _looked_at(self, url: str) -> list[dict[str, Any]]:
        found: list[Any] = []
        while messages := self._received(url, 10):
            found += messages
        for message in found:
            self.sqs.change_message_visibility(
                QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
            )
        return [json.loads(message["Body"]) for message in found]

    def _received(self, url: str, at_most: int = 1) -> list[Any]:
        answer = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=at_most, WaitTimeSeconds=0)
        return list(answer.get("Messages", []))

    def _settle(self) -> None:
        """Delete what was taken; what failed is seen again at once instead of after its time-out."""
        for receipt in [receipt for receipt, called in self.running.items() if called.done()]:
            if self.running.pop(receipt).result()["batchItemFailures"]:
                self.sqs.change_message_visibility(QueueUrl=self.url, ReceiptHandle=receipt, VisibilityTimeout=0)
            else:
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=receipt)
