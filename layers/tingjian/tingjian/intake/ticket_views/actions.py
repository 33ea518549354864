"""Showing a ticket to staff, its history, and whether that is whole."""

from collections.abc import Collection
from datetime import datetime

from tingjian.intake.attachments.models import AttachmentRef
from tingjian.intake.customers.models import CustomerView
from tingjian.intake.customers.storage import customer_from_item
from tingjian.intake.messages.models import MessageKind
from tingjian.intake.messages.outcomes import with_outcomes
from tingjian.intake.messages.storage import load_messages
from tingjian.intake.ticket_views.models import ClockView, History, HistoryEntry, TicketView
from tingjian.intake.ticket_views.storage import load_collection
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.rights import READ_TICKETS
from tingjian.platform.events import Event, is_unbroken, load_events
from tingjian.platform.ids import spoken_number
from tingjian.platform.places import customer_key, ticket_entity
from tingjian.platform.rights import Caller
from tingjian.platform.store import Store
from tingjian.sla.policies.plans import calendar_of

PAGE = 200
SHOWN = [
    "id",
    "version",
    "type",
    "subject",
    "status",
    "priority",
    "channel",
    "team",
    "assignee",
    "order_number",
    "fields",
    "opened_at",
    "first_responded_at",
    "resolved_at",
    "closed_at",
    "close_reason",
    "duplicate_of",
    "confirmed_at",
    "unanswered_since",
    "wake_at",
    "reopened",
    "blockers",
    "links",
    "imported",
    "source",
    "source_id",
]


def view_ticket(store: Store, number: str, *, caller: Caller, now: datetime) -> TicketView:
    """A ticket with its newest messages, hand-offs and masked customer.

    Three calls, one of them for how its outgoing messages fare; one more when it has a long history, and for each clock
    that counts in an old version of its calendar.
    """
    ticket, messages, handoffs, cursor = load_collection(store, number)
    caller.require(READ_TICKETS, team=ticket.team, owner=ticket.assignee)
    customer = store.get(customer_key(ticket.customer_id), consistent=False)
    return TicketView(
        number=spoken_number(ticket.id),
        category=ticket.category,
        customer=CustomerView.of(customer_from_item(customer)) if customer else None,
        due_at=ticket.due_at,
        clocks=tuple(ClockView.of(clock, calendar_of(store, clock)) for clock in ticket.clocks),
        handoffs=tuple(handoffs),
        messages=with_outcomes(store, messages, now=now),
        messages_cursor=cursor,
        **{name: getattr(ticket, name) for name in SHOWN},
    )


def ticket_history(store: Store, ticket: Ticket) -> History:
    """All events of a ticket, its chain of hashes checked from the first to the ticket itself (scope row 51)."""
    events: list[Event] = []
    while True:
        page = load_events(store, ticket_entity(ticket.id), after=len(events), limit=PAGE)
        events += page
        if len(page) < PAGE:
            break
    whole = is_unbroken(events) and bool(events) and events[-1].hash == ticket.hash
    return History(items=tuple(HistoryEntry.of(event) for event in events), unbroken=whole)


def attachments_of(
    store: Store, number: str, message_id: str, *, kinds: Collection[MessageKind] | None = None
) -> tuple[AttachmentRef, ...]:
    """The files of one message of a ticket; none when there is no such message, or none of these kinds."""
    cursor: str | None = None
    while True:
        messages, cursor = load_messages(store, number, limit=100, cursor=cursor)
        for message in messages:
            if message.id == message_id:
                return message.attachments if kinds is None or message.kind in kinds else ()
        if cursor is None:
            return ()
