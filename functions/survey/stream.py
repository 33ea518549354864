"""The stream door of survey: it reads the Journal for all who listen, and queues a message for each of them.

DynamoDB recommends two readers a stream at most, so this door only dispatches; `functions.survey.worker` does the work.
A record that is no event, or whose messages the queue refused, is reported by its sequence number, and Lambda delivers
it again. The messages of the other records are sent.
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
            wanted += [(sequence, message) for message in messages_for(record)]
        except Exception as error:  # noqa: BLE001 - one bad record must not stop the others
            telemetry.record("RecordsRefused", sequence_number=sequence, error=failure_summary(error))
            failed.add(sequence)
    failed |= {wanted[place][0] for place in send_messages([message for _, message in wanted])}
    return {"batchItemFailures": [{"itemIdentifier": number} for number in sorted(failed, key=int)]}


def messages_for(record: dict[str, Any]) -> list[Message]:
    """The messages that a record asks for. Raises whatever is wrong with it."""
    if record["eventName"] != "INSERT":
        return []
    return messages_of(event_from_item(from_wire(record["dynamodb"]["NewImage"])), LISTENERS, IMPORTED)
