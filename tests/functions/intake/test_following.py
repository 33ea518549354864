"""The customer's side of a finished request, at the door."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.builders import AGENT, DESK
from tests.functions.door import Knocker
from tingjian.platform.times import epoch_seconds, stamp

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


def test_wrong_tries_lock_the_number_even_for_whoever_knows_the_digits(intake: Knocker) -> None:
    number = intake.post("/v1/public/tickets", ASK).json["number"]

    def look_up(digits: str) -> int:
        return intake.post("/v1/public/tickets/lookup", {"number": number, "phone_last_four": digits}).status

    assert look_up("5678") == 200
    assert [look_up("0000") for _ in range(6)] == [404] * 5 + [429]
    assert look_up("5678") == 429


def test_lock_ends_after_its_time_and_the_tries_count_afresh(intake: Knocker) -> None:
    number = intake.post("/v1/public/tickets", ASK).json["number"]

    def look_up(digits: str) -> int:
        return intake.post("/v1/public/tickets/lookup", {"number": number, "phone_last_four": digits}).status

    assert [look_up("0000") for _ in range(6)] == [404] * 5 + [429]
    intake.dynamodb.update_item(
        TableName=DESK,
        Key={"pk": {"S": f"ticket#{number.replace('-', '')}"}, "sk": {"S": "attempts"}},
        UpdateExpression="SET expires_at = :now",
        ExpressionAttributeValues={":now": {"N": str(epoch_seconds(datetime.now(UTC)))}},
    )

    assert [look_up("0000") for _ in range(2)] == [404] * 2
    assert look_up("5678") == 200
