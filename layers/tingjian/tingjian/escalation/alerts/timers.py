"""The timers of tickets and alerts: a share of a target is reached, or nobody answered an alert in time."""

from collections import Counter
from datetime import datetime
from functools import partial
from typing import Any

from tingjian.escalation.alerts.events import AlertUnanswered
from tingjian.escalation.alerts.models import AlertName, is_running, running_clock
from tingjian.escalation.alerts.rungs import reach
from tingjian.escalation.alerts.steps import DueStep, due_steps, known_alerts, reach_step, with_fired_steps
from tingjian.escalation.alerts.storage import alert_from_item, alert_write, find_alerts
from tingjian.escalation.ladders.storage import ladder_of
from tingjian.intake.handoffs.storage import load_handoff
from tingjian.intake.tickets.changes import Decision, Request, ticket_with_event
from tingjian.intake.tickets.models import ACTIVE, Ticket
from tingjian.intake.tickets.moves import Change
from tingjian.intake.tickets.self_closing import fire_close
from tingjian.intake.tickets.storage import load_ticket, ticket_from_item, ticket_item
from tingjian.intake.tickets.ticket_clocks import policy_facts
from tingjian.intake.tickets.waits import fire_wait
from tingjian.platform.events import SYSTEM, Event, event_write
from tingjian.platform.facts import Fact
from tingjian.platform.items import Item
from tingjian.platform.store import Store, Write
from tingjian.platform.timers import Firing
from tingjian.sla.clocks import Clock

MOST_MEMBERS = 95
"""Of the hundred members that a transaction takes, those that one ticket may fill."""


def fire_ticket(store: Store, item: Item, *, now: datetime, careful: bool = False) -> Firing | None:
    """Every step of a ticket's clocks that is due, in order, each with its event and its rung; one transaction.

    Alerts that were raised before are looked up only where the ladder asks, or when `careful` (a write was refused).
    """
    before = ticket_from_item(item)
    if before.imported or before.timer_at is None or before.timer_at > now:
        return None
    if before.status == "waiting" and before.wake_at and before.wake_at <= now:
        return fire_wait(store, before, now=now)  # Clocks run on from then; their steps come with the next run.
    if before.status == "resolved" and before.wake_at and before.wake_at <= now:
        return fire_close(store, before, now=now)  # It keeps or misses what still runs.
    due = _due_on_ticket(store, before, now)
    known = known_alerts(store, before, due, careful=careful)
    ticket, writes, facts = before, list[Write](), Counter[str]()
    fired: list[DueStep] = []
    for one in due:
        reached = reach_step(store, one, ticket, known, now=now)
        if fired and len(writes) + len(reached.writes) + 2 > MOST_MEMBERS:
            break  # The rest stays due, and the next run takes it up.
        fired.append(one)
        ticket, event = _next_version(reached.ticket, one.fact, one.facts | reached.data, now)
        writes += [event_write(event), *reached.writes]
        facts[one.fact.__name__.replace("Clock", "Clocks")] += 1
        if "alert" in reached.data:
            facts["AlertsRaised"] += 1
    clocks = tuple(
        with_fired_steps(clock, [one for one in fired if one.clock.name == clock.name], now) for clock in before.clocks
    )
    ticket = ticket.model_copy(update={"clocks": clocks})
    stored = Write("desk", ticket_item(ticket), expect=before.version)
    return Firing((stored, *writes), facts, careful=partial(fire_ticket, careful=True))


def fire_alert(store: Store, item: Item, *, now: datetime, careful: bool = False) -> Firing | None:
    """Nobody acknowledged an alert in time, so the next rung is reached early, unless the alert's clock has ended.

    Two members for an alert that is over; else those of the rung, and the ticket with its event.
    """
    alert = alert_from_item(item)
    if not alert.waits or alert.answer_by is None or alert.answer_by > now:
        return None
    before = load_ticket(store, alert.ticket)
    clock = _clock_of(store, alert.name, before) if before.category in ACTIVE else None
    if clock is None:
        return Firing((alert_write(alert.end(now)),))
    ladder = ladder_of(store, clock, policy_facts(before))
    rung = ladder.above(alert.share)
    name = alert.name._replace(share=rung.share) if rung else None
    if rung is None or (careful and name and find_alerts(store, [name])):
        return Firing((alert_write(alert.without_answer()),))
    reached = reach(store, ladder, rung, before, clock, kind="alert_unanswered", now=now, handoff=alert.name.handoff)
    data = {"clock": clock.name, "share": alert.share, "next_share": rung.share, "unanswered": alert.id} | reached.data
    ticket, event = _next_version(reached.ticket, AlertUnanswered, data, now)
    writes = (
        Write("desk", ticket_item(ticket), expect=before.version),
        event_write(event),
        alert_write(alert.without_answer()),
        *reached.writes,
    )
    return Firing(writes, {"AlertsRaised": 1, "AlertsUnanswered": 1}, careful=partial(fire_alert, careful=True))


def _clock_of(store: Store, name: AlertName, ticket: Ticket) -> Clock | None:
    """The clock that an alert is about, as long as it runs. One call for a hand-off's, else none."""
    if not is_running(name, ticket):
        return None
    return load_handoff(store, ticket.id, name.handoff).clock if name.handoff else running_clock(name, ticket.clocks)


def _due_on_ticket(store: Store, ticket: Ticket, now: datetime) -> list[DueStep]:
    """The steps of all its clocks whose time has come, in the order of time."""
    due = [one for clock in ticket.clocks for one in due_steps(store, ticket, clock, now)]
    return sorted(due, key=lambda one: (one.step.at, one.step.share))


def _next_version(ticket: Ticket, fact: type[Fact], data: dict[str, Any], now: datetime) -> tuple[Ticket, Event]:
    request = Request(number=ticket.id, actor=SYSTEM, now=now, right=None)
    return ticket_with_event(ticket, Decision(Change(ticket, fact, data)), request)
