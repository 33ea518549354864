"""Resolved tickets close by themselves, after the days of their type; complaints only once the customer was heard."""

from datetime import datetime, timedelta

from tingjian.intake.tickets import moves
from tingjian.intake.tickets.actions import type_of
from tingjian.intake.tickets.changes import Decision, Request, ticket_with_event
from tingjian.intake.tickets.closings import clocks_being_answered
from tingjian.intake.tickets.events import CloseHeld
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.moves import Change
from tingjian.intake.tickets.storage import ticket_item
from tingjian.platform.events import SYSTEM, event_write
from tingjian.platform.store import Store, Write
from tingjian.platform.timers import Firing


def fire_close(store: Store, before: Ticket, *, now: datetime) -> Firing:
    """The time of a resolved ticket has come: it is closed, or held while anything is open, missing or unanswered."""
    kind = type_of(store, before)
    missing = kind.missing(before.fields, stage="close")
    request = Request(number=before.id, actor=SYSTEM, now=now, right=None)
    if before.blockers or missing or before.unanswered_since:
        later = before.model_copy(update={"wake_at": now + timedelta(days=kind.close_after_days or 1)})
        data = {"blockers": before.blockers, "missing": missing, "unanswered": before.unanswered_since is not None}
        return _firing(before, Decision(Change(later, CloseHeld, data)), request, "ClosesHeld")
    answering = clocks_being_answered(store, before, now=now)
    change = moves.close(before, kind, reason="done", fields={}, now=now, answering=answering)
    return _firing(before, Decision(change, data={"automatic": True}), request, "TicketsClosedByThemselves")


def _firing(before: Ticket, decision: Decision, request: Request, fact: str) -> Firing:
    ticket, event = ticket_with_event(before, decision, request)
    return Firing((Write("desk", ticket_item(ticket), expect=before.version), event_write(event)), {fact: 1})
