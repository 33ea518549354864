"""Passing a ticket on, with the reason as a note; whoever gets it is told."""

from tingjian.intake.messages.storage import message_write
from tingjian.intake.tickets import moves
from tingjian.intake.tickets.actions import new_note
from tingjian.intake.tickets.bodies import Receipt
from tingjian.intake.tickets.changes import Decision, Request, change_ticket
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.moves import Change
from tingjian.intake.tickets.rights import ASSIGN_TICKETS
from tingjian.intake.tickets.ticket_clocks import clocks_in_team
from tingjian.intake.transfers.events import TicketEscalated, TicketReleased, TicketTransferred
from tingjian.intake.transfers.models import Escalation, NobodyAboveError, NotYoursError, Release, Transfer
from tingjian.notifications.notices.models import notice_of
from tingjian.notifications.notices.storage import notice_write
from tingjian.people.staff.destinations import require_open_team
from tingjian.people.staff.posts import holders, next_above
from tingjian.platform.assembled import NoticeKind
from tingjian.platform.errors import invalid
from tingjian.platform.store import Store, Write


def escalate(store: Store, request: Request, body: Escalation) -> Receipt:
    """Give the ticket to a person above who has it. Raises NobodyAboveError."""

    def decide(ticket: Ticket) -> Decision:
        found = next_above(store, {ticket.assignee, request.actor.id}, team=ticket.team, post=body.to)
        if found is None:
            raise NobodyAboveError
        post, person = found
        note = new_note(ticket, body.reason, request)
        after = moves.assign(ticket, team=ticket.team, assignee=person.id).ticket
        data = {"from_assignee": ticket.assignee, "post": post, "message_id": note.id}
        told = _notice(person.id, "ticket_escalated", ticket, request, note.id)
        return Decision(Change(after, TicketEscalated, data), [message_write(note), *told])

    return change_ticket(store, request, decide)


def transfer(store: Store, request: Request, body: Transfer) -> Receipt:
    """Give the ticket to another team, into its queue; it gets the clocks that are promised there.

    Raises InvalidInputError for a team that takes no tickets, or the ticket's own.
    """

    def decide(ticket: Ticket) -> Decision:
        require_open_team(store, body.team)
        if body.team == ticket.team:
            raise invalid("team", "same_team")
        note = new_note(ticket, body.reason, request)
        after = moves.assign(ticket, team=body.team, assignee=None).ticket
        clocks, moved = clocks_in_team(store, ticket, after, now=request.now)
        data = {
            "from_team": ticket.team,
            "from_assignee": ticket.assignee,
            "moved": [move.model_dump(exclude_none=True) for move in moved],
            "message_id": note.id,
        }
        people = holders(store, "lead", team=body.team, assignee=None)
        told = [
            write for person in people for write in _notice(person.id, "ticket_transferred", ticket, request, note.id)
        ]
        change = Change(after.model_copy(update={"clocks": clocks}), TicketTransferred, data)
        return Decision(change, [message_write(note), *told])

    return change_ticket(store, request, decide)


def release(store: Store, request: Request, body: Release) -> Receipt:
    """Put the ticket back into its team's queue; one that is a colleague's only by whoever may assign.

    Raises NotYoursError.
    """

    def decide(ticket: Ticket) -> Decision:
        caller = request.caller
        if caller and ticket.assignee != caller.id and not caller.may(ASSIGN_TICKETS, team=ticket.team):
            raise NotYoursError
        note = new_note(ticket, body.reason, request) if body.reason else None
        after = moves.assign(ticket, team=ticket.team, assignee=None).ticket
        data = {"from_assignee": ticket.assignee, "message_id": note.id if note else None}
        return Decision(Change(after, TicketReleased, data), [message_write(note)] if note else [])

    return change_ticket(store, request, decide)


def _notice(person: str, kind: NoticeKind, ticket: Ticket, request: Request, mark: str) -> list[Write]:
    """The notice of one person; nobody is told of what they did themselves."""
    if person == request.actor.id:
        return []
    data = {"by": request.actor.id}
    return [notice_write(notice_of(person, kind, ticket.id, data, now=request.now, mark=f"{mark}.{kind}"))]
