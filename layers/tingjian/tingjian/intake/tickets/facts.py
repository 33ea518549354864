"""What every fact of a ticket's chain says, whichever feature writes it."""

from tingjian.platform.facts import Fact


class TicketFact(Fact):
    """The base of the facts of a ticket: where it stood right after, so that a figure needs no other event."""

    status: str
    type: str
    channel: str
    priority: str
    team: str
    assignee: str | None = None
    customer: str
    level: str | None = None
