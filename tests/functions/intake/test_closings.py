"""Closing is no way to bury a complaint: what a duplicate, a dismissal and a confirmation need, at the door."""

from typing import Any

import pytest

from tests.builders import AGENT, COLLEAGUE, LEAD
from tests.functions.door import Answer, Knocker
from tests.functions.intake.test_idempotency import ask
from tingjian.platform.rights import Caller

DISMISSALS = ("spam", "invalid", "withdrawn")


def filed(door: Knocker, kind: str = "feedback", phone: str = "13812345678") -> str:
    number: str = ask(door, kind=kind, phone=phone).json["number"].replace("-", "")
    return number


def close(door: Knocker, number: str, caller: Caller = AGENT, /, **body: str) -> Answer:
    return door.post(f"/v1/tickets/{number}/close", body, caller=caller)


def shown(door: Knocker, number: str) -> Any:
    return door.get(f"/v1/tickets/{number}", caller=LEAD).json


def claim(door: Knocker, number: str, caller: Caller) -> None:
    assert door.post(f"/v1/tickets/{number}/claim", caller=caller).status == 200


def test_duplicate_names_the_ticket_in_which_it_goes_on_and_its_customer_reads_where(intake: Knocker) -> None:
    first, again = filed(intake, "complaint"), filed(intake, "complaint")

    answer = close(intake, again, reason="duplicate", duplicate_of=first)

    assert answer.status == 200, answer.text
    duplicate, kept = shown(intake, again), shown(intake, first)
    assert (duplicate["status"], duplicate["duplicate_of"], duplicate["links"]) == ("closed", first, [first])
    assert (kept["status"], kept["links"]) == ("new", [again])
    told = duplicate["messages"][0]
    assert (told["kind"], first[:4] in told["text"]) == ("reply", True)


@pytest.mark.parametrize("target", [None, "itself", "482739510664", "nonsense"])
def test_duplicate_of_nothing_is_refused_with_its_field(intake: Knocker, target: str | None) -> None:
    number = filed(intake, "complaint")
    named = {} if target is None else {"duplicate_of": number if target == "itself" else target}

    answer = close(intake, number, reason="duplicate", **named)

    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "duplicate_of")
    assert shown(intake, number)["status"] == "new"


def test_duplicate_of_a_closed_ticket_is_refused_since_it_goes_on_nowhere(intake: Knocker) -> None:
    first, again = filed(intake), filed(intake)
    assert close(intake, first, reason="spam").status == 200

    answer = close(intake, again, reason="duplicate", duplicate_of=first)

    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "duplicate_of")


def test_complaint_goes_on_in_a_complaint_of_its_own_customer_unless_a_lead_says_otherwise(intake: Knocker) -> None:
    complaint, other, feedback = filed(intake, "complaint"), filed(intake, "complaint", "13900000000"), filed(intake)

    assert close(intake, complaint, reason="duplicate", duplicate_of=feedback).status == 403
    assert close(intake, complaint, reason="duplicate", duplicate_of=other).status == 403
    assert close(intake, complaint, LEAD, reason="duplicate", duplicate_of=other).status == 200
    assert other[:4] not in shown(intake, complaint)["messages"][0]["text"], "a stranger's number is not told"


@pytest.mark.parametrize("reason", DISMISSALS)
def test_complaint_is_dismissed_by_a_lead_only(intake: Knocker, reason: str) -> None:
    number = filed(intake, "complaint")

    refused = close(intake, number, reason=reason)

    assert (refused.status, refused.json["type"]) == (403, "urn:tingjian:problem:lead_needed")
    assert close(intake, number, LEAD, reason=reason).status == 200


@pytest.mark.parametrize("reason", DISMISSALS)
def test_ticket_of_a_colleague_is_dismissed_by_a_lead_only(intake: Knocker, reason: str) -> None:
    number = filed(intake)
    claim(intake, number, COLLEAGUE)

    assert close(intake, number, reason=reason).status == 403
    assert close(intake, number, COLLEAGUE, reason=reason).status == 200


def test_complaint_cannot_be_made_something_smaller_without_a_lead(intake: Knocker) -> None:
    number = filed(intake, "complaint")

    def smaller(caller: Caller) -> int:
        version = shown(intake, number)["version"]
        change = {"type": "feedback"}
        return intake.knock(
            "PATCH", f"/v1/tickets/{number}", change, caller=caller, headers={"if-match": f'"{version}"'}
        ).status

    assert smaller(AGENT) == 403
    assert smaller(LEAD) == 200


def test_confirmed_is_the_customers_word_in_a_call_that_is_recorded(intake: Knocker) -> None:
    number = filed(intake)
    intake.post(f"/v1/tickets/{number}/resolve", {}, caller=AGENT)

    refused = close(intake, number, reason="confirmed")
    done = close(intake, number, reason="confirmed", call="客户来电说已收到。")

    assert (refused.status, refused.json["type"]) == (409, "urn:tingjian:problem:customers_word")
    assert done.status == 200, done.text
    ticket = shown(intake, number)
    assert (ticket["close_reason"], ticket["messages"][0]["text"]) == ("confirmed", "客户来电说已收到。")
    assert ticket["confirmed_at"] is not None


@pytest.mark.parametrize(("name", "value"), [("call", "客户来电"), ("duplicate_of", "482739510664")])
def test_field_of_another_reason_is_refused(intake: Knocker, name: str, value: str) -> None:
    number = filed(intake)

    answer = close(intake, number, reason="spam", **{name: value})

    assert (answer.status, answer.json["errors"][0]["field"]) == (422, name)


def test_sender_of_spam_cannot_reopen_it(intake: Knocker) -> None:
    asked = ask(intake).json
    number, token = asked["number"].replace("-", ""), asked["follow_url"].partition("#")[2]
    assert close(intake, number, reason="spam").status == 200

    reopened = intake.post(f"/v1/public/tickets/{token}/reopen", {"reason": "不是垃圾信息"})

    assert (reopened.status, reopened.json["type"]) == (409, "urn:tingjian:problem:illegal_move")
    assert intake.get(f"/v1/public/tickets/{token}").json["can_reopen"] is False


@pytest.mark.parametrize(("channel", "answered"), [("phone", True), ("visit", True), ("chat", True), ("email", False)])
def test_request_that_staff_take_in_a_talk_has_been_answered_with_that(
    intake: Knocker, channel: str, *, answered: bool
) -> None:
    body = {"type": "feedback", "subject": "问路", "text": "问营业时间", "channel": channel}
    opened = intake.post("/v1/tickets", {**body, "contact": {"phone": "13812345678"}}, caller=AGENT).json

    ticket = shown(intake, opened["id"])

    clocks = {clock["name"]: clock.get("kept") for clock in ticket["clocks"]}
    assert ("first_responded_at" in ticket, clocks["first_response"]) == (answered, answered or None)
    history = intake.get(f"/v1/tickets/{opened['id']}/history", caller=LEAD).json["items"]
    assert history[0]["data"].get("first", False) is answered


def test_resolving_in_silence_is_no_answer_and_closing_then_misses_it(intake: Knocker) -> None:
    number = filed(intake)
    intake.post(f"/v1/tickets/{number}/resolve", {}, caller=AGENT)

    resolved = shown(intake, number)
    close(intake, number)

    kept = {clock["name"]: clock.get("kept") for clock in shown(intake, number)["clocks"]}
    assert "first_responded_at" not in resolved
    assert kept == {"first_response": False, "resolution": True}
