"""What happens when another department is asked."""

from datetime import datetime

from tingjian.intake.tickets.events import TicketFact


class HandoffAsked(TicketFact):
    """A department was asked, and must answer until `handoff_due_at`."""

    handoff: int
    department: str
    handoff_due_at: datetime


class HandoffAccepted(TicketFact):
    """A department took the request on, so many seconds after it was asked."""

    handoff: int
    department: str
    seconds: float
    kept: dict[str, bool]


class HandoffDeclined(HandoffAccepted):
    """A department refused, with its reason."""


class HandoffDone(HandoffAccepted):
    """A department reported the request as done."""


class HandoffWithdrawn(HandoffAccepted):
    """Whoever asked wants no answer any more."""
