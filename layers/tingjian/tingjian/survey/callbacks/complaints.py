"""The callback that a resolved complaint owes (K21, K24, C9, C25), and what makes it needless."""

from collections.abc import Callable
from datetime import datetime, timedelta

from tingjian.intake.tickets import moves
from tingjian.intake.tickets.changes import Decision, Request, ticket_with_event
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.moves import Change
from tingjian.intake.tickets.storage import load_ticket, ticket_write
from tingjian.intake.types.storage import find_type
from tingjian.people.staff.destinations import works_for
from tingjian.people.staff.storage import find_staff
from tingjian.platform.chains import with_event
from tingjian.platform.changes import load_and_write
from tingjian.platform.events import SYSTEM, Event, event_write
from tingjian.platform.ids import derived_id
from tingjian.platform.places import TICKET
from tingjian.platform.store import ConditionFailedError, Store, Write
from tingjian.sla.calendars.storage import CENTRE, optional_calendar, work_calendar
from tingjian.survey.callbacks.actions import new_callback
from tingjian.survey.callbacks.events import CallbackSettled
from tingjian.survey.callbacks.models import Callback, Settlement
from tingjian.survey.callbacks.storage import callback_write, find_callbacks
from tingjian.survey.followups.events import TicketUnblocked
from tingjian.survey.surveys.events import TicketBlocked

DUE_MINUTES = 480
"""Working minutes from the resolution: the same time of the next working day where a day has eight hours."""
AGAIN = 5


def owed_callback_id(number: str, turn: int) -> str:
    """The id of the callback that a complaint owes after its so manieth resolution."""
    return derived_id("complaint", number, str(turn))


def owe_callback(store: Store, event: Event, now: datetime) -> None:
    """A complaint was resolved: its customer is called back, and it cannot be closed before. Repeats are harmless."""
    kind = find_type(store, event.data["type"])
    if event.imported or kind is None or not kind.complaint:
        return
    number = event.entity.removeprefix(TICKET)

    def write(ticket: Ticket) -> None:
        if ticket.resolved_at != event.at or ticket.confirmed_at or ticket.close_reason == "confirmed":
            return
        if any(blocker.startswith("followup:") for blocker in ticket.blockers):
            return
        if find_callbacks(store, [owed_callback_id(number, ticket.reopened + 1)]):
            return
        callback, writes = new_callback(_owed(store, ticket, now), now=now)
        if ticket.category != "closed":
            held = Change(moves.with_blocker(ticket, callback.blocker), TicketBlocked, {"blocker": callback.blocker})
            writes += _ticket_writes(ticket, held, now)
        store.transact(writes)

    _with_ticket(store, number, write)


def settle_confirmed(store: Store, event: Event, now: datetime) -> None:
    """The customer said that it is solved, by the link, in a survey or in a call that was recorded with the ticket."""
    how: Settlement = "survey" if event.data.get("by") == "survey" else "link"
    _settle(store, event.entity.removeprefix(TICKET), how, now)


def settle_closed(store: Store, event: Event, now: datetime) -> None:
    """The complaint was closed since its customer confirmed it."""
    if event.data["reason"] == "confirmed" and not event.imported:
        _settle(store, event.entity.removeprefix(TICKET), "link", now)


def settle_reopened(store: Store, event: Event, now: datetime) -> None:
    """The complaint was taken up again: its customer is called after the next resolution."""
    if not event.imported:
        _settle(store, event.entity.removeprefix(TICKET), "reopened", now)


def settle_answered(store: Store, event: Event, now: datetime) -> None:
    """A low score opened a follow-up, which calls the customer: a ticket never owes both."""
    if event.data["outcome"] == "follow_up":
        _settle(store, event.data["ticket"], "followup", now)


def _settle(store: Store, number: str, how: Settlement, now: datetime) -> None:
    def write(ticket: Ticket) -> None:
        # A ticket that was taken up again counts that already, and one that was resolved since owes the next callback.
        turns = [ticket.reopened] if how == "reopened" else [ticket.reopened + 1]
        for callback in find_callbacks(store, [owed_callback_id(number, turn) for turn in turns]):
            if callback.state != "open":
                continue
            after, event = with_event(
                callback.settled(how, now=now), CallbackSettled, now=now, actor=SYSTEM, data={"settled_by": how}
            )
            writes = [callback_write(after), event_write(event)]
            freed = moves.without_blocker(ticket, callback.blocker)
            if freed != ticket:
                change = Change(freed, TicketUnblocked, {"blocker": callback.blocker})
                writes += _ticket_writes(ticket, change, now)
            store.transact(writes)

    _with_ticket(store, number, write)


def _owed(store: Store, ticket: Ticket, now: datetime) -> Callback:
    """The callback of a resolved complaint: who owns the ticket owns it until the customer was asked (K17)."""
    person = find_staff(store, ticket.assignee) if ticket.assignee else None
    calendar = optional_calendar(store, CENTRE)
    due_at = work_calendar(calendar).add(now, DUE_MINUTES) if calendar else now + timedelta(days=1)
    return Callback(
        id=owed_callback_id(ticket.id, ticket.reopened + 1),
        version=1,
        kind="complaint",
        team=ticket.team,
        owner=person.id if person and works_for(person, ticket.team) else None,
        customer=ticket.customer_id,
        ticket=ticket.id,
        holds=True,
        work_team=ticket.team,
        person=ticket.assignee,
        round=ticket.reopened + 1,
        opened_at=now,
        due_at=due_at,
    )


def _ticket_writes(before: Ticket, change: Change, now: datetime) -> list[Write]:
    request = Request(number=before.id, actor=SYSTEM, now=now)
    ticket, event = ticket_with_event(before, Decision(change), request)
    return [ticket_write(ticket), event_write(event)]


def _with_ticket(store: Store, number: str, write: Callable[[Ticket], None]) -> None:
    load_and_write(store, lambda: load_ticket(store, number), write, again_on=ConditionFailedError, attempts=AGAIN)
