"""Tickets as their readers see them: staff the whole, masked; the customer what is public."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from tingjian.intake.attachments.models import AttachmentRef
from tingjian.intake.customers.models import CustomerView
from tingjian.intake.customers.storage import from_item as customer_from
from tingjian.intake.handoffs.models import Handoff
from tingjian.intake.handoffs.storage import from_item as handoff_from
from tingjian.intake.handoffs.storage import load_handoffs
from tingjian.intake.messages.models import PUBLIC, Message
from tingjian.intake.messages.storage import message_from
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.rights import READ_TICKETS
from tingjian.intake.tickets.storage import Row, TicketNotFoundError, from_item
from tingjian.platform.events import Event
from tingjian.platform.ids import is_number, spoken
from tingjian.platform.models import Frozen, Identifier, PageQuery, Slug
from tingjian.platform.places import customer_key, ticket_entity
from tingjian.platform.rights import Caller
from tingjian.platform.store import Store
from tingjian.sla.calendars.models import Calendar
from tingjian.sla.clocks import Clock
from tingjian.sla.policies.clocking import calendar_of

FIRST_MESSAGES = 30


class ClockView(Frozen):
    """A clock: what was promised, until when, and how it stands.

    `estimated` says that the deadline rests on a year whose holidays were not announced.
    """

    name: str
    target_minutes: int
    started_at: datetime
    due_at: datetime | None
    state: Literal["running", "paused", "met", "stopped"]
    kept: bool | None
    breached: bool
    policy: str
    policy_version: int
    calendar: str
    calendar_version: int
    estimated: bool

    @classmethod
    def of(cls, clock: Clock, calendar: Calendar) -> "ClockView":
        """The view of a clock that counts in this calendar."""
        state: Literal["running", "paused", "met", "stopped"] = "running" if clock.running else "paused"
        if clock.met_at:
            state = "met"
        elif clock.stopped_at:
            state = "stopped"
        shown = {name: getattr(clock, name) for name in cls.model_fields if name not in {"state", "kept", "estimated"}}
        estimated = calendar.estimates(clock.started_at, clock.deadline)
        return cls(state=state, kept=clock.kept(), estimated=estimated, **shown)


class TicketView(Frozen):
    """A ticket with its newest messages; `messages_cursor` leads to older ones."""

    id: str
    number: str
    version: int
    type: str
    subject: str
    status: str
    category: str
    priority: str
    channel: str
    team: str
    assignee: str | None
    customer: CustomerView | None
    order_number: str | None
    fields: dict[str, Any]
    opened_at: datetime
    first_responded_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    close_reason: str | None
    reopened: int
    due_at: datetime | None
    blockers: tuple[str, ...]
    links: tuple[str, ...]
    clocks: tuple[ClockView, ...]
    handoffs: tuple[Handoff, ...]
    messages: tuple[Message, ...]
    messages_cursor: str | None
    imported: bool


class PublicMessage(Frozen):
    """A message as the customer sees it: who of the centre wrote it is not said."""

    id: str
    by: Literal["customer", "service"]
    text: str
    at: datetime
    attachments: tuple[AttachmentRef, ...]


class PublicTicket(Frozen):
    """A ticket as its customer sees it."""

    number: str
    type: str
    subject: str
    status: str
    opened_at: datetime
    due_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    messages: tuple[PublicMessage, ...]
    can_write: bool
    can_confirm: bool
    can_reopen: bool


class TicketList(Frozen):
    """A page of a list; `cursor` leads on, also from a page that a filter left short."""

    items: tuple[Row, ...]
    cursor: str | None = None


class ListQuery(Frozen):
    """Which tickets, in which order. `sort` is by due time (`due`), or by time of finishing for finished ones."""

    team: Identifier | None = None
    assignee: Identifier | None = None
    status: Literal["new", "open", "waiting", "resolved", "closed"] | None = None
    type: Slug | None = None
    priority: Slug | None = None
    customer_id: Identifier | None = None
    order_number: str | None = Field(default=None, max_length=64)
    finished: bool = False
    sort: Literal["due", "-due"] = "due"
    limit: int = Field(default=25, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=1000)


class HandoffQuery(PageQuery):
    """Which hand-offs of a department."""

    department: Identifier
    finished: bool = False


class FollowLink(Frozen):
    """A customer's link; what opens the ticket stands behind the `#` and reaches no server's log."""

    url: str


class MessageList(Frozen):
    """A page of messages, newest first."""

    items: tuple[Message, ...]
    cursor: str | None = None


class HistoryEntry(Frozen):
    """One event of a ticket's history."""

    version: int
    event: str
    at: datetime
    by: str
    data: dict[str, Any]

    @classmethod
    def of(cls, event: Event) -> "HistoryEntry":
        """The entry of an event."""
        return cls(version=event.version, event=event.name, at=event.at, by=str(event.actor), data=event.data)


class History(Frozen):
    """The events of a ticket in order; `unbroken` says whether the chain of hashes holds and ends at the ticket."""

    items: tuple[HistoryEntry, ...]
    unbroken: bool


def view_ticket(store: Store, number: str, *, caller: Caller) -> TicketView:
    """A ticket with its newest messages, hand-offs and masked customer.

    Two calls; one more when it has a long history, and for each clock that counts in an old version of its calendar.
    """
    ticket, messages, handoffs, cursor = collection(store, number)
    caller.require(READ_TICKETS, team=ticket.team, owner=ticket.assignee)
    customer = store.get(customer_key(ticket.customer_id), consistent=False)
    return TicketView(
        number=spoken(ticket.id),
        category=ticket.category,
        customer=CustomerView.of(customer_from(customer)) if customer else None,
        due_at=ticket.due_at,
        clocks=tuple(ClockView.of(clock, calendar_of(store, clock)) for clock in ticket.clocks),
        handoffs=tuple(handoffs),
        messages=tuple(messages),
        messages_cursor=cursor,
        **{name: getattr(ticket, name) for name in SHOWN},
    )


def view_public(ticket: Ticket, messages: Sequence[Message], *, now: datetime) -> PublicTicket:
    """What the customer sees of a ticket: public messages in the order of time."""
    shown = [message for message in reversed(messages) if message.kind in PUBLIC]
    return PublicTicket(
        number=spoken(ticket.id),
        type=ticket.type,
        subject=ticket.subject,
        status=ticket.status,
        opened_at=ticket.opened_at,
        due_at=ticket.resolution_due_at if ticket.category == "open" else None,
        resolved_at=ticket.resolved_at,
        closed_at=ticket.closed_at,
        messages=tuple(
            PublicMessage(
                id=message.id,
                by="service" if message.kind == "reply" else "customer",
                text=message.text,
                at=message.at,
                attachments=message.attachments,
            )
            for message in shown
        ),
        can_write=ticket.status != "closed",
        can_confirm=ticket.status == "resolved",
        can_reopen=ticket.reopenable_until is not None and now <= ticket.reopenable_until,
    )


def collection(store: Store, number: str) -> tuple[Ticket, list[Message], list[Handoff], str | None]:
    """A ticket, its newest messages, its hand-offs, and the cursor to older messages. One call for most tickets."""
    if not is_number(number):
        raise TicketNotFoundError
    page = store.query(ticket_entity(number), limit=FIRST_MESSAGES + 1, forward=False)
    if not page.items or page.items[0]["sk"] != "ticket":
        raise TicketNotFoundError
    ticket = from_item(page.items[0])
    messages = [message_from(item) for item in page.items if item["sk"].startswith("message#")]
    handoffs = [handoff_from(item) for item in reversed(page.items) if item["sk"].startswith("handoff#")]
    if page.last and ticket.handoffs:
        handoffs = load_handoffs(store, number)
    more = page.last is not None and page.last["sk"].startswith("message#")
    return ticket, messages, handoffs, page.cursor if more else None


def filters(query: ListQuery) -> Mapping[str, str]:
    """The values that rows must have, beyond the partition they are read from."""
    named = {"status": query.status, "type": query.type, "priority": query.priority}
    return {name: value for name, value in named.items() if value}


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
    "reopened",
    "blockers",
    "links",
    "imported",
]
