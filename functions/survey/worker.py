"""The worker door of survey: it calls one listener with one event of the Journal, a message a call.

A message that fails comes back after the queue's visibility time-out, for that listener alone, and at last goes to the
dead-letter queue.
"""

from datetime import UTC, datetime
from typing import Any

from functions.survey.assembled import LISTENERS
from tingjian.platform import resources, telemetry
from tingjian.platform.failures import failure_summary
from tingjian.platform.listeners import Message, call_listener
from tingjian.platform.times import cut_to_milliseconds


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Call the listeners that the messages name; the answer names the messages that failed."""
    failures = []
    for record in event["Records"]:
        try:
            message = Message.model_validate_json(record["body"])
            call_listener(resources.store(), message, LISTENERS, now=cut_to_milliseconds(datetime.now(UTC)))
        except Exception as error:  # noqa: BLE001 - one listener's failure is its own
            telemetry.record("ListenersFailed", message_body=record["body"], error=failure_summary(error))
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}
