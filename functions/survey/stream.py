"""The stream door of survey: a resolution in Journal asks for a survey.

Each record stands alone: one that fails is reported by its sequence number, so that the others of its batch are done,
and what is delivered again changes nothing. What fails for good goes to the failure queue.
"""

from datetime import UTC, datetime
from typing import Any

from tingjian.platform import resources, telemetry
from tingjian.platform.events import from_item
from tingjian.platform.store import from_wire
from tingjian.platform.times import milliseconds
from tingjian.survey.surveys.actions import issue_survey


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Issue a survey for each resolution of the batch; the answer names the records that must come again."""
    failures = []
    for record in event["Records"]:
        try:
            ask(record)
        except Exception:  # noqa: BLE001 - whatever is wrong with a record, the others go on
            sequence = record["dynamodb"]["SequenceNumber"]
            telemetry.logger().exception("SurveyFailed", extra={"sequence_number": sequence})
            failures.append({"itemIdentifier": sequence})
    return {"batchItemFailures": failures}


def ask(record: dict[str, Any]) -> None:
    """Issue the survey of one record, if it is a resolution. Raises whatever is wrong with it."""
    if record["eventName"] != "INSERT":
        return
    fact = from_item(from_wire(record["dynamodb"]["NewImage"]))
    if fact.name != "TicketResolved":
        return
    survey = issue_survey(resources.store(), fact, now=milliseconds(datetime.now(UTC)))
    if survey:
        telemetry.record("SurveysIssued", survey=survey.id)
