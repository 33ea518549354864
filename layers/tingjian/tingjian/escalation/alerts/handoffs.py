"""The timer of a hand-off: a department has used up its time, or some of it (scope rows 14, 19, 20)."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from tingjian.escalation.alerts.events import HandoffOverdue, HandoffOverrun, HandoffWarned
from tingjian.escalation.alerts.rungs import RungResult
from tingjian.escalation.alerts.steps import DueStep, due_steps, known_alerts, reach_step, with_fired_steps
from tingjian.escalation.alerts.timers import MOST_MEMBERS
from tingjian.intake.handoffs.models import Handoff
from tingjian.intake.handoffs.storage import handoff_from_item, handoff_write
from tingjian.intake.tickets.changes import Decision, Request, ticket_with_event
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.moves import Change
from tingjian.intake.tickets.storage import load_ticket, ticket_item
from tingjian.notifications.notices.models import notice_of
from tingjian.notifications.notices.storage import notice_write
from tingjian.notifications.webhooks.storage import webhook_calls
from tingjian.people.staff.posts import active_staff, department_people, holders
from tingjian.platform.assembled import NoticeKind
from tingjian.platform.events import SYSTEM, event_write
from tingjian.platform.items import Item
from tingjian.platform.store import Store, Write
from tingjian.platform.timers import Firing
from tingjian.platform.times import stamp
from tingjian.sla.clocks import BREACH


def fire_handoff(store: Store, item: Item, *, now: datetime, careful: bool = False) -> Firing | None:
    """Every step of a hand-off that is due, in order: an event on the ticket, the department and the asker told.

    A ladder that covers hand-offs raises its alerts besides. One read; alerts that were raised before are looked up
    only where the ladder asks, or when `careful` (a write was refused).
    """
    handoff = handoff_from_item(item)
    if handoff.timer_at is None or handoff.timer_at > now:
        return None
    before = load_ticket(store, handoff.ticket)
    steps = due_steps(store, before, handoff.clock, now, handoff.number) if handoff.clock else []
    known = known_alerts(store, before, steps, careful=careful)
    ticket, writes, facts = before, list[Write](), Counter[str]()
    fired: list[DueStep] = []
    timers: Sequence[DueStep | None] = steps or [None]  # The asker's own due time has no clock.
    for one in timers:
        reached = reach_step(store, one, ticket, known, now=now) if one else RungResult(ticket)
        share = one.step.share if one else BREACH
        told = _people_to_tell(store, before, handoff.department, handoff.asked_by)
        data = _handoff_facts(handoff, share) | (one.facts if one else {}) | reached.data
        data["told"] = [*told, *(person for person in reached.data.get("told", ()) if person not in told)]
        said = _messages(store, handoff, share, told, now)
        if fired and len(writes) + len(reached.writes) + len(said) + 3 > MOST_MEMBERS:
            break  # The rest stays due, and the next run takes it up.
        fired += [one] if one else []
        fact, _ = _fact_and_notice(share)
        change = Decision(Change(reached.ticket, fact, data))
        ticket, event = ticket_with_event(
            reached.ticket, change, Request(number=before.id, actor=SYSTEM, now=now, right=None)
        )
        writes += [event_write(event), *reached.writes, *said]
        counted = fact.__name__.replace("Handoff", "Handoffs")
        facts.update([counted, *(["AlertsRaised"] if "alert" in reached.data else [])])
    stored = Write("desk", ticket_item(ticket), expect=before.version)
    after = handoff_write(_handoff_after(handoff, fired, now))
    return Firing((stored, after, *writes), facts, careful=partial(fire_handoff, careful=True))


def _fact_and_notice(share: int) -> tuple[type[HandoffWarned], NoticeKind]:
    """What the event is called, and what people are told."""
    if share < BREACH:
        return HandoffWarned, "handoff_warned"
    return (HandoffOverdue, "handoff_overdue") if share == BREACH else (HandoffOverrun, "handoff_overrun")


def _handoff_facts(handoff: Handoff, share: int) -> dict[str, Any]:
    return {
        "handoff": handoff.number,
        "department": handoff.department,
        "state": handoff.state,
        "share": share,
        "due_at": stamp(handoff.due_at),
    }


def _messages(store: Store, handoff: Handoff, share: int, told: Sequence[str], now: datetime) -> list[Write]:
    facts, (_, kind) = _handoff_facts(handoff, share), _fact_and_notice(share)
    mark = f"{handoff.ticket}.handoff.{handoff.number}.{share}"
    notices = [notice_of(staff, kind, handoff.ticket, facts, now=now, mark=mark) for staff in told]
    calls = webhook_calls(store, HandoffOverdue, facts | {"ticket": handoff.ticket}, mark=mark, now=now)
    return [*map(notice_write, notices), *(calls if share == BREACH else ())]


def _handoff_after(handoff: Handoff, fired: Sequence[DueStep], now: datetime) -> Handoff:
    """The hand-off with its steps marked, and since when it is overdue."""
    overdue = not fired or any(one.step.share == BREACH for one in fired)
    return handoff.model_copy(
        update={
            "clock": with_fired_steps(handoff.clock, fired, now) if handoff.clock else None,
            "overdue_at": now if overdue else handoff.overdue_at,
            "version": handoff.version + 1,
        }
    )


def _people_to_tell(store: Store, ticket: Ticket, department: str, asked_by: str) -> list[str]:
    asker = active_staff(store, asked_by)
    asking = [asker] if asker else holders(store, "assignee", team=ticket.team, assignee=ticket.assignee)
    return list(dict.fromkeys(person.id for person in [*department_people(store, department), *asking]))
