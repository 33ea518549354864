"""The timers of tickets and alerts: a share of a target is reached, or nobody answered an alert in time."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from tingjian.escalation.alerts.models import Alert, AlertName, running_clock
from tingjian.escalation.alerts.raising import Reached, reach
from tingjian.escalation.alerts.storage import find_alerts
from tingjian.escalation.alerts.storage import from_item as alert_from
from tingjian.escalation.alerts.storage import write_of as alert_write
from tingjian.escalation.ladders.models import Ladder, Rung
from tingjian.escalation.ladders.storage import ladder_of
from tingjian.escalation.notices.models import Kind
from tingjian.escalation.sweep.models import Firing
from tingjian.intake.tickets.changes import Decision, Request, linked
from tingjian.intake.tickets.clocking import facts_of
from tingjian.intake.tickets.models import ACTIVE, Change, Ticket
from tingjian.intake.tickets.storage import from_item, load_ticket, to_item
from tingjian.platform.events import SYSTEM, Event
from tingjian.platform.events import write_of as event_write
from tingjian.platform.items import Item
from tingjian.platform.store import Store, Write
from tingjian.sla.clocks import BREACH, Clock, Step
from tingjian.sla.policies.clocking import hours_of

MOST_MEMBERS = 95
"""Of the hundred members that a transaction takes, those that one ticket may fill."""


@dataclass(frozen=True, slots=True)
class Due:
    """A step whose time has come."""

    step: Step
    clock: Clock
    ladder: Ladder

    @property
    def rung(self) -> Rung | None:
        """What the ladder says for it."""
        return self.ladder.rung(self.step.share)

    @property
    def event(self) -> str:
        """What happened."""
        if self.step.share < BREACH:
            return "ClockWarned"
        return "ClockBreached" if self.step.share == BREACH else "ClockOverrun"

    @property
    def kind(self) -> Kind:
        """What people are told."""
        kinds: dict[str, Kind] = {
            "ClockWarned": "clock_warned",
            "ClockBreached": "clock_breached",
            "ClockOverrun": "clock_overrun",
        }
        return kinds[self.event]


def fire_ticket(store: Store, item: Item, *, now: datetime, careful: bool = False) -> Firing | None:
    """Every step of a ticket's clocks that is due, in order, each with its event and its rung; one transaction.

    Alerts that were raised before are looked up only where the ladder asks, or when `careful` (a write was refused).
    """
    before = from_item(item)
    if before.imported or before.timer_at is None or before.timer_at > now:
        return None
    due = _due(store, before, now)
    known = _known(store, before, due, careful=careful)
    ticket, writes, facts = before, list[Write](), Counter[str]()
    fired: list[Due] = []
    for one in due:
        reached = _reached(store, one, ticket, known, now=now)
        if fired and len(writes) + len(reached.writes) + 2 > MOST_MEMBERS:
            break  # The rest stays due, and the next run takes it up.
        fired.append(one)
        ticket, event = _linked(reached.ticket, one.event, _data(one) | reached.data, now)
        writes += [event_write(event), *reached.writes]
        facts.update([one.event.replace("Clock", "Clocks"), *(["AlertsRaised"] if "alert" in reached.data else [])])
    ticket = ticket.model_copy(update={"clocks": _marked(before.clocks, fired, now)})
    stored = Write("desk", to_item(ticket), expect=before.version)
    return Firing((stored, *writes), facts, careful=partial(fire_ticket, careful=True))


def fire_alert(store: Store, item: Item, *, now: datetime, careful: bool = False) -> Firing | None:
    """Nobody acknowledged an alert in time: the next rung is reached early. Over with its clock, nothing is.

    Two members for an alert that is over; else those of the rung, and the ticket with its event.
    """
    alert = alert_from(item)
    if not alert.waits or alert.answer_by is None or alert.answer_by > now:
        return None
    before = load_ticket(store, alert.ticket)
    clock = running_clock(alert.name, before.clocks) if before.category in ACTIVE else None
    if clock is None:
        return Firing((alert_write(alert.over(now)),))
    ladder = ladder_of(store, clock, facts_of(before))
    rung = ladder.above(alert.share)
    name = AlertName.of(before.id, clock, rung.share) if rung else None
    if rung is None or (careful and name and find_alerts(store, [name])):
        return Firing((alert_write(alert.unanswered()),))
    reached = reach(store, ladder, rung, before, clock, kind="alert_unanswered", now=now)
    data = {"clock": clock.name, "share": alert.share, "next_share": rung.share, "unanswered": alert.id} | reached.data
    ticket, event = _linked(reached.ticket, "AlertUnanswered", data, now)
    writes = (
        Write("desk", to_item(ticket), expect=before.version),
        event_write(event),
        alert_write(alert.unanswered()),
        *reached.writes,
    )
    return Firing(writes, {"AlertsRaised": 1, "AlertsUnanswered": 1}, careful=partial(fire_alert, careful=True))


def _due(store: Store, ticket: Ticket, now: datetime) -> list[Due]:
    """The steps of all its clocks whose time has come, in the order of time."""
    due: list[Due] = []
    for clock in ticket.clocks:
        if clock.next_at is not None and clock.next_at <= now:
            ladder = ladder_of(store, clock, facts_of(ticket))
            planned = _with_steps(store, clock, ladder)
            due += [Due(step, planned, ladder) for step in planned.due_steps(now)]
    return sorted(due, key=lambda one: (one.step.at, one.step.share))


def _marked(clocks: tuple[Clock, ...], fired: list[Due], now: datetime) -> tuple[Clock, ...]:
    """The clocks with these steps marked as fired."""
    planned = {one.clock.name: one.clock for one in fired}
    shares = {(one.clock.name, one.step.share) for one in fired}
    return tuple(
        clock.model_copy(
            update={
                "steps": tuple(
                    step.model_copy(update={"fired_at": now}) if (clock.name, step.share) in shares else step
                    for step in clock.steps
                )
            }
        )
        for clock in (planned.get(clock.name, clock) for clock in clocks)
    )


def _with_steps(store: Store, clock: Clock, ladder: Ladder) -> Clock:
    """The clock with a step for every rung: a ladder may have changed since the clock started."""
    missing = {rung.share for rung in ladder.rungs} - {step.share for step in clock.steps}
    if not missing:
        return clock
    steps = (*clock.steps, *(Step(share=share, at=clock.started_at) for share in missing))
    wider = clock.model_copy(update={"steps": tuple(sorted(steps, key=lambda step: step.share))})
    return wider.planned(hours_of(store)(clock))


def _known(store: Store, ticket: Ticket, due: list[Due], *, careful: bool) -> dict[AlertName, Alert]:
    """The alerts that bear on what is due, where anything depends on them. One call, or none."""
    names: list[AlertName] = []
    for one in due:
        rung = one.rung
        if rung is None:
            continue
        if careful or any(lower.acknowledge_within_minutes for lower in one.ladder.below(rung.share)):
            names.append(AlertName.of(ticket.id, one.clock, rung.share))
        if rung.only_if_unacknowledged:
            names += [AlertName.of(ticket.id, one.clock, lower.share) for lower in one.ladder.below(rung.share)]
    return find_alerts(store, list(dict.fromkeys(names)))


def _reached(store: Store, one: Due, ticket: Ticket, known: dict[AlertName, Alert], *, now: datetime) -> Reached:
    """The rung of a step, unless there is none, it was reached before, or an acknowledgement makes it needless."""
    rung = one.rung
    if rung is None or AlertName.of(ticket.id, one.clock, rung.share) in known:
        return Reached(ticket)
    if rung.only_if_unacknowledged and any(
        alert.acknowledged_at for name, alert in known.items() if name.clock == one.clock.name
    ):
        return Reached(ticket, data={"held_back": "acknowledged"})
    return reach(store, one.ladder, rung, ticket, one.clock, kind=one.kind, now=now)


def _data(one: Due) -> dict[str, Any]:
    """What the event of a step says beyond the ticket's context."""
    return {
        "clock": one.clock.name,
        "share": one.step.share,
        "target_minutes": one.clock.target_minutes,
        "started_at": one.clock.started_at,
        "due_at": one.clock.due_at,
        "reached_at": one.step.at,
        "policy": one.clock.policy,
        "policy_version": one.clock.policy_version,
        "ladder": one.ladder.id,
        "ladder_version": one.ladder.version,
    }


def _linked(ticket: Ticket, name: str, data: dict[str, Any], now: datetime) -> tuple[Ticket, Event]:
    """The ticket's next version and the event that made it, by the system."""
    return linked(
        ticket, Decision(Change(ticket, name, data)), Request(number=ticket.id, actor=SYSTEM, now=now, right=None)
    )
