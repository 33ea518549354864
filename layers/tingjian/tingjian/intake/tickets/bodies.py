"""What callers write about tickets, and the receipts they get."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from tingjian.intake.customers.models import Contact
from tingjian.intake.messages.models import Spoken
from tingjian.intake.tickets.models import Channel, CloseReason
from tingjian.intake.types.models import Priority
from tingjian.platform.events import Event
from tingjian.platform.ids import spoken_number
from tingjian.platform.models import FOLDED, Frozen, Identifier, Line, OrderNumber, Slug, Text

Fields = dict[Slug, Any]
Attachments = Annotated[tuple[Identifier, ...], Field(max_length=10)]
Number = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40), FOLDED]


class Ask(Frozen):
    """A request as a customer files it."""

    type: Slug
    subject: Line
    text: Text
    contact: Contact
    order_number: OrderNumber | None = None
    fields: Fields = Field(default={}, max_length=40)
    attachments: Attachments = ()
    channel: Literal["web", "app", "wechat", "wechat_mini"] = "web"


class OpenTicket(Frozen):
    """A request as staff file it for a customer, known by id or by contact."""

    type: Slug
    subject: Line
    text: Text
    channel: Channel
    contact: Contact | None = None
    customer_id: Identifier | None = None
    order_number: OrderNumber | None = None
    priority: Priority | None = None
    team: Identifier | None = None
    assign_to_me: bool = False
    fields: Fields = Field(default={}, max_length=40)
    attachments: Attachments = ()


class EditTicket(Frozen):
    """Changes of a ticket's facts; what is left out stays. A field set to null loses its value."""

    subject: Line | None = None
    type: Slug | None = None
    priority: Priority | None = None
    order_number: OrderNumber | None = None
    fields: Fields = Field(default={}, max_length=40)


class Assignment(Frozen):
    """Who is to have the ticket; a team without a person puts it back into the team's queue."""

    team: Identifier | None = None
    assignee: Identifier | None = None


class Written(Frozen):
    """A message, with files that were uploaded before."""

    text: Text
    attachments: Attachments = ()


class Reply(Written):
    """An answer to the customer. One that was `spoken` is recorded only, with where it was; it is sent to nobody."""

    spoken: Spoken | None = None


class Waiting(Frozen):
    """Why we wait, as a note, and until when; without a date until the customer writes.

    With `remind` the customer is reminded as often as the policy says, and then the wait ends; without a date that is
    so wherever the policy speaks of reminders.
    """

    note: Text | None = None
    until: AwareDatetime | None = None
    remind: bool | None = None


class Resolution(Frozen):
    """The fields that the type requires (cause, remedy, responsible unit), and the answer to the customer.

    An answer that was `spoken` is recorded only, with where it was; it is sent to nobody.
    """

    fields: Fields = Field(default={}, max_length=40)
    reply: Text | None = None
    spoken: Spoken | None = None


class Closing(Frozen):
    """Why the ticket is closed; duplicates, invalid ones, spam and withdrawn ones need no resolution.

    A duplicate names the ticket that it repeats, in which it goes on. `call` is what the customer said on the phone,
    without which only the customer's own link or survey confirms.
    """

    reason: CloseReason = "done"
    fields: Fields = Field(default={}, max_length=40)
    duplicate_of: Number | None = None
    call: Text | None = None


class Reopening(Frozen):
    """Why the ticket is taken up again."""

    reason: Text


class Link(Frozen):
    """The number of the other ticket, with or without dashes."""

    ticket: Number


class Receipt(Frozen):
    """What a change did. The same request, repeated, gives the same receipt."""

    id: str
    number: str
    version: int
    event: str
    status: str
    at: datetime
    message_id: str | None = None
    handoff: int | None = None

    @classmethod
    def of(cls, event: Event) -> "Receipt":
        """The receipt of an event of a ticket, or of a message that is an entity of its own."""
        number = event.entity.split("#")[1]
        return cls(
            id=number,
            number=spoken_number(number),
            version=event.data.get("version", event.version),
            event=event.name,
            status=event.data["status"],
            at=event.at,
            message_id=event.data.get("message_id"),
            handoff=event.data.get("handoff"),
        )

    @property
    def location(self) -> str:
        return f"/v1/tickets/{self.id}"


class Lookup(Frozen):
    """The ticket's number, with or without dashes, and the last four digits of the phone."""

    number: Number
    phone_last_four: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$"), FOLDED]


class Asked(Frozen):
    """What a customer gets who filed a request: the number to say, and the link to follow it by."""

    number: str
    status: str
    opened_at: datetime
    follow_url: str


class FollowLink(Frozen):
    """A customer's link; what opens the ticket stands behind the `#` and reaches no server's log."""

    url: str


class ListQuery(Frozen):
    """Which tickets, in which order. `sort` is by due time (`due`), or by time of finishing for finished ones.

    `unanswered` are those whose customers wait for a word of ours, finished ones too, each with its last message.
    """

    team: Identifier | None = None
    assignee: Identifier | None = None
    status: Literal["new", "open", "waiting", "resolved", "closed"] | None = None
    type: Slug | None = None
    priority: Slug | None = None
    customer_id: Identifier | None = None
    order_number: Annotated[str, StringConstraints(max_length=64), FOLDED] | None = None
    finished: bool = False
    unanswered: bool = False
    sort: Literal["due", "-due"] = "due"
    limit: int = Field(default=25, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=1000)
