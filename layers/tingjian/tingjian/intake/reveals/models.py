"""What a reveal asks for, what it shows, and the list of reveals. Pure."""

from datetime import datetime
from typing import Literal

from tingjian.platform.models import Frozen, Identifier, Line, PageQuery

PersonalField = Literal["phones", "emails", "address"]
AccessReason = Literal["callback", "identity", "delivery", "correction", "customer_asked", "other"]
"""To call back, to check who it is, to send something, to correct data, because the customer asked, anything else."""


class Reveal(Frozen):
    """Which masked field to show, and why: a reason of the list, and the words that make it plain."""

    field: PersonalField
    reason: AccessReason
    text: Line


class Revealed(Frozen):
    """The full values."""

    values: tuple[str, ...]


class RevealEntry(Frozen):
    """A reveal, or an edit, as the lead sees it: who saw or changed what of whom, by which ticket, and why."""

    id: str
    at: datetime
    person: str
    customer: str
    act: Literal["reveal", "edit"] = "reveal"
    field: PersonalField | None = None
    ticket: str | None = None
    team: str | None = None
    reason: AccessReason
    text: str


class RevealList(Frozen):
    """A page of reveals, newest first; it may be short of what a filter or the reader's right leaves out."""

    items: tuple[RevealEntry, ...]
    cursor: str | None = None


class RevealQuery(PageQuery):
    """Which reveals and edits: of a team, by a person, of a customer."""

    team: Identifier | None = None
    person: Identifier | None = None
    customer: Identifier | None = None
    act: Literal["reveal", "edit"] | None = None
