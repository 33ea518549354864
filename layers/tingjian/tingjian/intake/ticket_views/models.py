"""Tickets as their readers see them: staff the whole, masked; the customer what is public. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from tingjian.intake.attachments.models import AttachmentRef
from tingjian.intake.customers.models import CustomerView
from tingjian.intake.handoffs.models import Handoff
from tingjian.intake.messages.models import PUBLIC, Message, MessageView
from tingjian.intake.tickets.models import Ticket
from tingjian.platform.events import Event
from tingjian.platform.ids import spoken_number
from tingjian.platform.models import Frozen
from tingjian.sla.calendars.models import Calendar
from tingjian.sla.clocks import Clock


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
        state: Literal["running", "paused", "met", "stopped"] = "running" if clock.running else "paused"
        if clock.met_at:
            state = "met"
        elif clock.stopped_at:
            state = "stopped"
        shown = {name: getattr(clock, name) for name in cls.model_fields if name not in {"state", "kept", "estimated"}}
        estimated = calendar.estimates(clock.started_at, clock.deadline)
        return cls(state=state, kept=clock.was_kept(), estimated=estimated, **shown)


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
    duplicate_of: str | None
    confirmed_at: datetime | None
    unanswered_since: datetime | None
    wake_at: datetime | None
    reopened: int
    due_at: datetime | None
    blockers: tuple[str, ...]
    links: tuple[str, ...]
    clocks: tuple[ClockView, ...]
    handoffs: tuple[Handoff, ...]
    messages: tuple[MessageView, ...]
    messages_cursor: str | None
    imported: bool
    source: str | None = None
    source_id: str | None = None


class PublicMessage(Frozen):
    """A message as the customer sees it: who of the centre wrote it is not said."""

    id: str
    by: Literal["customer", "service"]
    text: str
    at: datetime
    attachments: tuple[AttachmentRef, ...]


class PublicMessagesQuery(Frozen):
    """Which older messages."""

    cursor: str = Field(max_length=1000)


class PublicMessageList(Frozen):
    """Older messages as the customer sees them, in the order of time; `cursor` leads to still older ones."""

    items: tuple[PublicMessage, ...]
    cursor: str | None = None


class PublicTicket(Frozen):
    """A ticket as its customer sees it; `messages_cursor` leads to older messages, of a very long conversation only."""

    number: str
    type: str
    subject: str
    status: str
    opened_at: datetime
    due_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    messages: tuple[PublicMessage, ...]
    messages_cursor: str | None
    can_write: bool
    can_confirm: bool
    can_reopen: bool


class HistoryEntry(Frozen):
    """One event of a ticket's history."""

    version: int
    event: str
    at: datetime
    by: str
    data: dict[str, Any]

    @classmethod
    def of(cls, event: Event) -> "HistoryEntry":
        return cls(version=event.version, event=event.name, at=event.at, by=str(event.actor), data=event.data)


class History(Frozen):
    """The events of a ticket in order; `unbroken` says whether the chain of hashes holds and ends at the ticket."""

    items: tuple[HistoryEntry, ...]
    unbroken: bool


def public_messages(messages: Sequence[Message]) -> tuple[PublicMessage, ...]:
    """What the customer sees of messages, newest first: the public ones in the order of time."""
    return tuple(
        PublicMessage(
            id=message.id,
            by="service" if message.kind == "reply" else "customer",
            text=message.text,
            at=message.at,
            attachments=message.attachments,
        )
        for message in reversed(messages)
        if message.kind in PUBLIC
    )


def view_public(ticket: Ticket, shown: PublicMessageList, *, now: datetime) -> PublicTicket:
    """What the customer sees of a ticket with these messages."""
    return PublicTicket(
        number=spoken_number(ticket.id),
        type=ticket.type,
        subject=ticket.subject,
        status=ticket.status,
        opened_at=ticket.opened_at,
        due_at=ticket.resolution_due_at if ticket.category == "open" else None,
        resolved_at=ticket.resolved_at,
        closed_at=ticket.closed_at,
        messages=shown.items,
        messages_cursor=shown.cursor,
        can_write=ticket.close_reason != "spam",
        can_confirm=ticket.status == "resolved",
        can_reopen=ticket.reopenable_until is not None and now <= ticket.reopenable_until,
    )
