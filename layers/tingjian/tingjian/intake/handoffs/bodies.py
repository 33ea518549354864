"""What callers write about hand-offs, and what a department sees of one."""

from datetime import datetime

from pydantic import Field

from tingjian.intake.attachments.models import AttachmentRef
from tingjian.intake.handoffs.models import Handoff, HandoffState, Shown
from tingjian.intake.tickets.bodies import Attachments, Fields
from tingjian.platform.ids import spoken_number
from tingjian.platform.models import Frozen, Identifier, Instant, PageQuery, Text


class AskDepartment(Frozen):
    """A written request to a department, with the fields of its form.

    Without a due time it has what the policy promises, or two days, and never more than the ticket itself. `shows`
    says what the department sees of the ticket and its customer; `attachments` are files of the ticket, or uploads.
    """

    department: Identifier
    request: Text
    due_at: Instant | None = None
    fields: Fields = Field(default={}, max_length=40)
    shows: tuple[Shown, ...] = Field(default=("order",), max_length=4)
    attachments: Attachments = ()
    verify: bool = False


class RerouteHandoff(Frozen):
    """Which department is asked instead, and why. What is left out stays as it was asked."""

    department: Identifier
    reason: Text
    request: Text | None = None
    due_at: Instant | None = None
    fields: Fields | None = Field(default=None, max_length=40)


class HandoffAnswer(Frozen):
    """Why it is declined or withdrawn, or how the work was found."""

    text: Text


class HandoffResult(Frozen):
    """What was done, with the evidence as files that were uploaded before, and the fields of the form."""

    text: Text
    fields: Fields = Field(default={}, max_length=40)
    attachments: Attachments = ()


class HandoffReturn(Frozen):
    """What is missing, and until when it is to be done; without a time it has as long as a new hand-off."""

    text: Text
    due_at: Instant | None = None


class Recipient(Frozen):
    """What the department sees of the customer: what the asker chose to show, in full."""

    name: str | None = None
    phones: tuple[str, ...] = ()
    address: str | None = None


class HandoffView(Frozen):
    """A hand-off as its department sees it: what was asked, until when, and nothing else of the ticket."""

    ticket: str
    ticket_number: str
    number: int
    version: int
    department: str
    state: HandoffState
    request: str
    fields: dict[str, object]
    order_number: str | None
    asked_by: str
    asked_at: datetime
    due_at: datetime
    overdue_at: datetime | None
    answered_by: str | None
    answered_at: datetime | None
    reason: str | None
    result: str | None
    verify: bool
    returned: int
    attachments: tuple[AttachmentRef, ...]
    evidence: tuple[AttachmentRef, ...]
    recipient: Recipient | None = None

    @classmethod
    def of(cls, handoff: Handoff, recipient: Recipient | None = None) -> "HandoffView":
        own = {"ticket_number", "recipient"}
        shown = {name: getattr(handoff, name) for name in cls.model_fields if name not in own}
        return cls(ticket_number=spoken_number(handoff.ticket), recipient=recipient, **shown)


class HandoffList(Frozen):
    """A page of hand-offs."""

    items: tuple[HandoffView, ...]
    cursor: str | None = None


class HandoffQuery(PageQuery):
    """Which hand-offs: of a department, or without one of all that the caller may see."""

    department: Identifier | None = None
    finished: bool = False
