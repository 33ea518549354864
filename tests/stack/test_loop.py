"""The closed loop over HTTP, with real streams and queues: asked, worked on, surveyed, reopened, closed, counted."""

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from tests.stack.conftest import Ask, new_contact
from tests.stack.people import Asked, Stack, Visitor, eventually

FIELDS = {"cause": "物流延误", "remedy": "补偿", "responsible_unit": "warehouse", "verified": True}
LINK = re.compile(r"/v1/public/surveys/([\w.-]+)/page")


@dataclass(frozen=True)
class Loop:
    """A request that went once round, and what was seen on the way."""

    asked: Asked
    waited: dict[str, Any]
    answered: dict[str, Any]
    blocked: dict[str, Any]
    unresolved: dict[str, Any]
    invitation: str
    survey: str
    receipt: dict[str, Any]
    follow_up: dict[str, Any]


@pytest.fixture(scope="module")
def loop(  # noqa: PLR0917 - everybody who takes part
    stack: Stack, ask: Ask, customer: Visitor, agent: Visitor, department: Visitor, lead: Visitor
) -> Loop:
    """Walk it once; the tests look at what came of it."""
    asked = ask(new_contact(), type="complaint", subject="收到的鞋开胶了")
    agent.post(f"{asked.path}/claim").expect(200)
    agent.post(f"{asked.path}/replies", {"text": "请发一张照片"}).expect(201)
    eventually(lambda: agent.get(asked.path).expect(200).get("first_responded_at"))
    agent.post(f"{asked.path}/wait", {"note": "等照片"}).expect(200)
    waited = customer.get(asked.public).expect(200)
    customer.post(f"{asked.public}/messages", {"text": "左脚鞋底全开了"}).expect(201)
    answered = agent.get(asked.path).expect(200)
    agent.post(f"{asked.path}/handoffs", {"department": "warehouse", "request": "请核对批次"}).expect(201)
    blocked = lead.post(f"{asked.path}/close", {"reason": "spam"}).json
    department.post(f"{asked.path}/handoffs/1/accept").expect(200)
    department.post(f"{asked.path}/handoffs/1/complete", {"text": "批次有问题，已下架"}).expect(200)
    unresolved = agent.post(f"{asked.path}/resolve", {}).json
    agent.post(f"{asked.path}/resolve", {"fields": FIELDS, "reply": "已补发并补偿"}).expect(200)
    invitation = eventually(lambda: invitation_to(stack, asked))
    survey = LINK.findall(invitation)[0]
    body = {"score": 1, "reasons": ["unsolved"], "text": "又开胶了"}
    receipt = customer.post(f"/v1/public/surveys/{survey}/answer", body).expect(200)
    [follow_up] = [
        found
        for found in lead.get("/v1/follow-ups", team="aftersales", limit=100).expect(200)["items"]
        if found["ticket"] == asked.id
    ]
    return Loop(asked, waited, answered, blocked, unresolved, invitation, survey, receipt, follow_up)


def invitation_to(stack: Stack, asked: Asked) -> str:
    found = [str(message) for message in stack.mail_to(asked.contact.email)]
    return next((message for message in found if LINK.search(message)), "")


def test_waiting_ends_when_the_customer_writes(loop: Loop) -> None:
    assert loop.waited["status"] == "waiting"
    assert loop.answered["status"] == "open"
    assert loop.answered["messages"][0]["text"] == "左脚鞋底全开了"


def test_handoff_blocks_closing_until_it_is_done(loop: Loop) -> None:
    assert (loop.blocked["status"], loop.blocked["blockers"]) == (409, ["handoff:1"])


def test_resolving_names_the_fields_that_the_type_requires(loop: Loop) -> None:
    named = {error["field"] for error in loop.unresolved["errors"]}

    assert named == {"fields.cause", "fields.remedy", "fields.responsible_unit"}


def test_journal_asks_for_one_survey_and_the_mail_has_its_link(loop: Loop, stack: Stack, lead: Visitor) -> None:
    invitations = [message for message in stack.mail_to(loop.asked.contact.email) if LINK.search(str(message))]
    surveys = lead.get("/v1/surveys", ticket=loop.asked.id).expect(200)["items"]

    assert len(invitations) == len(surveys) == 1
    assert "收到的鞋开胶了" in loop.invitation


def test_survey_takes_one_answer(loop: Loop, customer: Visitor) -> None:
    again = customer.post(
        f"/v1/public/surveys/{loop.survey}/answer", {"score": 1, "reasons": ["unsolved"], "text": "又开胶了"}
    )

    assert (loop.receipt["score"], loop.receipt["outcome"]) == (1, "follow_up")
    assert (again.status, again.json["answered_at"]) == (200, loop.receipt["answered_at"])


def test_altered_survey_link_opens_nothing(loop: Loop, customer: Visitor) -> None:
    answer = customer.get(f"/v1/public/surveys/{loop.survey[:-1]}")

    assert (answer.status, answer.problem) == (404, "link_invalid")


@pytest.fixture(scope="module")
def closed(loop: Loop, agent: Visitor, lead: Visitor, customer: Visitor) -> dict[str, Any]:
    """The same request after the follow-up, taken up again, resolved a second time and closed."""
    asked, follow_up = loop.asked, loop.follow_up["id"]
    refused = agent.post(f"{asked.path}/close", {})
    lead.post(f"/v1/follow-ups/{follow_up}/claim").expect(200)
    lead.post(f"/v1/follow-ups/{follow_up}/complete", {"result": "satisfied", "note": "已电话致歉"}).expect(200)
    customer.post(f"{asked.public}/reopen", {"reason": "补发的还没有到"}).expect(200)
    agent.post(f"{asked.path}/resolve", {"reply": "今天已签收"}).expect(200)
    customer.post(f"{asked.public}/confirm").expect(200)
    return {"refused": refused.json, **agent.get(asked.path).expect(200)}


def test_follow_up_blocks_closing_and_then_the_loop_is_closed(closed: dict[str, Any], loop: Loop) -> None:
    assert closed["refused"]["blockers"] == [f"followup:{loop.follow_up['id']}"]
    assert (closed["status"], closed["close_reason"], closed["reopened"]) == ("closed", "confirmed", 1)
    assert closed["blockers"] == []


def test_history_tells_all_of_it_unbroken(closed: dict[str, Any], agent: Visitor) -> None:
    history = agent.get(f"/v1/tickets/{closed['id']}/history").expect(200)

    events = [entry["event"] for entry in history["items"]]
    told = ["TicketOpened", "TicketAssigned", "TicketWaiting", "HandoffAsked", "HandoffAccepted",
            "HandoffDone", "TicketResolved", "TicketReopened", "TicketResolved", "TicketClosed"]  # fmt: skip
    assert history["unbroken"]
    assert [event for event in events if event in told] == told
    # An answer counts when it has reached the customer, which is at any time after it was sent.
    assert "TicketAnswered" in events


@pytest.fixture(scope="module")
def report(closed: dict[str, Any], manager: Visitor) -> dict[str, Any]:
    """The figures of this customer, as soon as the lake has all the events."""
    customer = closed["customer"]["id"]
    today = datetime.now(UTC)
    period = {
        "from": (today - timedelta(days=1)).date().isoformat(),
        "to": (today + timedelta(days=1)).date().isoformat(),
        "zone": "UTC",
        "customer": customer,
    }

    def counted() -> dict[str, Any] | None:
        asked = manager.post("/v1/reports", period).expect(202)
        path = f"/v1/reports/{asked['id']}"
        made = eventually(lambda: (found := manager.get(path).json)["state"] != "queued" and found)
        assert made["state"] == "made", made
        return made if made["figures"]["closed"] and made["figures"]["satisfaction"]["answers"] else None

    return eventually(counted) or {}


def test_report_counts_the_loop(report: dict[str, Any], closed: dict[str, Any]) -> None:
    figures = report["figures"]

    assert {name: figures[name] for name in ("opened", "answered", "closed", "reopened", "open_at_end")} == {
        "opened": 1,
        "answered": 1,
        "closed": 1,
        "reopened": 1,
        "open_at_end": 0,
    }
    assert figures["satisfaction"]["average"] == 1
    assert figures["targets"]["first_response"] == {"kept": 1, "missed": 0}
    assert [part["key"] for part in figures["by_type"]] == ["complaint"]
    assert [part["key"] for part in figures["by_customer"]] == [closed["customer"]["id"]]


def test_spreadsheet_has_a_row_for_the_ticket(report: dict[str, Any], manager: Visitor, loop: Loop) -> None:
    link = manager.get(f"/v1/reports/{report['id']}/file", format="xlsx").expect(200)["url"]

    book = zipfile.ZipFile(io.BytesIO(requests.get(link, timeout=60).content))

    cells = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    assert loop.asked.number in cells or loop.asked.id in cells


def test_page_is_there_to_be_printed(report: dict[str, Any], manager: Visitor) -> None:
    link = manager.get(f"/v1/reports/{report['id']}/file", format="html").expect(200)["url"]

    page = requests.get(link, timeout=60)

    assert page.headers["content-type"].startswith("text/html")
    assert "<svg" in page.text
