"""What a ladder does when its rungs are reached."""

from datetime import timedelta

import pytest

from tests.builders import AGENT, LEAD, MANAGER, NOW, WAREHOUSE, key
from tests.functions.escalation.scene import (
    ALL_OVER_AT,
    BREACHED_AT,
    WARNED_AT,
    Scene,
    notices_of,
    open_one,
    put_ladder,
    sweep,
    told,
)
from tingjian.escalation.alerts.actions import acknowledge
from tingjian.escalation.ladders import actions as ladders
from tingjian.escalation.ladders.models import Ladder, LadderBody, Rung, Task
from tingjian.intake.conversations.actions import write_message
from tingjian.intake.handoffs.actions import answer, ask_department
from tingjian.intake.handoffs.bodies import AskDepartment
from tingjian.intake.handoffs.storage import load_handoffs
from tingjian.intake.messages.storage import load_messages
from tingjian.intake.tickets.bodies import Reply
from tingjian.intake.tickets.changes import Request
from tingjian.people.staff.models import Staff
from tingjian.people.staff.storage import STAFF, staff_write
from tingjian.platform.errors import InvalidInputError
from tingjian.platform.store import Store
from tingjian.sla.policies.actions import put_policy
from tingjian.sla.policies.models import PolicyBody
from tingjian.sla.policies.reach import Reach


def acknowledged(scene: Scene, share: int, minutes: int) -> None:
    now = NOW + timedelta(minutes=minutes)
    acknowledge(scene.store, scene.alert(share).id, caller=LEAD, idempotency=None, now=now)


def away(store: Store, name: str) -> None:
    person = next(Staff.model_validate(s.model_dump()) for s in store.members(STAFF, _staff) if s.id == name)
    store.transact([staff_write(person.model_copy(update={"active": False, "version": person.version + 1}))])
    store.forget(STAFF)


def _staff(item: dict[str, object]) -> Staff:
    body = {name: value for name, value in item.items() if name not in {"pk", "sk"}}
    return Staff.model_validate(body | {"id": item["sk"]})


@pytest.fixture
def long_ladder(centre: Store) -> Ladder:
    """Assignee, lead, manager, and after the breach a named person."""
    return put_ladder(
        centre,
        Rung(share=50, tell=("assignee",)),
        Rung(share=80, tell=("lead",), channels=("in_app",)),
        Rung(share=100, tell=("manager",)),
        Rung(share=150, people=("sun",), channels=("email",)),
    )


def test_rungs_of_a_ladder_are_steps_of_the_clock(centre: Store, long_ladder: Ladder) -> None:
    scene = Scene(centre, open_one(centre))

    clock = scene.ticket.clock("first_response")
    other = scene.ticket.clock("resolution")

    assert clock
    assert other
    assert [step.share for step in clock.steps] == [rung.share for rung in long_ladder.rungs]
    assert [step.share for step in other.steps] == [80, 100]


def test_each_rung_tells_its_own_people_once(centre: Store, long_ladder: Ladder) -> None:
    scene = Scene(centre, open_one(centre))
    scene.claim()

    for minutes in (30, 48, 60, 89, 90, 200):
        sweep(centre, NOW + timedelta(minutes=minutes))

    assert told(centre) == {
        ("chen", "clock_warned", 50): 1,
        ("zhao", "clock_warned", 80): 1,
        ("wu", "clock_breached", 100): 1,
        ("sun", "clock_overrun", 150): 1,
    }
    assert [name for name, _, _ in scene.steps()] == ["ClockWarned", "ClockWarned", "ClockBreached", "ClockOverrun"]
    assert {alert.ladder for alert in scene.alerts()} == {long_ladder.id}
    assert [notice.channels for notice in notices_of(centre, "zhao")] == [("in_app",)]


def test_ladder_that_is_changed_later_holds_for_running_clocks_from_their_next_step(centre: Store) -> None:
    scene = Scene(centre, open_one(centre))
    put_ladder(centre, Rung(share=80, tell=("lead",)), Rung(share=120, tell=("manager",)))

    for minutes in (48, 60, 71, 72):
        sweep(centre, NOW + timedelta(minutes=minutes))

    assert scene.steps() == [
        ("ClockWarned", "first_response", 80),
        ("ClockBreached", "first_response", 100),
        ("ClockOverrun", "first_response", 120),
    ]
    assert told(centre) == {("zhao", "clock_warned", 80): 1, ("wu", "clock_overrun", 120): 1}


@pytest.mark.parametrize(
    ("gone", "hears"), [((), "zhao"), (("zhao",), "wu")], ids=["lead is there", "lead is away: the manager"]
)
def test_ticket_that_nobody_has_is_the_next_ones_up(centre: Store, gone: tuple[str, ...], hears: str) -> None:
    Scene(centre, open_one(centre))
    for name in gone:
        away(centre, name)

    sweep(centre, WARNED_AT)

    assert told(centre) == {(hears, "clock_warned", 80): 1}


def test_next_rung_comes_early_when_nobody_acknowledges(centre: Store) -> None:
    put_ladder(
        centre,
        Rung(share=50, tell=("lead",), acknowledge_within_minutes=10),
        Rung(share=100, tell=("manager",)),
    )
    scene = Scene(centre, open_one(centre))

    for minutes in (30, 39, 40, 41, 60, 61):
        sweep(centre, NOW + timedelta(minutes=minutes))

    assert told(centre) == {("zhao", "clock_warned", 50): 1, ("wu", "alert_unanswered", 100): 1}
    assert [(event.name, event.at) for event in scene.events[1:]] == [
        ("ClockWarned", NOW + timedelta(minutes=30)),
        ("AlertUnanswered", NOW + timedelta(minutes=40)),
        ("ClockWarned", BREACHED_AT),
        ("ClockBreached", BREACHED_AT),
    ]
    assert scene.steps()[-1] == ("ClockBreached", "first_response", 100)


def test_acknowledged_alert_brings_no_early_rung(centre: Store) -> None:
    put_ladder(
        centre,
        Rung(share=50, tell=("lead",), acknowledge_within_minutes=10),
        Rung(share=100, tell=("manager",), only_if_unacknowledged=True),
    )
    scene = Scene(centre, open_one(centre))
    sweep(centre, NOW + timedelta(minutes=30))

    acknowledged(scene, 50, 35)
    sweep(centre, NOW + timedelta(minutes=45))
    sweep(centre, BREACHED_AT)

    assert told(centre) == {("zhao", "clock_warned", 50): 1}
    assert scene.events[-1].data["held_back"] == "acknowledged"


def test_rung_for_the_unacknowledged_is_reached_when_nobody_did(centre: Store) -> None:
    put_ladder(centre, Rung(share=50, tell=("lead",)), Rung(share=100, tell=("manager",), only_if_unacknowledged=True))
    Scene(centre, open_one(centre))

    for at in (NOW + timedelta(minutes=30), BREACHED_AT):
        sweep(centre, at)

    assert told(centre) == {("zhao", "clock_warned", 50): 1, ("wu", "clock_breached", 100): 1}


def test_alert_of_a_clock_that_was_met_is_over_and_brings_no_early_rung(centre: Store) -> None:
    put_ladder(
        centre,
        Rung(share=50, tell=("lead",), acknowledge_within_minutes=10),
        Rung(share=100, tell=("manager",)),
    )
    scene = Scene(centre, open_one(centre))
    sweep(centre, NOW + timedelta(minutes=30))
    request = Request(scene.number, AGENT.actor, NOW + timedelta(minutes=35), AGENT, idempotency=key())
    write_message(centre, None, request, "reply", Reply(text="您好", spoken="phone"))

    sweep(centre, NOW + timedelta(minutes=45))
    sweep(centre, BREACHED_AT)

    assert told(centre) == {("zhao", "clock_warned", 50): 1}
    assert [alert.over_at for alert in scene.alerts()] == [NOW + timedelta(minutes=45)]


def test_rung_reassigns_raises_the_priority_and_leaves_a_note(centre: Store) -> None:
    put_ladder(
        centre, Rung(share=100, tell=("lead",), reassign_to="lead", raise_priority=True, note="请组长亲自跟进。")
    )
    scene = Scene(centre, open_one(centre))
    before = scene.ticket.clocks

    sweep(centre, BREACHED_AT)

    ticket = scene.ticket
    assert (ticket.assignee, ticket.priority, ticket.status) == ("zhao", "high", "open")
    assert [clock.due_at for clock in ticket.clocks] == [clock.due_at for clock in before]
    [note, _] = load_messages(centre, scene.number)[0]
    assert (note.kind, note.text) == ("note", "请组长亲自跟进。")
    assert scene.events[-1].data["from_priority"] == "normal"
    assert scene.events[-1].data["assignee"] == "zhao"


def test_rung_opens_a_task_for_a_department_once(centre: Store) -> None:
    task = Task(department="warehouse", request="超时未处理，请今天核对库存。")
    put_ladder(centre, Rung(share=100, tell=("lead",), task=task))
    scene = Scene(centre, open_one(centre))

    for minutes in (0, 1):
        sweep(centre, BREACHED_AT + timedelta(minutes=minutes))

    [handoff] = load_handoffs(centre, scene.number)
    assert (handoff.department, handoff.request, handoff.state) == ("warehouse", task.request, "asked")
    assert scene.ticket.blockers == ("handoff:1",)
    assert scene.events[-1].data["task"] == {"handoff": 1, "department": "warehouse"}


@pytest.mark.parametrize("department", ["nobody", "aftersales"])
def test_task_for_no_department_is_refused(centre: Store, department: str) -> None:
    rung = Rung(share=100, tell=("lead",), task=Task(department=department, request="请核对"))
    body = LadderBody(name="x", rungs=(rung,))

    with pytest.raises(InvalidInputError) as refused:
        ladders.put_ladder(centre, "x", body, expected=None, actor=MANAGER.actor, now=NOW)

    assert [error.field for error in refused.value.errors] == ["rungs.0.task.department"]


def test_ladder_for_one_kind_of_ticket_leaves_others_alone(centre: Store) -> None:
    put_ladder(centre, Rung(share=10, tell=("manager",)), reach=Reach(types=("complaint",)))
    Scene(centre, open_one(centre, kind="feedback"))
    complaint = Scene(centre, open_one(centre, kind="complaint"))

    sweep(centre, NOW + timedelta(minutes=6))

    assert {notice.ticket for notice in notices_of(centre, "wu")} == {complaint.number}


def test_overdue_hand_off_tells_department_and_asker_once(scene: Scene) -> None:
    scene.claim()
    now, due = NOW + timedelta(minutes=10), NOW + timedelta(minutes=40)
    body = AskDepartment(department="warehouse", request="请查库存", due_at=due)
    ask_department(scene.store, Request(scene.number, AGENT.actor, now, AGENT), body)

    fired = [sweep(scene.store, due + timedelta(minutes=n)).fired for n in (-1, 0, 1)]

    assert fired == [0, 1, 0]
    assert told(scene.store) == {("cang", "handoff_overdue", 100): 1, ("chen", "handoff_overdue", 100): 1}
    assert scene.events[-1].name == "HandoffOverdue"
    assert scene.events[-1].data["handoff"] == 1


def test_answered_hand_off_is_never_overdue(scene: Scene) -> None:
    scene.claim()
    body = AskDepartment(department="warehouse", request="请查库存", due_at=NOW + timedelta(minutes=40))
    ask_department(scene.store, Request(scene.number, AGENT.actor, NOW + timedelta(minutes=10), AGENT), body)
    by = Request(scene.number, WAREHOUSE.actor, NOW + timedelta(minutes=20), WAREHOUSE, right=None)
    answer(scene.store, by, "1", "declined", "不归我们管")

    sweep(scene.store, NOW + timedelta(minutes=45))

    assert told(scene.store) == {}


def promise_handoffs(store: Store, *, shares: tuple[int, ...] = (80,)) -> None:
    """Departments have 100 minutes to answer."""
    body = PolicyBody.model_validate(
        {"name": "全部", "targets": [{"clock": "handoff", "minutes": 100, "shares": list(shares)}]}
    )
    put_policy(store, "default", body, expected=None, actor=MANAGER.actor, now=NOW)


def hand_off(scene: Scene, minutes: int = 0) -> None:
    body = AskDepartment(department="warehouse", request="请查库存")
    now = NOW + timedelta(minutes=minutes)
    ask_department(scene.store, Request(scene.number, AGENT.actor, now, AGENT), body)


def test_hand_off_warns_at_the_shares_of_its_target(centre: Store) -> None:
    promise_handoffs(centre, shares=(50, 80))
    scene = Scene(centre, open_one(centre))
    hand_off(scene)

    fired = [sweep(centre, NOW + timedelta(minutes=n)).fired for n in (49, 50, 51, 80, 99, 100, 101)]

    assert fired == [0, 1, 0, 1, 0, 1, 0]
    assert [(event.name, event.data["share"]) for event in scene.events if event.name.startswith("HandoffO")] == [
        ("HandoffOverdue", 100)
    ]
    kinds = ((50, "handoff_warned"), (80, "handoff_warned"), (100, "handoff_overdue"))
    assert told(centre) == {(person, kind, share): 1 for person in ("cang", "chen") for share, kind in kinds}
    assert scene.alerts() == []


def test_ladder_climbs_while_a_hand_off_is_open(centre: Store) -> None:
    promise_handoffs(centre)
    put_ladder(
        centre,
        Rung(share=50, tell=("lead",), acknowledge_within_minutes=10),
        Rung(share=150, tell=("manager",)),
        reach=Reach(clocks=("handoff",)),
    )
    scene = Scene(centre, open_one(centre))
    hand_off(scene)
    hand_off(scene, minutes=200)

    for minute in (50, 60, 100, 150):
        sweep(centre, NOW + timedelta(minutes=minute))
    by = Request(scene.number, WAREHOUSE.actor, NOW + timedelta(minutes=160), WAREHOUSE, right=None)
    before = {alert.id: alert.state(scene.ticket) for alert in scene.alerts()}
    answer(scene.store, by, "1", "declined", "不归我们管")
    sweep(centre, NOW + timedelta(minutes=250))

    first, second = sorted({alert.id.split(".")[1] for alert in scene.alerts()})
    after = {alert.id: alert.state(scene.ticket) for alert in scene.alerts()}
    assert (first, second) == ("handoff_1", "handoff_2")
    assert [alert.share for alert in scene.alerts() if "handoff_1" in alert.id] == [50, 150]
    assert set(before.values()) == {"open"}
    assert {state for name, state in after.items() if "handoff_1" in name} == {"over"}
    assert {state for name, state in after.items() if "handoff_2" in name} == {"open"}
    assert [notice.kind for notice in notices_of(centre, "wu")] == ["alert_unanswered"]
    assert "HandoffOverrun" in {event.name for event in scene.events}


def test_hand_off_after_an_outage_says_each_step_once_in_order(centre: Store) -> None:
    promise_handoffs(centre, shares=(50, 80))
    put_ladder(centre, Rung(share=50, tell=("lead",)), Rung(share=120, tell=("manager",)), reach=Reach())
    scene = Scene(centre, open_one(centre))
    hand_off(scene)

    sweep(centre, NOW + timedelta(days=1))
    sweep(centre, NOW + timedelta(days=1, minutes=1))

    said = [
        (event.name, event.data["share"]) for event in scene.events if event.name.startswith(("HandoffW", "HandoffO"))
    ]
    assert said == [
        ("HandoffWarned", 50), ("HandoffWarned", 80), ("HandoffOverdue", 100), ("HandoffOverrun", 120)
    ]  # fmt: skip
    assert [alert.share for alert in scene.alerts()] == [50, 120]


def test_everything_at_once_after_an_outage_is_still_one_of_each(centre: Store, long_ladder: Ladder) -> None:
    scene = Scene(centre, open_one(centre))

    sweep(centre, ALL_OVER_AT)
    sweep(centre, ALL_OVER_AT)

    assert len(scene.alerts()) == len(long_ladder.rungs) + 2
    assert len({alert.id for alert in scene.alerts()}) == len(scene.alerts())
