"""The stream door of survey: it reads the Journal for all who listen, and queues a message for each of them.

DynamoDB recommends two readers a stream at most, so this one only dispatches; `functions.survey.worker` does the work.
A record that is no event, or whose messages the queue refused, is reported by its sequence number and comes again;
the messages of the others are sent all the same.
"""

from typing import Any

from functions.survey.assembled import IMPORTED, LISTENERS
from tingjian.platform import telemetry
from tingjian.platform.events import event_from_item
from tingjian.platform.failures import failure_summary
from tingjian.platform.listeners import Message, messages_of, send_messages
from tingjian.platform.store import from_wire


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Queue the messages of a batch; the answer names the records that must come again."""
    failed: set[str] = set()
    wanted: list[tuple[str, Message]] = []
    for record in event["Records"]:
        sequence = record["dynamodb"]["SequenceNumber"]
        try:
            wanted += [(sequence, message) for message in asked_by(record)]
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a record, the others go on
            telemetry.record("RecordsRefused", sequence_number=sequence, error=failure_summary(error))
            failed.add(sequence)
    failed |= {wanted[place][0] for place in send_messages([message for _, message in wanted])}
    return {"batchItemFailures": [{"itemIdentifier": number} for number in sorted(failed, key=int)]}


def asked_by(record: dict[str, Any]) -> list[Message]:
    """The messages that a record asks for. Raises whatever is wrong with it."""
    if record["eventName"] != "INSERT":
        return []
    return messages_of(event_from_item(from_wire(record["dynamodb"]["NewImage"])), LISTENERS, IMPORTED)
