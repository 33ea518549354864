"""A complaint over HTTP with real streams: called back, not satisfied, taken up again, called, satisfied, closed."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.cli.deployment import Deployment
from tests.stack.conftest import Ask, new_contact
from tests.stack.people import Asked, Visitor, eventually
from tingjian.platform.http.call import Call
from tingjian.platform.rights import Caller, Guard
from tingjian.survey.callbacks.actions import record_call
from tingjian.survey.callbacks.models import CallRecord
from tingjian.survey.callbacks.rights import WORK_CALLBACKS

FIELDS = {"cause": "物流延误", "remedy": "补偿", "responsible_unit": "warehouse", "verified": True}
CHEN = Caller(id="chenyu", name="陈雨", roles=frozenset({"agent"}), teams=frozenset({"aftersales"}))


@dataclass(frozen=True)
class Called:
    """What was seen on the way."""

    asked: Asked
    refused: dict[str, Any]
    reopened: dict[str, Any]
    followed: dict[str, Any]
    early: dict[str, Any]
    callbacks: list[dict[str, Any]]
    closed: dict[str, Any]


def owed(agent: Visitor, asked: Asked, turn: int) -> dict[str, Any]:
    """The callback of a round, as soon as the journal has led to it."""

    def listed() -> dict[str, Any] | None:
        found = agent.get("/v1/callbacks", owner="chenyu", ticket=asked.id).expect(200)["items"]
        return next((one for one in found if one["round"] == turn), None)

    return eventually(listed) or {}


@pytest.fixture(scope="module")
def called(deployment: Deployment, ask: Ask, customer: Visitor, agent: Visitor, department: Visitor) -> Called:
    """Walk it once; the tests look at what came of it."""
    asked = ask(new_contact(), type="complaint", subject="收到的鞋开胶了")
    agent.post(f"{asked.path}/claim").expect(200)
    agent.post(f"{asked.path}/handoffs", {"department": "warehouse", "request": "请核对批次"}).expect(201)
    department.post(f"{asked.path}/handoffs/1/accept").expect(200)
    department.post(f"{asked.path}/handoffs/1/complete", {"text": "批次有问题，已下架"}).expect(200)
    agent.post(f"{asked.path}/resolve", {"fields": FIELDS, "reply": "已补发并补偿"}).expect(200)
    first = owed(agent, asked, 1)
    refused = agent.post(f"{asked.path}/close", {}).json
    calls = f"/v1/callbacks/{first['id']}/calls"
    agent.post(calls, {"result": "not_satisfied", "note": "补发的又开胶了"}).expect(200)
    reopened = agent.get(asked.path).expect(200)
    followed = customer.get(asked.public).expect(200)
    agent.post(f"{asked.path}/resolve", {"reply": "已换另一批次"}).expect(200)
    second = owed(agent, asked, 2)
    calls = f"/v1/callbacks/{second['id']}/calls"
    agent.post(calls, {"result": "no_answer", "note": "无人接听"}).expect(200)
    early = agent.post(calls, {"result": "no_answer", "note": "无人接听"}).json
    # Nobody waits four hours for a test: the second call is recorded as of then.
    then = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=4, minutes=1)
    record = CallRecord(result="no_answer", note="无人接听")
    record_call(Call(then, "zh-CN", deployment.store, calls, Guard(CHEN, WORK_CALLBACKS)), second["id"], record)
    agent.post(calls, {"result": "satisfied", "note": "满意", "answers": {"speed": 5}}).expect(200)
    agent.post(f"{asked.path}/close", {}).expect(200)
    callbacks = [agent.get(f"/v1/callbacks/{one['id']}").expect(200) for one in (first, second)]
    return Called(asked, refused, reopened, followed, early, callbacks, agent.get(asked.path).expect(200))


def test_complaint_is_not_closed_before_its_customer_was_asked(called: Called) -> None:
    first = called.callbacks[0]

    assert (called.refused["status"], called.refused["blockers"]) == (409, [f"callback:{first['id']}"])


def test_not_satisfied_opens_it_again_for_the_same_people_on_a_new_clock(called: Called) -> None:
    again = called.reopened

    assert (again["status"], again["team"], again["assignee"]) == ("open", "aftersales", "chenyu")
    assert (again["reopened"], again["blockers"]) == (1, [])
    assert called.followed["status"] == "open"


def test_call_that_comes_too_early_is_refused_with_the_time(called: Called) -> None:
    assert called.early["status"] == 409
    assert called.early["next_at"] > called.early["at"]


def test_second_round_ends_satisfied_with_each_call_and_its_time(called: Called) -> None:
    second = called.callbacks[1]

    assert [attempt["result"] for attempt in second["attempts"]] == ["no_answer", "no_answer", "satisfied"]
    assert all(attempt["at"] for attempt in second["attempts"])
    assert (second["state"], second["result"], second["calls"]) == ("done", "satisfied", 2)
    assert (called.closed["status"], called.closed["blockers"]) == ("closed", [])


def test_journal_tells_all_of_it_unbroken(called: Called, agent: Visitor) -> None:
    history = agent.get(f"/v1/tickets/{called.asked.id}/history").expect(200)

    told = ["TicketResolved", "TicketBlocked", "TicketReopened", "TicketResolved", "TicketBlocked",
            "TicketUnblocked", "TicketClosed"]  # fmt: skip
    assert history["unbroken"]
    assert [entry["event"] for entry in history["items"] if entry["event"] in told] == told
