"""`tingjian replay --failures` and `--entity`: deliver stream records and listeners' messages once more.

An operator runs it after the cause of a failure is mended. A record may be delivered twice: a survey is issued once a
resolution, a mail is sent once, and the lake keeps an event once.
"""

import base64
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import boto3
from botocore.exceptions import ClientError
from tqdm import tqdm

from infra.cli.client import aws_options
from infra.cli.deployment import Deployment

HELD_SECONDS = 300
AT_ONCE = 25
GONE = {"TrimmedDataAccessException", "ResourceNotFoundException", "ExpiredIteratorException"}

Record = dict[str, Any]


class RecordsGoneError(Exception):
    """The stream keeps records for 24 hours, and these are older."""


@dataclass
class Result:
    """How many records were taken, and a line for each thing that was not."""

    taken: int = 0
    left: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class FailureQueue:
    """A queue of what failed for good."""

    sqs: Any
    url: str

    def messages(self) -> Iterator[dict[str, Any]]:
        """What the queue holds, each message held back from others for five minutes."""
        seen: set[str] = set()
        while True:
            answer = self.sqs.receive_message(
                QueueUrl=self.url, MaxNumberOfMessages=10, VisibilityTimeout=HELD_SECONDS, WaitTimeSeconds=1
            )
            fresh = [message for message in answer.get("Messages", []) if message["MessageId"] not in seen]
            if not fresh:
                return
            seen |= {message["MessageId"] for message in fresh}
            yield from fresh

    def done(self, message: dict[str, Any]) -> None:
        self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])

    def give_back(self, message: dict[str, Any]) -> None:
        """Let the next redrive see a message again."""
        self.sqs.change_message_visibility(
            QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
        )


@dataclass(frozen=True)
class Streams:
    """The streams of a deployment, their consumers, and the queues of what failed."""

    deployment: Deployment

    @cached_property
    def _sqs(self) -> Any:
        return boto3.client("sqs", **aws_options())

    @cached_property
    def _lambda(self) -> Any:
        return boto3.client("lambda", **aws_options())

    @cached_property
    def _streams(self) -> Any:
        return boto3.client("dynamodbstreams", **aws_options())

    @property
    def failures(self) -> FailureQueue:
        return FailureQueue(self._sqs, self.deployment.outputs["StreamFailureQueueUrl"])

    @property
    def unheard(self) -> FailureQueue:
        return FailureQueue(self._sqs, self.deployment.outputs["ListenerDeadLetterQueueUrl"])

    @property
    def undelivered(self) -> FailureQueue:
        return FailureQueue(self._sqs, self.deployment.outputs["LaneDeadLetterQueueUrl"])

    def records(self, batch: dict[str, Any]) -> list[Record]:
        """The records from the first to the last of a failed batch. Raises RecordsGoneError after 24 hours."""
        last = int(batch["endSequenceNumber"])
        found: list[Record] = []
        try:
            iterator = self._streams.get_shard_iterator(
                StreamArn=batch["streamArn"],
                ShardId=batch["shardId"],
                ShardIteratorType="AT_SEQUENCE_NUMBER",
                SequenceNumber=batch["startSequenceNumber"],
            )["ShardIterator"]
            while iterator:
                page = self._streams.get_records(ShardIterator=iterator)
                wanted = [entry for entry in page["Records"] if int(entry["dynamodb"]["SequenceNumber"]) <= last]
                found += [_record(entry) for entry in wanted]
                ended = len(wanted) < len(page["Records"]) or (found and _number(found[-1]) >= last)
                iterator = None if ended or not page["Records"] else page.get("NextShardIterator")
        except ClientError as error:
            if error.response["Error"]["Code"] in GONE:
                raise RecordsGoneError from error
            raise
        return found

    def items(self, table: str, entity: str) -> list[Record]:
        pages = self.deployment.store.client.get_paginator("query").paginate(
            TableName=table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": entity}},
            ConsistentRead=True,
        )
        items = [item for page in pages for item in page["Items"]]
        return [
            {
                "eventName": "INSERT",
                "eventSource": "tingjian:replay",
                "dynamodb": {
                    "Keys": {name: item[name] for name in ("pk", "sk")},
                    "NewImage": _plain(item),
                    "SequenceNumber": f"{place:021d}",
                },
            }
            for place, item in enumerate(items, start=1)
        ]

    def consumers(self, table: str) -> list[str]:
        return self._fed_by(self.deployment.store.client.describe_table(TableName=table)["Table"]["LatestStreamArn"])

    def listener_worker(self) -> str:
        """The function that calls listeners."""
        return self._worker("ListenerQueueUrl")

    def lane_worker(self, message: dict[str, Any]) -> str:
        """The function that sends such a message out: webhooks are called by one of their own."""
        calls = json.loads(message["Body"]).get("template") == "webhook"
        return self._worker("WebhooksQueueUrl" if calls else "CustomersQueueUrl")

    def _worker(self, output: str) -> str:
        queue = self.deployment.outputs[output]
        attributes = self._sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
        [worker] = self._fed_by(attributes["QueueArn"])
        return worker

    def _fed_by(self, source: str) -> list[str]:
        pages = self._lambda.get_paginator("list_event_source_mappings").paginate(EventSourceArn=source)
        return [mapping["FunctionArn"] for page in pages for mapping in page["EventSourceMappings"]]

    def hand(self, function: str, records: Sequence[Record]) -> list[str]:
        """Call a function as its stream or queue does; the ids that it refused, or the error that it raised."""
        answer = self._lambda.invoke(FunctionName=function, Payload=json.dumps({"Records": list(records)}).encode())
        payload = json.loads(answer["Payload"].read() or b"null")
        if answer.get("FunctionError"):
            return [str((payload or {}).get("errorMessage", "the function failed"))]
        failures = (payload or {}).get("batchItemFailures") or []
        return [failure["itemIdentifier"] for failure in failures]


def run(streams: Streams, entity: str | None) -> int:
    """Redrive one entity, or else what the failure queues name; 0 when everything was taken."""
    if entity:
        results = [redrive_entity(streams, entity)]
    else:
        results = [
            redrive_failures(streams, shown=lambda messages: tqdm(messages, desc="failures", unit="")),
            redrive_listeners(streams, shown=lambda messages: tqdm(messages, desc="listeners", unit="")),
            redrive_deliveries(streams, shown=lambda messages: tqdm(messages, desc="messages", unit="")),
        ]
    left = [line for result in results for line in result.left]
    for line in left:
        print(line, file=sys.stderr)
    print(f"{sum(result.taken for result in results)} records taken, {len(left)} failures left")
    return 1 if left else 0


def redrive_failures(streams: Streams, *, shown: Callable[[Any], Any] = iter) -> Result:
    """Hand every batch that the failure queue names to its function; what is taken leaves the queue."""
    return _redrive(streams.failures, partial(_hand_batch, streams), shown)


def redrive_listeners(streams: Streams, *, shown: Callable[[Any], Any] = iter) -> Result:
    """Hand every message that a listener failed at to its worker; what that listener takes leaves the queue."""
    return _redrive(streams.unheard, partial(_hand_message, streams, streams.listener_worker()), shown)


def redrive_deliveries(streams: Streams, *, shown: Callable[[Any], Any] = iter) -> Result:
    """Hand every message that was on its way out to its worker; what that takes leaves the queue."""

    def hand(message: dict[str, Any]) -> Result:
        return _hand_message(streams, streams.lane_worker(message), message)

    return _redrive(streams.undelivered, hand, shown)


def _redrive(queue: FailureQueue, hand: Callable[[dict[str, Any]], Result], shown: Callable[[Any], Any]) -> Result:
    """Work off a queue of failures; what is left stays in it for the next time."""
    result = Result()
    kept = []
    for message in shown(queue.messages()):
        handed = hand(message)
        result.taken += handed.taken
        result.left += handed.left
        if handed.left:
            kept.append(message)
        else:
            queue.done(message)
    for message in kept:
        queue.give_back(message)
    return result


def _hand_batch(streams: Streams, message: dict[str, Any]) -> Result:
    failure = json.loads(message["Body"])
    function, batch = failure["requestContext"]["functionArn"], failure["DDBStreamBatchInfo"]
    try:
        records = streams.records(batch)
    except RecordsGoneError:
        return Result(left=[f"{_name(function)}: {batch['startSequenceNumber']} is older than its stream; --entity"])
    refused = streams.hand(function, records)
    return Result(left=[f"{_name(function)}: {', '.join(refused)}"]) if refused else Result(len(records))


def _hand_message(streams: Streams, worker: str, message: dict[str, Any]) -> Result:
    record = {"messageId": message["MessageId"], "body": message["Body"], "eventSource": "tingjian:replay"}
    refused = streams.hand(worker, [record])
    return Result(left=[f"{_name(worker)}: {message['Body']}"]) if refused else Result(1)


def redrive_entity(streams: Streams, entity: str) -> Result:
    """Deliver all events of an entity, and its items that ask for a message, to the readers of their stream."""
    result = Result()
    outputs = streams.deployment.outputs
    for table in (outputs["JournalTable"], outputs["DeskTable"]):
        records = streams.items(table, entity)
        if table == outputs["DeskTable"]:
            records = [record for record in records if "deliver" in record["dynamodb"]["NewImage"]]
        for function in streams.consumers(table) if records else []:
            refused = [
                number
                for start in range(0, len(records), AT_ONCE)
                for number in streams.hand(function, records[start : start + AT_ONCE])
            ]
            result.left += [f"{_name(function)}: {', '.join(refused)}"] if refused else []
        result.taken += len(records)
    return result


def _record(entry: dict[str, Any]) -> Record:
    facts = entry["dynamodb"]
    shown = {name: _plain(facts[name]) for name in ("Keys", "NewImage", "OldImage") if name in facts}
    return {
        "eventID": entry["eventID"],
        "eventName": entry["eventName"],
        "eventSource": "tingjian:replay",
        "dynamodb": shown | {"SequenceNumber": facts["SequenceNumber"]},
    }


def _number(record: Record) -> int:
    return int(record["dynamodb"]["SequenceNumber"])


def _name(function: str) -> str:
    return function.rsplit(":", 1)[-1]


def _plain(value: Any) -> Any:
    """Wire values as JSON: bytes as base64, as Lambda has them."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {name: _plain(member) for name, member in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(member) for member in value]
    return value
