"""The clocks of a ticket under a plan, computed from the ticket's history alone. Pure."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from tingjian.intake.tickets.models import ACTIVE, CATEGORIES, Category, Ticket
from tingjian.platform.events import Event
from tingjian.platform.models import Frozen
from tingjian.sla.clocks import Clock, ClockName, Pause
from tingjian.sla.policies.plans import Plan

PROMISE: ClockName = "promise"
"""The clock that no policy plans."""
BEFORE_ANSWER: tuple[ClockName, ...] = ("first_response", "feedback_answer")
"""The clocks that a ticket without any answer must have, if they are promised."""


class Stay(NamedTuple):
    """How long a ticket was in a category of status; it still is when there is no end."""

    category: Category
    begin: datetime
    end: datetime | None


class DeadlineMove(Frozen):
    """A deadline that moved; without `from_at` it is new, without `to_at` nothing is promised any more."""

    clock: ClockName
    from_at: datetime | None
    to_at: datetime | None
    handoff: int | None = None


def stays_of(events: Iterable[Event]) -> tuple[Stay, ...]:
    """The stays that the events of a ticket tell, in order."""
    entered: list[tuple[Category, datetime]] = []
    for event in events:
        status = event.data.get("status")
        if status in CATEGORIES and (not entered or entered[-1][0] != CATEGORIES[status]):
            entered.append((CATEGORIES[status], event.at))
    stays = [Stay(category, begin, end) for (category, begin), (_, end) in pairwise(entered)]
    return (*stays, *(Stay(category, begin, None) for category, begin in entered[-1:]))


def pauses_of(stays: Iterable[Stay], categories: Collection[str], since: datetime) -> tuple[Pause, ...]:
    """The pauses that a clock which started at `since` has, if it stands still in these categories."""
    return tuple(
        Pause(start=max(begin, since), end=end)
        for category, begin, end in stays
        if category in categories and (end is None or end > since)
    )


def replanned_clocks(ticket: Ticket, plan: Plan | None, stays: Sequence[Stay], *, now: datetime) -> tuple[Clock, ...]:
    """The ticket's clocks by this plan: running ones from their start with every pause, those that ended as they are.

    A clock that the plan does not promise is stopped; one that it promises, and that the ticket should have by now, is
    started as of then. Of a ticket that is finished nothing changes.
    """
    if ticket.category not in ACTIVE:
        return ticket.clocks
    after = [
        _replay(clock, plan, stays, now) if clock.live and clock.name != PROMISE else clock for clock in ticket.clocks
    ]
    if plan is None:
        return tuple(after)
    running = [clock for clock in after if clock.stopped_at is None]
    missing = wanted_clocks(ticket) - {clock.name for clock in running}
    started = plan.start_clocks(missing, _last_start_at(ticket, stays))
    fresh = [_replay(clock, plan, stays, now) for clock in started]
    kept = [clock for clock in after if clock.name not in {clock.name for clock in fresh}]
    return (*kept, *fresh)


def runs_by_plan(ticket: Ticket, plan: Plan | None) -> bool:
    """Whether the ticket runs by this plan already, so that its history need not be read."""
    live = [clock for clock in ticket.clocks if clock.live and clock.name != PROMISE]
    if plan is None:
        return not live
    promised = {target.clock for target in plan.policy.targets}
    standing = {clock.name for clock in ticket.clocks if clock.stopped_at is None}
    return all(plan.fits(clock) for clock in live) and not (wanted_clocks(ticket) & promised) - standing


def wanted_clocks(ticket: Ticket) -> set[ClockName]:
    """The clocks that an active ticket should have, as far as they are promised; the customer's turns start others."""
    return {"resolution", *(BEFORE_ANSWER if ticket.first_responded_at is None else ())}


def deadline_moves(before: Iterable[Clock], after: Iterable[Clock]) -> tuple[DeadlineMove, ...]:
    """The deadlines of running clocks that differ, in the order of the clocks."""
    old = {clock.name: clock.deadline for clock in before if clock.live}
    new = {clock.name: clock.deadline for clock in after if clock.live}
    names = [*old, *(name for name in new if name not in old)]
    return tuple(
        DeadlineMove(clock=name, from_at=old.get(name), to_at=new.get(name))
        for name in names
        if old.get(name) != new.get(name)
    )


def _replay(clock: Clock, plan: Plan | None, stays: Sequence[Stay], now: datetime) -> Clock:
    target = plan.policy.target(clock.name) if plan else None
    pauses = pauses_of(stays, target.pauses_in, clock.started_at) if target else ()
    return (plan.replay_clock(clock, pauses) if plan else None) or clock.stop(now)


def _last_start_at(ticket: Ticket, stays: Sequence[Stay]) -> datetime:
    """When the ticket was opened, or last taken up again."""
    again = [
        later.begin for earlier, later in pairwise(stays) if earlier.category not in ACTIVE and later.category in ACTIVE
    ]
    return again[-1] if again else ticket.opened_at
