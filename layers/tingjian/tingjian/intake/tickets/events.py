"""What happens to tickets. Facts of a ticket's chain that other features write build on `TicketFact`."""

from datetime import datetime
from typing import Any

from pydantic import Field

from tingjian.platform.facts import Fact
from tingjian.platform.models import Frozen


class TicketFact(Fact):
    """What every event of a ticket says of it, so that a figure needs no other event: codes and ids only."""

    status: str
    type: str
    channel: str
    priority: str
    team: str
    assignee: str | None = None
    customer: str
    level: str | None = None
    activity: str | None = None
    """What the log called it; only in history that was imported."""


class Measured(TicketFact):
    """The base of responses: seconds since the opening, in wall and in open hours, and which targets were kept."""

    seconds: float | None = None
    working_seconds: int | None = None
    kept: dict[str, bool] = Field(default={})
    message_id: str | None = None
    kind: str | None = None


class MovedDeadline(Frozen):
    """A deadline that a change of facts moved; without `from_at` it is new, without `to_at` nothing is promised."""

    clock: str
    from_at: datetime | None = None
    to_at: datetime | None = None
    handoff: int | None = None


class TicketOpened(TicketFact):
    """A request was filed; `targets` are minutes, `due` deadlines, by clock."""

    fields: dict[str, Any] = Field(default={})
    targets: dict[str, int] = Field(default={})
    due: dict[str, datetime] = Field(default={})


class TicketAssigned(TicketFact):
    """A ticket went to another team or person."""

    from_team: str | None = None
    from_assignee: str | None = None


class TicketAnswered(Measured):
    """Staff answered in public; `first` says whether it was the first response."""

    first: bool


class CustomerWrote(Measured):
    """The customer wrote, and is owed an answer until `due_at`."""

    clock: str | None = None
    due_at: datetime | None = None


class TicketWaiting(TicketFact):
    """A ticket waits for its customer."""


class TicketResumed(CustomerWrote):
    """A ticket that waited goes on, perhaps because its customer wrote."""


class TicketResolved(Measured):
    """A ticket was resolved."""

    resolved_by: str | None = None
    fields: dict[str, Any]
    first: bool


class TicketClosed(TicketFact):
    """A ticket was closed, for good unless it is taken up again."""

    reason: str
    fields: dict[str, Any] = Field(default={})


class TicketConfirmed(TicketFact):
    """The customer says that it is solved, while something is still open or missing on our side."""


class TicketReopened(TicketFact):
    """A finished ticket was taken up again, by its customer or by staff."""

    from_status: str
    reason: str
    from_team: str | None = None
    from_assignee: str | None = None


class TicketEdited(TicketFact):
    """Facts about a ticket changed; `moved` are the deadlines that moved with them."""

    changed: tuple[str, ...]
    moved: tuple[MovedDeadline, ...] = ()


class TicketLinked(TicketFact):
    """A ticket was linked to another."""

    other: str


class TicketUnlinked(TicketFact):
    """A link to another ticket was taken away."""

    other: str
