"""The sweep: what is due fires once, in order, whatever happens to the run."""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from functions.escalation.schedule import TIMERS
from tests.builders import AGENT, NOW
from tests.faults import Crash, Fault, Strike, count_calls, crash_points, dealt, inject
from tests.functions.escalation.scene import (
    ALL_OVER_AT,
    BREACHED_AT,
    WARNED_AT,
    Scene,
    notices_of,
    open_one,
    sweep,
    told,
)
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import Closing, Waiting
from tingjian.intake.tickets.changes import Request
from tingjian.intake.tickets.storage import ticket_item
from tingjian.platform.items import Item
from tingjian.platform.places import ticket_key
from tingjian.platform.store import Store, Write
from tingjian.platform.sweep import Sweep, SweepFailedError
from tingjian.platform.timers import Firing, shard_of
from tingjian.platform.times import stamp


def by(scene: Scene, minutes: int) -> Request:
    return Request(scene.number, AGENT.actor, NOW + timedelta(minutes=minutes), AGENT)


@contextlib.contextmanager
def before(store: Store, operation: str, action: Callable[[], object]) -> Iterator[None]:
    """Let something else happen before the block's first call of this operation."""
    ran: list[bool] = []

    def interfere(**_: object) -> None:
        if not ran:
            ran.append(True)
            action()

    store.client.meta.events.register_first(f"before-call.dynamodb.{operation}", interfere)
    try:
        yield
    finally:
        store.client.meta.events.unregister(f"before-call.dynamodb.{operation}", interfere)
    assert ran, f"the block never called {operation}"


def test_sweep_with_nothing_due_is_a_query_a_shard(scene: Scene) -> None:
    with inject(scene.store.client) as log:
        done = sweep(scene.store, NOW + timedelta(minutes=10))

    assert log.calls == ["Query"] * 8
    assert (done.due, done.fired, done.finished) == (0, 0, True)


def test_share_of_a_target_warns_once(scene: Scene) -> None:
    early = sweep(scene.store, WARNED_AT - timedelta(milliseconds=1))

    runs = [sweep(scene.store, WARNED_AT + timedelta(minutes=n)).fired for n in range(3)]

    assert (early.fired, runs) == (0, [1, 0, 0])
    assert scene.steps() == [("ClockWarned", "first_response", 80)]
    assert told(scene.store) == {("zhao", "clock_warned", 80): 1}


def test_event_of_a_step_says_what_was_promised_and_who_was_told(scene: Scene) -> None:
    sweep(scene.store, BREACHED_AT)

    breached = scene.events[-1]
    assert (breached.name, str(breached.actor), breached.at) == ("ClockBreached", "system", BREACHED_AT)
    assert breached.data == {
        "status": "new",
        "type": "feedback",
        "channel": "web",
        "priority": "normal",
        "team": "aftersales",
        "customer": scene.ticket.customer_id,
        "clock": "first_response",
        "share": 100,
        "target_minutes": 60,
        "started_at": stamp(NOW),
        "due_at": stamp(BREACHED_AT),
        "reached_at": stamp(BREACHED_AT),
        "policy": "default",
        "policy_version": 1,
        "ladder": "built-in",
        "ladder_version": 0,
        "alert": scene.alert(100).id,
        "told": ["zhao"],
    }
    assert scene.ticket.clocks[0].breached


def test_steps_that_came_due_during_an_outage_fire_in_order_in_one_transaction(scene: Scene) -> None:
    with inject(scene.store.client) as log:
        done = sweep(scene.store, ALL_OVER_AT)

    assert log.calls.count("TransactWriteItems") == 1
    assert done.fired == 1
    assert scene.steps() == [
        ("ClockWarned", "first_response", 80),
        ("ClockBreached", "first_response", 100),
        ("ClockOverrun", "first_response", 150),
        ("ClockOverrun", "first_response", 200),
        ("ClockWarned", "resolution", 80),
        ("ClockBreached", "resolution", 100),
    ]
    assert scene.ticket.timer_at == NOW + timedelta(hours=108)


def test_assignee_is_warned_and_the_lead_told_at_the_breach(scene: Scene) -> None:
    scene.claim()

    sweep(scene.store, WARNED_AT)
    sweep(scene.store, BREACHED_AT)

    assert told(scene.store) == {
        ("chen", "clock_warned", 80): 1,
        ("chen", "clock_breached", 100): 1,
        ("zhao", "clock_breached", 100): 1,
    }


def test_met_or_closed_clocks_tell_nobody_any_more(scene: Scene) -> None:
    actions.close(scene.store, by(scene, 20), Closing(reason="spam"))

    done = sweep(scene.store, ALL_OVER_AT)

    assert (done.due, told(scene.store)) == (0, {})


def test_waiting_moves_the_steps_that_pause(scene: Scene) -> None:
    actions.wait(scene.store, by(scene, 10), Waiting())
    actions.resume(scene.store, by(scene, 10 + 24 * 60))

    sweep(scene.store, NOW + timedelta(hours=0.8 * 72, minutes=5))
    before = scene.steps()
    sweep(scene.store, NOW + timedelta(hours=0.8 * 72 + 24))

    assert ("ClockWarned", "resolution", 80) not in before
    assert ("ClockWarned", "resolution", 80) in scene.steps()


def test_imported_ticket_is_left_alone(scene: Scene) -> None:
    imported = scene.ticket.model_copy(update={"imported": True, "version": 2})
    item = ticket_item(imported) | {"due_shard": "desk", "due_at": stamp(WARNED_AT)}
    scene.store.transact([Write("desk", item, expect=1)])

    done = sweep(scene.store, ALL_OVER_AT)

    assert (done.due, done.fired) == (1, 0)
    assert told(scene.store) == {}


def test_timer_that_moved_after_the_index_was_read_is_skipped_without_a_write(scene: Scene) -> None:
    close = Closing(reason="spam")

    with before(scene.store, "BatchGetItem", lambda: actions.close(scene.store, by(scene, 47), close)):
        done = sweep(scene.store, WARNED_AT)

    assert (done.due, done.fired, done.skipped) == (0, 0, 1)
    assert scene.events[-1].name == "TicketClosed"


def test_timer_that_moved_after_the_ticket_was_read_is_decided_again(scene: Scene) -> None:
    with before(scene.store, "TransactWriteItems", scene.claim):
        done = sweep(scene.store, WARNED_AT)

    assert done.fired == 1
    assert told(scene.store) == {("chen", "clock_warned", 80): 1}


def test_one_of_a_batch_that_changed_meanwhile_holds_up_nobody(centre: Store) -> None:
    scenes = [Scene(centre, open_one(centre)) for _ in range(6)]

    with before(centre, "TransactWriteItems", scenes[3].claim):
        done = sweep(centre, WARNED_AT)

    assert done.fired == 6
    assert [len(scene.alerts()) for scene in scenes] == [1] * 6


def test_alert_raised_before_is_not_raised_again_when_the_clock_was_planned_anew(scene: Scene) -> None:
    sweep(scene.store, WARNED_AT)
    ticket = scene.ticket
    steps = tuple(step.model_copy(update={"fired_at": None}) for step in ticket.clocks[0].steps)
    clocks = (ticket.clocks[0].model_copy(update={"steps": steps}), *ticket.clocks[1:])
    anew = ticket.model_copy(update={"clocks": clocks, "version": ticket.version + 1})
    scene.store.transact([Write("desk", ticket_item(anew), expect=ticket.version)])

    done = sweep(scene.store, WARNED_AT)

    assert done.fired == 1
    assert told(scene.store) == {("zhao", "clock_warned", 80): 1}
    assert len(scene.alerts()) == 1


def test_backlog_of_several_pages_is_worked_off_in_the_order_of_time(centre: Store) -> None:
    scenes = [Scene(centre, open_one(centre, at=NOW + timedelta(seconds=n))) for n in range(12)]
    order: list[str] = []

    def noting(store: Store, item: Item, *, now: datetime) -> Firing | None:
        order.append(item["pk"].removeprefix("ticket#"))
        return TIMERS["ticket"](store, item, now=now)

    done = Sweep(centre, {"ticket": noting}, BREACHED_AT, lambda: True, page=3, entries=5, writers=1).run()

    assert (done.due, done.fired, done.finished) == (12, 12, True)
    assert order == [scene.number for scene in scenes]
    assert [len(scene.alerts()) for scene in scenes] == [2] + [1] * 11


def test_timers_from_before_there_were_shards_fire_in_the_order_of_time(centre: Store) -> None:
    scenes = [Scene(centre, open_one(centre, at=NOW + timedelta(seconds=n))) for n in range(12)]
    for scene in scenes[::2]:
        centre.transact([Write("desk", ticket_item(scene.ticket) | {"due_shard": "desk"})])
    order: list[str] = []

    def noting(store: Store, item: Item, *, now: datetime) -> Firing | None:
        order.append(item["pk"].removeprefix("ticket#"))
        return TIMERS["ticket"](store, item, now=now)

    done = Sweep(centre, {"ticket": noting}, WARNED_AT + timedelta(minutes=1), lambda: True, page=5, writers=1).run()

    assert done.fired == 12
    assert order == [scene.number for scene in scenes]
    moved = [centre.get(ticket_key(scene.number)) for scene in scenes]
    assert [item["due_shard"] for item in moved if item] == [shard_of(f"ticket#{scene.number}") for scene in scenes]


def test_run_that_is_out_of_time_is_taken_up_by_the_next_where_it_stopped(centre: Store) -> None:
    scenes = [Scene(centre, open_one(centre, at=NOW + timedelta(seconds=n))) for n in range(12)]
    asked = iter(range(1000))

    first = sweep(centre, BREACHED_AT, in_time=lambda: next(asked) < 10, members=8)
    oldest = [bool(scene.alerts()) for scene in scenes]
    second = sweep(centre, BREACHED_AT)

    assert not first.finished
    assert 0 < first.fired < 12
    assert oldest == [True] * first.fired + [False] * (12 - first.fired)
    assert (second.fired, second.finished) == (12 - first.fired, True)


def test_timer_that_breaks_is_reported_and_holds_up_nobody(centre: Store) -> None:
    scenes = [Scene(centre, open_one(centre, at=NOW + timedelta(seconds=n))) for n in range(3)]

    def break_first(store: Store, item: Item, *, now: datetime) -> Firing | None:
        if item["pk"].endswith(scenes[0].number):
            raise KeyError(item["subject"])
        return TIMERS["ticket"](store, item, now=now)

    with pytest.raises(SweepFailedError):
        Sweep(centre, {"ticket": break_first}, WARNED_AT + timedelta(minutes=1), lambda: True).run()

    assert [len(scene.alerts()) for scene in scenes] == [0, 1, 1]


def test_timer_that_breaks_leaves_no_personal_data_in_the_log(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_store: Store, item: Item, *, now: datetime) -> Firing | None:
        raise ValueError(item["subject"], now)

    with pytest.raises(SweepFailedError):
        Sweep(scene.store, {"ticket": broken}, WARNED_AT, lambda: True).run()

    [said] = [vars(record) for record in caplog.records if record.message == "TimersFailed"]
    assert said["timer"] == f"ticket#{scene.number} ticket"
    assert said["error"].startswith("ValueError test_sweep.py:")
    assert "包裹" not in str(said)


def test_item_of_an_unknown_kind_is_reported(store: Store) -> None:
    store.put_if_absent({"pk": "x", "sk": "riddle#1", "due_shard": "desk", "due_at": stamp(NOW)})

    with pytest.raises(SweepFailedError):
        sweep(store, NOW)


@pytest.mark.parametrize("share", range(3))
def test_run_killed_at_any_store_call_leaves_each_alert_exactly_once(centre: Store, share: int) -> None:
    def group(hours: int) -> list[Scene]:
        return [Scene(centre, open_one(centre, at=NOW + timedelta(hours=hours, seconds=n))) for n in range(3)]

    def cold(now: datetime) -> None:
        for name in list(centre._copies):
            centre.forget(name)
        sweep(centre, now, members=8)

    group(0)
    calls = count_calls(centre.client, lambda: cold(NOW + timedelta(hours=1.4)))

    for hours, strike in enumerate(dealt(crash_points(calls), share, 3), start=2):
        scenes, now = group(hours), NOW + timedelta(hours=hours + 1.4)
        with pytest.raises(Crash), inject(centre.client, strike):
            cold(now)
        sweep(centre, now, members=8)

        assert [scene.steps() for scene in scenes] == [
            [("ClockWarned", "first_response", 80), ("ClockBreached", "first_response", 100)]
        ] * 3
        alerts = [alert.id for scene in scenes for alert in scene.alerts()]
        assert Counter(notice.alert for notice in notices_of(centre, "zhao") if notice.alert in alerts) == Counter(
            alerts
        )
    assert calls >= 4


@pytest.mark.parametrize("fault", [Fault.THROTTLED, Fault.CONFLICT, Fault.SERVER_ERROR, Fault.TIMED_OUT])
def test_failing_store_loses_and_doubles_nothing(scene: Scene, fault: Fault) -> None:
    with contextlib.suppress(Exception), inject(scene.store.client, Strike(fault, operation="TransactWriteItems")):
        sweep(scene.store, WARNED_AT)

    sweep(scene.store, WARNED_AT + timedelta(seconds=30))

    assert scene.steps() == [("ClockWarned", "first_response", 80)]
    assert told(scene.store) == {("zhao", "clock_warned", 80): 1}
