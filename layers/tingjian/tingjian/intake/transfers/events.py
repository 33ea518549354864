"""How tickets pass from one to another; the reasons are notes, `message_id`."""

from tingjian.intake.tickets.events import MovedDeadline, TicketFact


class TicketEscalated(TicketFact):
    """Staff gave a ticket to somebody above; `post` is that person's place in the line."""

    from_assignee: str | None = None
    post: str
    message_id: str


class TicketTransferred(TicketFact):
    """Staff gave a ticket to another team; `moved` are the deadlines that moved with it."""

    from_team: str
    from_assignee: str | None = None
    moved: tuple[MovedDeadline, ...] = ()
    message_id: str


class TicketReleased(TicketFact):
    """A ticket went back into the queue of its team."""

    from_assignee: str | None = None
    message_id: str | None = None
