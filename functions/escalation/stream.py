"""The stream door of escalation: it puts what asks for delivery into its lane; `functions.escalation.worker` delivers.

A record that asks for an unknown template, or that SQS refused, is reported to Lambda, which delivers it a few times
more and then puts it into the failure queue.
"""

from collections import defaultdict
from typing import Any

from functions.escalation.assembled import LANES
from tingjian.platform import telemetry
from tingjian.platform.failures import failure_summary
from tingjian.platform.lanes import Lane, LaneMessage, send_down
from tingjian.platform.store import from_wire

DELAYS = {"notice": 30}
"""Seconds for which a message waits, so that what a person is told in that time goes out in one mail."""


class UnknownTemplateError(LookupError):
    """An item asks for a template that nobody declares; its record ends in the failure queue."""


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Sort a batch into the lanes; the answer names the records that must come again."""
    failed: set[str] = set()
    sorted_out: dict[tuple[Lane, int], list[tuple[str, LaneMessage]]] = defaultdict(list)
    for record in event["Records"]:
        sequence = record["dynamodb"]["SequenceNumber"]
        try:
            if message := message_of(record):
                where = lane_of(message), DELAYS.get(message.template, 0)
                sorted_out[where].append((sequence, message))
        except Exception as error:  # noqa: BLE001 - one bad record must not stop the others
            telemetry.record("RecordsRefused", sequence_number=sequence, error=failure_summary(error))
            failed.add(sequence)
    for (lane, delay), entries in sorted_out.items():
        refused = send_down(lane, [message for _, message in entries], delay_seconds=delay)
        failed |= {entries[place][0] for place in refused}
    return {"batchItemFailures": [{"itemIdentifier": number} for number in sorted(failed, key=int)]}


def message_of(record: dict[str, Any]) -> LaneMessage | None:
    """What a record asks for; None for one that asks for nothing. Raises whatever is wrong with it."""
    image = record["dynamodb"].get("NewImage", {})
    if record["eventName"] != "INSERT" or "deliver" not in image:
        return None
    return LaneMessage.of(from_wire({name: image[name] for name in ("pk", "sk", "deliver")}))


def lane_of(message: LaneMessage) -> Lane:
    """The lane of a message. Raises UnknownTemplateError."""
    if message.template not in LANES:
        raise UnknownTemplateError(message.template)
    return LANES[message.template]
