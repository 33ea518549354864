"""What happens to tickets."""

from typing import Any

from tingjian.intake.tickets.models import Channel, Status
from tingjian.intake.types.models import Priority
from tingjian.platform.facts import Fact


class TicketFact(Fact):
    """What every event of a ticket says of it, so that a figure needs no other event: codes and ids only."""

    status: Status
    type: str
    channel: Channel
    priority: Priority
    team: str
    assignee: str | None = None
    customer: str
    level: str | None = None
    activity: str | None = None
    """What the log called it; only in history that was imported."""


class TicketResolved(TicketFact):
    """A ticket was resolved. Times are seconds since it was opened, `kept` says by clock whether its target was met."""

    resolved_by: str | None = None
    fields: dict[str, Any]
    first: bool
    seconds: float
    working_seconds: int
    kept: dict[str, bool]
    message_id: str | None = None
