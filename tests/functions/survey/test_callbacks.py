"""Callbacks: called, tried again, satisfied or not; and the complaint that is not closed before."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from tests.builders import AGENT, CUSTOMER, LEAD, NOW, SIGNER
from tests.functions.survey.scene import Scene, meanwhile
from tingjian.intake.customers.models import Contact
from tingjian.intake.tickets import actions as tickets
from tingjian.intake.tickets.bodies import Ask, Closing, Resolution
from tingjian.intake.tickets.models import BlockedError
from tingjian.intake.tickets.openings import Opening, open_ticket
from tingjian.platform.errors import InvalidInputError
from tingjian.platform.events import is_unbroken
from tingjian.platform.http.call import Call
from tingjian.platform.rights import Caller, Guard
from tingjian.platform.store import Store
from tingjian.platform.times import stamp
from tingjian.survey.callbacks.actions import claim_callback, record_call
from tingjian.survey.callbacks.complaints import owe_callback, owed_callback_id, settle_answered, settle_reopened
from tingjian.survey.callbacks.models import (
    Callback,
    CallbackDoneError,
    CallbackTakenError,
    CallRecord,
    CallTooEarlyError,
)
from tingjian.survey.callbacks.reads import find_callbacks
from tingjian.survey.callbacks.rights import WORK_CALLBACKS
from tingjian.survey.callbacks.storage import load_callback
from tingjian.survey.callbacks.views import CallbackQuery, CallbackReceipt

FIELDS = {"cause": "物流延误"}
CALLED = NOW + timedelta(hours=2)


@pytest.fixture
def complaint(centre: Store) -> Scene:
    """A complaint that was resolved, and owes its callback."""
    contact = Contact(phone="13812345678", name="王芳")
    body = Ask(type="complaint", subject="收到的鞋开胶了", text="三天", contact=contact)
    scene = Scene(centre, open_ticket(centre, SIGNER, body, Opening(CUSTOMER, NOW, "zh-CN")).id)
    tickets.claim(centre, scene.request(minutes=1))
    resolve(scene, minutes=30)
    return scene


def resolve(scene: Scene, *, minutes: int) -> None:
    body = Resolution(fields=FIELDS, reply="已补发", spoken="phone")
    tickets.resolve(scene.store, scene.request(minutes=minutes), body)
    owe_callback(scene.store, scene.resolutions()[-1], NOW + timedelta(minutes=minutes))


def owed(scene: Scene, turn: int = 1) -> Callback:
    return load_callback(scene.store, owed_callback_id(scene.number, turn))


def calling(store: Store, caller: Caller, now: datetime) -> Call:
    return Call(now, "zh-CN", store, "/v1/callbacks", Guard(caller, WORK_CALLBACKS))


def call(
    scene: Scene, result: str, *, hours: float = 0, turn: int = 1, caller: Caller = AGENT, **more: Any
) -> CallbackReceipt:
    record = CallRecord.model_validate({"result": result, "note": "已致电", **more})
    now = CALLED + timedelta(hours=hours)
    return record_call(calling(scene.store, caller, now), owed_callback_id(scene.number, turn), record)


def close(scene: Scene) -> None:
    tickets.close(scene.store, scene.request(minutes=3000), Closing(fields={"verified": True}))


def test_resolved_complaint_owes_one_callback_and_is_not_closed_before(complaint: Scene) -> None:
    owe_callback(complaint.store, complaint.resolutions()[-1], NOW + timedelta(hours=1))

    callback = owed(complaint)
    assert (callback.version, callback.owner, callback.round, callback.standing) == (1, "chen", 1, "not_called")
    assert complaint.ticket.blockers == (callback.blocker,)
    with pytest.raises(BlockedError):
        close(complaint)


def test_satisfied_customer_frees_the_complaint(complaint: Scene) -> None:
    receipt = call(complaint, "satisfied", suggestion="鞋底可以再结实一点", answers={"speed": 5, "solved": True})

    close(complaint)
    [event] = [one for one in complaint.events(f"callback#{receipt.id}") if one.name == "CallbackRecorded"]
    assert (receipt.state, receipt.result, complaint.ticket.status) == ("done", "satisfied", "closed")
    assert (event.data["has_suggestion"], event.data["kept"]) == (True, {"callback": True})
    assert "结实" not in str(event.data)
    assert is_unbroken(complaint.events())


def test_not_satisfied_takes_it_up_again_with_who_had_it_and_the_next_resolution_owes_the_next(
    complaint: Scene,
) -> None:
    call(complaint, "not_satisfied")
    reopened = complaint.ticket
    resolve(complaint, minutes=200)

    clock = reopened.clock("resolution")
    assert (reopened.status, reopened.team, reopened.assignee, reopened.blockers) == ("open", "aftersales", "chen", ())
    assert clock
    assert (clock.started_at, clock.live) == (CALLED, True)
    assert complaint.ticket.blockers == (owed(complaint, 2).blocker,)
    assert owed(complaint, 2).round == 2


def test_three_failed_calls_at_their_distance_free_the_complaint(complaint: Scene) -> None:
    states = [call(complaint, result, hours=hours).state for result, hours in (("busy", 0), ("off", 4))]
    with pytest.raises(BlockedError):
        close(complaint)
    last = call(complaint, "no_answer", hours=8)
    close(complaint)

    assert (states, last.state, last.result) == (["open", "open"], "done", "unreachable")
    assert [attempt.result for attempt in owed(complaint).attempts] == ["busy", "off", "no_answer"]


def test_call_before_its_distance_is_refused_with_the_time(complaint: Scene) -> None:
    call(complaint, "no_answer")

    with pytest.raises(CallTooEarlyError) as refused:
        call(complaint, "no_answer", hours=3.9)

    assert refused.value.members == {
        "next_at": stamp(CALLED + timedelta(hours=4)), "by": "chen", "at": stamp(CALLED),
    }  # fmt: skip


def test_second_of_two_who_record_at_once_is_told_who_was_first(complaint: Scene) -> None:
    with (
        meanwhile(complaint.store, partial(call, complaint, "no_answer", caller=LEAD)),
        pytest.raises(CallbackTakenError) as refused,
    ):
        call(complaint, "satisfied")

    assert refused.value.members["owner"] == LEAD.id
    assert len(owed(complaint).attempts) == 1


def test_refusal_and_neutral_word_do_not_free_a_complaint_at_once(complaint: Scene) -> None:
    assert call(complaint, "neutral").state == "open"
    assert call(complaint, "refused", hours=4).state == "open"
    assert call(complaint, "satisfied", hours=8).state == "done"


def test_call_for_later_moves_the_next_call_out_of_quiet_hours(complaint: Scene) -> None:
    later = "2026-03-02T22:30:00+08:00"

    receipt = call(complaint, "call_later", later_at=later)

    assert (receipt.state, receipt.calls) == ("open", 0)
    assert receipt.next_call_at == datetime.fromisoformat("2026-03-03T09:00:00+08:00")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"answers": {"speed": 6}}, "answers.speed"),
        ({"answers": {"mood": 1}}, "answers.mood"),
        ({"answers": {"solved": 1}}, "answers.solved"),
        ({"result": "call_later", "later_at": "2020-01-01T00:00:00+08:00"}, "later_at"),
    ],
)
def test_wrong_record_names_the_field_and_writes_nothing(complaint: Scene, body: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        call(complaint, **({"result": "satisfied"} | body))

    assert [error.field for error in refused.value.errors] == [field]
    assert owed(complaint).version == 1


def test_finished_callback_says_who_finished_it(complaint: Scene) -> None:
    call(complaint, "satisfied")

    with pytest.raises(CallbackDoneError) as refused:
        call(complaint, "satisfied", caller=LEAD)

    assert refused.value.members["by"] == "chen"


def test_low_score_has_its_follow_up_and_no_callback_beside_it(complaint: Scene) -> None:
    survey = complaint.issue()
    complaint.answer(survey, 1)
    answered = complaint.events(f"survey#{survey.id}")[-1]
    settle_answered(complaint.store, answered, CALLED)

    assert complaint.ticket.blockers == (f"followup:{survey.id}",)
    assert (owed(complaint).state, owed(complaint).settled_by) == ("withdrawn", "followup")


def test_complaint_that_its_customer_takes_up_again_owes_the_call_later(complaint: Scene) -> None:
    complaint.reopen(minutes=60)
    settle_reopened(complaint.store, complaint.events()[-1], CALLED)

    assert (owed(complaint).state, complaint.ticket.blockers) == ("withdrawn", ())


def test_lists_show_what_the_caller_may_and_why_not(complaint: Scene) -> None:
    claim_callback(calling(complaint.store, AGENT, CALLED), owed(complaint).id)

    mine = find_callbacks(calling(complaint.store, AGENT, CALLED), CallbackQuery(owner="chen", kind="complaint"))
    led = find_callbacks(calling(complaint.store, LEAD, CALLED), CallbackQuery(team="aftersales"))

    assert (mine.items[0].refusals.record, led.items[0].refusals.record) == (None, "callback_taken")
    assert (mine.counts, mine.items[0].owner_name) == ({"not_called": 1}, led.items[0].owner_name)
