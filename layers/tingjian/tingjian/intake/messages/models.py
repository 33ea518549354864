"""Messages: what the customer wrote, what staff answered in public, and what staff noted among themselves."""

from datetime import datetime
from typing import Literal

from tingjian.intake.attachments.models import AttachmentRef
from tingjian.notifications.deliveries.models import Outcome
from tingjian.platform.models import Frozen

MessageKind = Literal["request", "customer", "reply", "note"]
Spoken = Literal["phone", "visit", "chat"]
"""Where staff said an answer that is only recorded here, and sent to nobody."""
PUBLIC: frozenset[MessageKind] = frozenset({"request", "customer", "reply"})


class Message(Frozen):
    """One message of a ticket. `author` is a staff id, or empty for the customer."""

    id: str
    ticket: str
    kind: MessageKind
    text: str
    at: datetime
    author: str = ""
    attachments: tuple[AttachmentRef, ...] = ()
    spoken: Spoken | None = None


class MessageView(Message):
    """A message, and how it fares if it goes out to the customer; unknown for one older than ninety days."""

    outcome: Outcome | None = None


class MessageList(Frozen):
    """A page of messages, newest first."""

    items: tuple[MessageView, ...]
    cursor: str | None = None
