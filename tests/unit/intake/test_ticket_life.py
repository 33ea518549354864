"""Any sequence of moves on a ticket: an illegal one is refused and changes nothing, and the invariants always hold."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from tests.builders import NOW, complaint_type
from tingjian.intake.tickets import answers, moves, turns
from tingjian.intake.tickets.models import (
    ACTIVE,
    ANSWERED_BY_REPLY,
    MOVES,
    WITHOUT_RESULT,
    AlreadyClaimedError,
    BlockedError,
    IllegalMoveError,
    MissingFieldsError,
    Move,
    Ticket,
)
from tingjian.intake.tickets.storage import ticket_from_item, ticket_item
from tingjian.platform.store import from_wire, to_wire
from tingjian.sla import WorkCalendar
from tingjian.sla.clocks import Clock, ClockName, Standstill, start_clock

WEEK = {day: [["09:00", "12:00"], ["13:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
OFFICE = WorkCalendar("Asia/Shanghai", WEEK)
KIND = complaint_type()
PEOPLE = ("chen", "lin")
CAUSE, VERIFIED = {"cause": "物流延误"}, {"verified": True}
FIELDS: tuple[dict[str, Any], ...] = (CAUSE | VERIFIED, CAUSE, CAUSE | VERIFIED, {}, {"cause": None})
REFUSALS = (IllegalMoveError, BlockedError, MissingFieldsError, AlreadyClaimedError)


@dataclass(frozen=True)
class Step:
    """One move: what, when, and which of the ways to do it."""

    what: str
    at: datetime
    which: int

    def one_of(self, *ways: Any) -> Any:
        return ways[self.which % len(ways)]


def office(_: Clock) -> WorkCalendar:
    return OFFICE


def started(name: ClockName, now: datetime, *, minutes: int = 480, shares: tuple[int, ...] = (80, 200)) -> Clock:
    pauses_in: tuple[Standstill, ...] = () if name == "first_response" else ("waiting",)
    return start_clock(
        name=name,
        policy=("default", 3),
        calendar=("office", 2, OFFICE),
        target_minutes=minutes,
        shares=shares,
        pauses_in=pauses_in,
        now=now,
    )


def customer_writes(ticket: Ticket, step: Step) -> Ticket | None:
    turn = None if ticket.owes_answer else step.one_of(None, started("next_response", step.at))
    change = turns.receive_message(ticket, hours=office, now=step.at, turn=turn)
    return change and change.ticket


def reply(ticket: Ticket, step: Step) -> Ticket | None:
    written = answers.reply(ticket, by=step.one_of(*PEOPLE))
    after = written.ticket if written else ticket
    change = answers.answer(after, by=step.one_of(*PEOPLE), written_at=step.at, now=step.at)
    return change.ticket if change else written and after


def reopen(ticket: Ticket, step: Step) -> Ticket:
    clocks = (started("resolution", step.at),) if step.which % 2 else ()
    return moves.reopen(ticket, clocks=clocks, reason="staff", hours=office, now=step.at).ticket


def assign(ticket: Ticket, step: Step) -> Ticket:
    return moves.assign(ticket, team="presales", assignee=step.one_of(None, *PEOPLE)).ticket


def edit(ticket: Ticket, step: Step) -> Ticket:
    changes = step.one_of({"priority": "urgent"}, {"order_number": "E1"}, {"fields": {"level": "2"}})
    return moves.edit(ticket, changes).ticket


def resolve(ticket: Ticket, step: Step) -> Ticket:
    return moves.resolve(ticket, KIND, step.one_of(*FIELDS), by=step.one_of(*PEOPLE), hours=office, now=step.at).ticket


def close(ticket: Ticket, step: Step) -> Ticket:
    reason = step.one_of("done", "duplicate", "invalid", "withdrawn", "spam")
    return moves.close(ticket, KIND, reason=reason, fields=step.one_of(*FIELDS), now=step.at).ticket


def hand_off(ticket: Ticket, _: Step) -> Ticket:
    ticket.require("hand_off")
    number = ticket.handoffs + 1
    return moves.with_blocker(ticket, f"handoff:{number}").model_copy(update={"handoffs": number})


def answer_handoff(ticket: Ticket, step: Step) -> Ticket:
    return moves.without_blocker(ticket, step.one_of(*ticket.blockers)) if ticket.blockers else ticket


def sweep(ticket: Ticket, step: Step) -> Ticket:
    """The clocks' steps that are due fire, as the sweep lets them."""
    return ticket.model_copy(update={"clocks": tuple(clock.fire(step.at)[0] for clock in ticket.clocks)})


TRIES: dict[str, tuple[Move | None, Callable[[Ticket, Step], Ticket | None]]] = {
    "claim": ("claim", lambda ticket, step: moves.claim(ticket, by=step.one_of(*PEOPLE)).ticket),
    "assign": ("assign", assign),
    "wait": ("wait", lambda ticket, step: moves.wait(ticket, hours=office, now=step.at).ticket),
    "resume": ("resume", lambda ticket, step: moves.resume(ticket, hours=office, now=step.at).ticket),
    "resolve": ("resolve", resolve),
    "close": ("close", close),
    "reopen": ("reopen", reopen),
    "reply": ("reply", reply),
    "hand off": ("hand_off", hand_off),
    "confirm": ("confirm", lambda ticket, step: moves.confirm(ticket, KIND, now=step.at).ticket),
    "edit": ("edit", edit),
    "link": ("link", lambda ticket, step: moves.link(ticket, step.one_of("1", "2")).ticket),
    "unlink": ("link", lambda ticket, step: moves.unlink(ticket, step.one_of("1", "2")).ticket),
    "customer writes": ("write", customer_writes),
    "hand-off answered": (None, answer_handoff),
    "sweep": (None, sweep),
}
"""What is tried: the move of the table that it is, and how it is made; without one, no status refuses it."""


def in_time(drawn: list[tuple[str, int, int]]) -> list[Step]:
    made, at = [], NOW
    for what, milliseconds, which in drawn:
        at += timedelta(milliseconds=milliseconds)
        made.append(Step(what, at, which))
    return made


OWN_RULES: dict[str, set[type[Exception]]] = {
    "claim": {AlreadyClaimedError},
    "customer writes": {IllegalMoveError},  # to what was closed as spam
    "resolve": {MissingFieldsError, BlockedError},
    "close": {MissingFieldsError, BlockedError, IllegalMoveError},  # `done` without a resolution is illegal
}
"""How a move may be refused in a status that allows it."""
OFTEN = ["wait", "resume", "resolve", "reopen", "close", "confirm", "customer writes", "hand-off answered"]
"""Drawn four times as often as the rest, so that lives get beyond their first days."""
steps = st.lists(
    st.tuples(st.sampled_from(sorted(TRIES) + OFTEN * 3), st.integers(0, 3 * 24 * 3600 * 1000), st.integers(0, 59)),
    min_size=8,
    max_size=30,
).map(in_time)
promised: list[tuple[ClockName, ...]] = [(), ("first_response",), ("first_response", "resolution", "feedback_answer")]
tickets = st.sampled_from(promised).map(
    lambda names: Ticket(
        id="482739510664",
        version=1,
        type="complaint",
        subject="收到的鞋开胶了",
        status="new",
        priority="high",
        channel="web",
        team="aftersales",
        customer_id="c" * 20,
        opened_at=NOW,
        clocks=tuple(started(name, NOW) for name in names),
    )
)


def tried(ticket: Ticket, step: Step) -> Ticket | None:
    """The ticket after a move that was allowed; None after one that was refused or did nothing to it."""
    try:
        return TRIES[step.what][1](ticket, step)
    except REFUSALS as refusal:
        event(f"{step.what}: {type(refusal).__name__}")
        return None


def lives(ticket: Ticket, history: list[Step]) -> list[tuple[Ticket, Step, Ticket]]:
    """Each move that changed the ticket, with the ticket before and after."""
    moved = []
    for step in history:
        after = tried(ticket, step)
        if after is not None:
            moved.append((ticket, step, after))
            ticket = after
    return moved


def test_every_move_of_the_table_is_tried() -> None:
    assert {move for move, _ in TRIES.values()} - {None} == set(MOVES)


@given(tickets, steps)
def test_move_is_refused_exactly_where_the_status_or_its_own_rule_forbids_it(
    ticket: Ticket, history: list[Step]
) -> None:
    for step in history:
        move, work = TRIES[step.what]
        before, as_it_was = ticket, ticket.model_dump()
        refused: type[Exception] | None = None
        try:
            ticket = work(before, step) or before
        except REFUSALS as refusal:
            refused = type(refusal)

        assert before.model_dump() == as_it_was
        answers_what_came_later = step.what == "reply" and before.unanswered_since is not None
        if move is not None and before.status not in MOVES[move] and not answers_what_came_later:
            assert refused is IllegalMoveError
        elif refused is not None:
            assert refused in OWN_RULES[step.what]


@given(tickets, steps)
def test_end_is_recorded_exactly_while_the_ticket_is_finished(ticket: Ticket, history: list[Step]) -> None:
    for _, _, after in lives(ticket, history):
        assert (after.status == "closed") == (after.closed_at is not None) == (after.close_reason is not None)
        assert (after.resolved_at is None) == (after.resolved_by is None)
        if after.status == "resolved" or after.close_reason in {"done", "confirmed"}:
            assert after.resolved_at is not None
        if after.category in ACTIVE:
            assert after.resolved_at is None
        assert (after.reopenable_until is None) == (after.category in ACTIVE or after.close_reason == "spam")


@given(tickets, steps)
def test_closed_ticket_is_held_by_no_blocker_and_has_what_its_type_requires(
    ticket: Ticket, history: list[Step]
) -> None:
    for _, _, after in lives(ticket, history):
        if after.status == "closed":
            assert after.blockers == ()
            assert after.close_reason in WITHOUT_RESULT or KIND.missing(after.fields, stage="close") == []
        assert len(set(after.blockers)) == len(after.blockers)


@given(tickets, steps)
def test_first_response_never_moves_and_reopenings_are_counted(ticket: Ticket, history: list[Step]) -> None:
    for before, step, after in lives(ticket, history):
        assert before.first_responded_at in {None, after.first_responded_at}
        assert after.reopened == before.reopened + (step.what == "reopen")
        assert after.opened_at == before.opened_at
        assert (after.status == "new") <= (after.first_responded_at is None)


@given(tickets, steps)
def test_clock_runs_stands_still_and_ends_with_the_status(ticket: Ticket, history: list[Step]) -> None:
    for _, _, after in lives(ticket, history):
        live = [clock for clock in after.clocks if clock.live]
        standing = {clock.name for clock in live if clock.due_at is None}
        pausing = {clock.name for clock in live if after.category in clock.pauses_in}

        assert len({clock.name for clock in after.clocks}) == len(after.clocks)
        assert standing == pausing
        if after.category not in ACTIVE:
            assert {clock.name for clock in live} <= ANSWERED_BY_REPLY, "whoever had no answer is owed one still"
        assert (after.timer_at is None) == all(clock.next_at is None for clock in after.clocks)


@given(tickets, steps)
def test_clock_that_ended_changes_no_more_until_a_new_one_takes_its_place(ticket: Ticket, history: list[Step]) -> None:
    for before, _, after in lives(ticket, history):
        for ended in before.clocks:
            now = after.clock(ended.name)
            assert now is not None
            if not ended.live and now != ended:
                assert now.started_at >= (ended.met_at or ended.stopped_at or now.started_at)
                assert now.live


@given(tickets, steps)
def test_pauses_are_in_order_and_only_the_last_may_be_open(ticket: Ticket, history: list[Step]) -> None:
    for _, _, after in lives(ticket, history):
        for clock in after.clocks:
            assert all(pause.end is not None and pause.start <= pause.end for pause in clock.pauses[:-1])
            assert all(one.end and one.end <= other.start for one, other in pairwise(clock.pauses))
            assert all(clock.started_at <= pause.start for pause in clock.pauses)
            if not clock.live and clock.met_at:
                assert all(pause.end is not None for pause in clock.pauses)


@given(tickets, steps)
def test_place_in_the_queue_says_whether_it_is_finished(ticket: Ticket, history: list[Step]) -> None:
    for _, _, after in lives(ticket, history):
        assert after.queue_sort.startswith("0#" if after.category in ACTIVE or after.is_work_again else "1#")
        assert after.queue_sort.endswith(f"#{after.id}")


@given(tickets, steps)
def test_customers_word_is_marked_until_ours_or_the_end(ticket: Ticket, history: list[Step]) -> None:
    waits = False
    for before, step, after in lives(ticket, history):
        if step.what == "customer writes":
            waits = True
        elif step.what in {"reply", "close", "confirm"}:
            waits = False
        assert (after.unanswered_since is not None) == waits
        assert before.unanswered_since is None or after.unanswered_since in {None, before.unanswered_since}


@given(tickets, steps)
def test_ticket_comes_back_from_its_item_after_every_move(ticket: Ticket, history: list[Step]) -> None:
    for place, (_, _, after) in enumerate(lives(ticket, history), start=2):
        stored = after.model_copy(update={"version": place, "hash": "x" * 43})

        assert ticket_from_item(from_wire(to_wire(ticket_item(stored)))) == stored
