"""The worker door of survey: it calls one listener with one event of the Journal, a message a call.

SQS delivers a failed message again after the visibility time-out, and puts it into the dead-letter queue at last. The
other listeners to the same event have messages of their own.
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
        except Exception as error:  # noqa: BLE001 - one failing listener must not stop the others
            telemetry.record("ListenersFailed", message_body=record["body"], error=failure_summary(error))
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}
