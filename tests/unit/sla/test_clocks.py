"""Clocks: pauses, meeting, stepping, their short form, and their replay from a history."""

from datetime import datetime, timedelta
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOW
from tests.meter import item_size
from tingjian.intake.tickets.clock_plans import Stay, pauses_of, stays_of
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.storage import ticket_from_item, ticket_item
from tingjian.platform.events import SYSTEM, Event
from tingjian.platform.store import to_wire
from tingjian.sla import WorkCalendar
from tingjian.sla.clocks import Clock, Hours, Step, start_clock
from tingjian.sla.compact import clocks_from_text, clocks_text

WEEK = {day: [["09:00", "12:00"], ["13:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
OFFICE = WorkCalendar("Europe/Rome", WEEK, closed=["2026-03-04"], extra={"2026-03-07": [["10:00", "14:00"]]})
Move = Literal["waiting", "open", "resolved"]
moves = st.lists(
    st.tuples(st.integers(0, 3_000_000), st.sampled_from(["waiting", "open", "resolved"])), max_size=8
).map(lambda steps: sorted((NOW + timedelta(seconds=seconds), move) for seconds, move in steps))
targets = st.integers(0, 6_000)


def office(_: Clock) -> WorkCalendar:
    return OFFICE


def started(target: int, *, pauses_in: tuple[Literal["waiting", "resolved"], ...] = ("waiting",)) -> Clock:
    return start_clock(
        name="resolution",
        policy=("default", 3),
        calendar=("centre", 12, OFFICE),
        target_minutes=target,
        shares=(50, 80),
        pauses_in=pauses_in,
        now=NOW,
    )


def moved(clock: Clock, history: list[tuple[datetime, str]], hours: Hours = office) -> Clock:
    for at, category in history:
        clock = clock.enter(category, hours, at)
    return clock


@given(targets, moves)
def test_a_pause_never_brings_a_deadline_forward(target: int, some: list[tuple[datetime, str]]) -> None:
    clock = started(target)
    deadlines = [clock.deadline]

    for at, category in some:
        clock = clock.enter(category, office, at)
        deadlines.append(clock.deadline)

    assert deadlines == sorted(deadlines)


@given(targets, moves)
def test_a_clock_is_kept_exactly_when_its_open_time_is_not_more_than_the_target(
    target: int, history: list[tuple[datetime, str]]
) -> None:
    clock = moved(started(target), history)
    at = (history[-1][0] if history else NOW) + timedelta(hours=7)

    met = clock.meet(at)

    spent = OFFICE.between(NOW, at, met.cuts())
    assert met.was_kept() is (spent <= timedelta(minutes=target) and at <= OFFICE.add(NOW, target, met.cuts()))


@given(targets, moves)
def test_a_clock_comes_back_from_its_short_form(target: int, history: list[tuple[datetime, str]]) -> None:
    running = moved(started(target, pauses_in=("waiting", "resolved")), history)
    end = NOW + timedelta(days=60)
    clocks = (running, running.meet(end), running.stop(end), running.fire(end)[0])

    assert clocks_from_text(clocks_text(clocks)) == clocks


@given(targets, moves)
def test_each_step_fires_once_in_the_order_of_time_and_none_before_its_time(
    target: int, history: list[tuple[datetime, str]]
) -> None:
    clock = moved(started(target), history).resume(office, NOW + timedelta(days=40))
    fired: list[Step] = []

    for at in (*sorted(step.at for step in clock.steps), NOW + timedelta(days=400)):
        clock, steps = clock.fire(at)
        assert all(step.at <= at for step in steps)
        fired += steps

    assert [step.share for step in fired] == [50, 80, 100]


@given(targets, moves)
def test_a_replay_of_the_history_gives_the_clock_that_lived_it(
    target: int, history: list[tuple[datetime, str]]
) -> None:
    lived = moved(started(target), history)
    events = [event("open", NOW), *(event(category, at) for at, category in history)]

    pauses = pauses_of(stays_of(events), ("waiting",), NOW)
    replayed = started(target).model_copy(update={"pauses": pauses}).plan(OFFICE)

    lasting = tuple(pause for pause in lived.pauses if pause.start != pause.end)
    assert tuple(pause for pause in replayed.pauses if pause.start != pause.end) == lasting
    assert (replayed.due_at is None) == (lived.due_at is None)
    if lived.due_at:
        assert replayed.due_at == lived.due_at


def test_met_while_it_stood_still_is_judged_by_the_time_before_the_pause() -> None:
    clock = started(60).pause(NOW + timedelta(minutes=30))

    assert clock.meet(NOW + timedelta(days=30)).was_kept() is True


def test_met_in_a_pause_that_began_too_late_is_missed() -> None:
    started_open = start_clock(
        name="resolution", policy=("p", 1), calendar=("always", 0, WorkCalendar.always()), target_minutes=60,
        shares=(), pauses_in=("waiting",), now=NOW,
    )  # fmt: skip
    late = started_open.pause(NOW + timedelta(minutes=61))

    assert late.meet(NOW + timedelta(minutes=62)).was_kept() is False


@pytest.mark.parametrize(("minutes", "kept"), [(60, True), (61, False)])
def test_met_exactly_at_the_deadline_is_kept(minutes: int, kept: object) -> None:
    clock = start_clock(
        name="first_response", policy=("p", 1), calendar=("always", 0, WorkCalendar.always()), target_minutes=60,
        shares=(80,), now=NOW,
    )  # fmt: skip

    assert clock.meet(NOW + timedelta(minutes=minutes)).was_kept() is kept


def test_steps_above_the_breach_do_not_move_the_deadline() -> None:
    clock = started(480).with_shares((50, 150, 300)).plan(OFFICE)

    assert clock.deadline == OFFICE.add(NOW, 480)
    assert [step.share for step in clock.steps] == [50, 100, 150, 300]


def test_stays_follow_the_events_and_the_last_one_lasts() -> None:
    told = [("new", 0), ("open", 1), ("waiting", 2), ("waiting", 3), ("open", 4), ("resolved", 5)]
    at = [NOW + timedelta(hours=hour) for _, hour in told]

    stays = stays_of(event(status, moment) for (status, _), moment in zip(told, at, strict=True))

    assert stays == (
        Stay("open", at[0], at[2]),
        Stay("waiting", at[2], at[4]),
        Stay("open", at[4], at[5]),
        Stay("resolved", at[5], None),
    )


def test_a_usual_ticket_stays_under_a_kilobyte() -> None:
    ticket = usual_ticket(started(2880, pauses_in=("waiting",)))

    wire = to_wire(ticket_item(ticket))

    assert item_size(wire) < 900
    assert item_size({"clocks": wire["clocks"]}) < 200
    assert ticket_from_item(ticket_item(ticket)) == ticket


def usual_ticket(resolution: Clock) -> Ticket:
    """A complaint answered once, waited for twice, owed an answer again, with a hand-off and two fresh keys."""
    waits = [(10_000, "waiting"), (20_000, "open"), (300_000, "waiting"), (400_000, "open")]
    resolution = moved(resolution, [(NOW + timedelta(seconds=s, milliseconds=345), move) for s, move in waits])
    first = start_clock(
        name="first_response", policy=("default", 3), calendar=("centre", 12, OFFICE), target_minutes=60,
        shares=(80,), now=NOW,
    ).meet(NOW + timedelta(minutes=12, milliseconds=123))  # fmt: skip
    turn = start_clock(
        name="next_response", policy=("default", 3), calendar=("centre", 12, OFFICE), target_minutes=240,
        shares=(80,), pauses_in=("waiting",), now=NOW + timedelta(days=6),
    )  # fmt: skip
    return Ticket(
        id="482739510664",
        version=9,
        hash="x" * 43,
        type="complaint",
        subject="包裹三天没到，客服电话也打不通",
        status="open",
        priority="high",
        channel="wechat",
        team="aftersales",
        customer_id="a" * 20,
        opened_at=NOW,
        assignee="chen",
        order_number="E20260301123456",
        fields={"level": "严重", "promised_at": "2026-03-05T18:00:00+08:00", "responsible_unit": "warehouse"},
        first_responded_at=NOW,
        handoffs=1,
        blockers=("handoff:1",),
        clocks=(first, resolution, turn),
    )


def event(status: str, at: datetime) -> Event:
    return Event(
        entity="ticket#1", version=1, name="Moved", at=at, recorded_at=at, actor=SYSTEM, data={"status": status}
    )
