"""What happens when another department is asked."""

from datetime import datetime

from tingjian.intake.tickets.events import TicketFact


class HandoffAsked(TicketFact):
    """A department was asked, and must answer until `handoff_due_at`; `shows` names what it sees, not the values."""

    handoff: int
    department: str
    handoff_due_at: datetime
    asked_by: str | None = None
    shows: tuple[str, ...] = ()
    verify: bool = False


class HandoffAccepted(TicketFact):
    """A department took the request on, so many seconds after it was asked."""

    handoff: int
    department: str
    seconds: float
    kept: dict[str, bool]
    asked_by: str | None = None


class HandoffDeclined(HandoffAccepted):
    """A department refused, with its reason; the ticket stays blocked until somebody decides what now."""


class HandoffDone(HandoffAccepted):
    """A department reported the request as done; with `verify` a supervisor must agree."""

    verify: bool = False


class HandoffWithdrawn(HandoffAccepted):
    """Whoever asked wants no answer any more."""


class HandoffVerified(HandoffAccepted):
    """A supervisor found the work of a department done well."""


class HandoffReturned(HandoffAccepted):
    """A supervisor sent the work of a department back; it is due again at `handoff_due_at`."""

    handoff_due_at: datetime


class HandoffRerouted(HandoffAsked):
    """A hand-off went to another department, as a new one; `from_…` say which it was."""

    from_handoff: int
    from_department: str
