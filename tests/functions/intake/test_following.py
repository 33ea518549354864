"""The customer's side of a finished request, at the door."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.builders import AGENT, DESK
from tests.functions.door import Knocker
from tingjian.platform.times import stamp

ASK = {"type": "feedback", "subject": "包裹没到", "text": "三天了", "contact": {"phone": "13812345678"}}


def a_ticket_resolved(door: Knocker, ago: timedelta) -> str:
    """The token of a request that was resolved so long ago."""
    asked = door.post("/v1/public/tickets", ASK).json
    number = asked["number"].replace("-", "")
    assert door.post(f"/v1/tickets/{number}/resolve", {}, caller=AGENT).status == 200
    door.dynamodb.update_item(
        TableName=DESK,
        Key={"pk": {"S": f"ticket#{number}"}, "sk": {"S": "ticket"}},
        UpdateExpression="SET resolved_at = :then",
        ExpressionAttributeValues={":then": {"S": stamp(datetime.now(UTC) - ago)}},
    )
    token: str = asked["follow_url"].partition("#")[2]
    return token


@pytest.mark.parametrize(
    ("ago", "allowed"), [(timedelta(days=30, minutes=-1), True), (timedelta(days=30, minutes=1), False)]
)
def test_customer_takes_a_request_up_again_for_thirty_days(intake: Knocker, ago: timedelta, *, allowed: bool) -> None:
    path = f"/v1/public/tickets/{a_ticket_resolved(intake, ago)}"

    shown = intake.get(path).json["can_reopen"]
    answer = intake.post(path + "/reopen", {"reason": "没好"})

    assert shown is allowed
    assert (answer.status, answer.json.get("type")) == (
        (200, None) if allowed else (409, "urn:tingjian:problem:illegal_move")
    )
