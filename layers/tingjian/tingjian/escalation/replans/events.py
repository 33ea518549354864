"""What happens to replans, and to the deadlines that they move."""

from datetime import datetime

from pydantic import Field

from tingjian.intake.tickets.events import TicketFact
from tingjian.platform.facts import Fact


class ReplanAsked(Fact):
    """Somebody had a policy or a calendar applied to open tickets; `subject` is its id."""

    kind: str
    subject: str
    reason: str


class ReplanAdvanced(Fact):
    """Some more tickets were looked at; the figures count from the start."""

    looked_at: int
    moved: int
    passes: int


class ReplanFinished(ReplanAdvanced):
    """All open tickets were looked at, and there was nothing more to move."""


class ClocksReplanned(TicketFact):
    """A ticket runs by the present version of a policy or a calendar, and no deadline moved by that."""

    reason: str
    policy: str | None = None
    calendar: str | None = None


class ClockMoved(ClocksReplanned):
    """A deadline moved; without `from` it is new, without `to` nothing is promised any more."""

    clock: str
    from_at: datetime | None = Field(default=None, alias="from")
    to_at: datetime | None = Field(default=None, alias="to")
    handoff: int | None = None
