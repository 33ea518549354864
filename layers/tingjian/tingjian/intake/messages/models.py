"""Messages: what the customer wrote, what staff answered in public, and what staff noted among themselves."""

from datetime import datetime
from typing import Literal

from tingjian.intake.attachments.models import AttachmentRef
from tingjian.platform.models import Frozen

MessageKind = Literal["request", "customer", "reply", "note"]
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


class MessageList(Frozen):
    """A page of messages, newest first."""

    items: tuple[Message, ...]
    cursor: str | None = None
