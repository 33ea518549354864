"""Who is told of what: the table of facts and roles, and how it is read. Pure.

Nobody is told of what they did themselves, and nobody of a closed ticket, unless the row says that it matters then too.
Told elsewhere are what is due (ladders), that the customer wrote (conversations), whom a ticket passes to (transfers),
and follow-ups (surveys).
"""

from dataclasses import dataclass
from typing import Literal

from tingjian.intake.handoffs.events import (
    HandoffAccepted,
    HandoffAsked,
    HandoffDeclined,
    HandoffDone,
    HandoffWithdrawn,
)
from tingjian.intake.tickets.events import CloseHeld, TicketAssigned, TicketReopened
from tingjian.intake.transfers.events import TicketEscalated, TicketTransferred
from tingjian.notifications.deliveries.events import MessageFailed
from tingjian.platform.assembled import NoticeKind
from tingjian.platform.events import Event
from tingjian.platform.facts import Fact

AudienceRole = Literal["owner", "new assignee", "former assignee", "department", "asker"]
"""`owner` is the assignee, and the team's lead for a ticket without one."""


@dataclass(frozen=True, slots=True)
class Row:
    """A fact, whom it is told, and as what kind of notice."""

    fact: type[Fact]
    kind: NoticeKind
    roles: tuple[AudienceRole, ...]


TABLE: tuple[Row, ...] = (
    Row(TicketAssigned, "ticket_assigned", ("new assignee",)),
    Row(TicketAssigned, "ticket_taken", ("former assignee",)),
    Row(TicketTransferred, "ticket_taken", ("former assignee",)),
    Row(TicketEscalated, "ticket_taken", ("former assignee",)),
    Row(HandoffAsked, "handoff_asked", ("department",)),
    Row(HandoffAccepted, "handoff_accepted", ("asker",)),
    Row(HandoffDeclined, "handoff_declined", ("asker", "owner")),
    Row(HandoffDone, "handoff_done", ("asker", "owner")),
    Row(HandoffWithdrawn, "handoff_withdrawn", ("department",)),
    Row(TicketReopened, "ticket_reopened", ("owner",)),
    Row(MessageFailed, "message_failed", ("owner",)),
    Row(CloseHeld, "close_held", ("owner",)),
)
HEARD: tuple[type[Fact], ...] = tuple(dict.fromkeys(row.fact for row in TABLE))


def rows_for(event: Event) -> list[Row]:
    """The rows that an event is told by; a ticket that keeps its assignee is news to neither."""
    return [row for row in TABLE if row.fact.__name__ == event.name and _applies(row, event)]


def _applies(row: Row, event: Event) -> bool:
    if row.kind in {"ticket_assigned", "ticket_taken"}:
        return bool(event.data.get("assignee") != event.data.get("from_assignee"))
    return True
