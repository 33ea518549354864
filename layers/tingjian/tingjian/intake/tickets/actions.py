"""Working on a ticket: one function a move. Each loads, lets the model decide, and saves with the event."""

from collections.abc import Iterable, Mapping
from typing import Any

from tingjian.intake.messages.models import Message
from tingjian.intake.messages.storage import message_write
from tingjian.intake.tickets import answers, moves
from tingjian.intake.tickets.bodies import Assignment, Closing, EditTicket, Receipt, Resolution, Waiting
from tingjian.intake.tickets.changes import Decision, Request, change_ticket
from tingjian.intake.tickets.clock_plans import deadline_moves
from tingjian.intake.tickets.closings import (
    clocks_being_answered,
    duplicate_closed,
    require_lead,
    require_leave,
    with_closing_time,
)
from tingjian.intake.tickets.destinations import placed
from tingjian.intake.tickets.field_values import merged_fields
from tingjian.intake.tickets.models import ANSWER_OWED, AlreadyClaimedError, Ticket
from tingjian.intake.tickets.reach import require_way
from tingjian.intake.tickets.rights import READ_TICKETS
from tingjian.intake.tickets.storage import load_ticket
from tingjian.intake.tickets.ticket_clocks import edited_clocks, reopened_clocks
from tingjian.intake.tickets.waits import waiting_change
from tingjian.intake.types.models import TicketType, stored_fields
from tingjian.intake.types.storage import find_type
from tingjian.people.staff.destinations import require_open_team, require_worker
from tingjian.people.staff.storage import find_staff, find_team
from tingjian.platform.errors import VersionRequiredError, invalid
from tingjian.platform.ids import is_number, random_id
from tingjian.platform.store import Store, Write
from tingjian.sla.policies.plans import hours_of, working_seconds


def claim(store: Store, request: Request) -> Receipt:
    """Take a ticket without an assignee. Of two callers at once, one gets it, and the other a refusal with the name."""

    def decide(ticket: Ticket) -> Decision:
        try:
            return Decision(moves.claim(ticket, by=request.actor.id))
        except AlreadyClaimedError as taken:
            owner = find_staff(store, ticket.assignee or "")
            raise AlreadyClaimedError(by=owner.name if owner else ticket.assignee, members=taken.members) from taken

    return change_ticket(store, request, decide)


def assign(store: Store, request: Request, body: Assignment) -> Receipt:
    """Give the ticket to a team or a person. Raises InvalidInputError for somebody unknown or of another team."""

    def decide(ticket: Ticket) -> Decision:
        team = body.team or ticket.team
        require_open_team(store, team)
        if body.assignee is not None:
            require_worker(store, body.assignee, team)
        return Decision(moves.assign(ticket, team=team, assignee=body.assignee))

    return change_ticket(store, request, decide)


def wait(store: Store, request: Request, body: Waiting) -> Receipt:
    """Wait for the customer, or until a date; the clocks that pause stand still."""

    def decide(ticket: Ticket) -> Decision:
        notes = [new_note(ticket, body.note, request)] if body.note else []
        change = waiting_change(store, ticket, body, now=request.now)
        return Decision(change, [message_write(note) for note in notes])

    return change_ticket(store, request, decide)


def resume(store: Store, request: Request) -> Receipt:
    hours = hours_of(store)
    return change_ticket(store, request, lambda ticket: Decision(moves.resume(ticket, hours=hours, now=request.now)))


def resolve(store: Store, request: Request, body: Resolution) -> Receipt:
    """Resolve with what the type requires, and the answer to the customer if there is one (scope row 9)."""

    def decide(ticket: Ticket) -> Decision:
        kind = type_of(store, ticket, body.fields)
        fields = _field_values(store, kind, body.fields, request)
        change = moves.resolve(ticket, kind, fields, by=request.actor.id, hours=hours_of(store), now=request.now)
        if body.reply and body.spoken:
            heard = answers.answer(change.ticket, by=request.actor.id, written_at=request.now, now=request.now)
            change = change._replace(ticket=heard.ticket, data={**change.data, **heard.data}) if heard else change
        writes: list[Write] = []
        data = response_figures(store, ticket, change.ticket, request)
        if body.reply:
            if body.spoken is None:
                require_way(store, ticket)
            reply = Message(
                id=_message_id(request),
                ticket=ticket.id,
                kind="reply",
                text=body.reply,
                at=request.now,
                author=request.actor.id,
                spoken=body.spoken,
            )
            writes.append(message_write(reply))
            data |= {"message_id": reply.id, "spoken": body.spoken}
        timed = with_closing_time(change.ticket, kind, now=request.now)
        return Decision(change._replace(ticket=timed), writes, data)

    return change_ticket(store, request, decide)


def close(store: Store, request: Request, body: Closing) -> Receipt:
    """Close; refused while anything is open or missing, with the list of what.

    Raises LeadNeededError, CustomersWordError, InvalidInputError for a duplicate of a ticket that does not go on.
    """

    def decide(ticket: Ticket) -> Decision:
        kind = type_of(store, ticket, body.fields)
        fields = _field_values(store, kind, body.fields, request)
        require_leave(ticket, kind, body, request)
        answering = clocks_being_answered(store, ticket, now=request.now) if body.reason in ANSWER_OWED else ()
        change = moves.close(ticket, kind, reason=body.reason, fields=fields, now=request.now, answering=answering)
        if body.reason == "duplicate":
            return duplicate_closed(store, change, kind, body, request)
        if body.reason == "confirmed":
            by = "call" if body.call else "link"
            told = change.ticket.model_copy(update={"confirmed_at": ticket.confirmed_at or request.now})
            change = change._replace(ticket=told, data={**change.data, "confirmed_by": by})
        note = new_note(ticket, body.call, request) if body.call else None
        data = {"message_id": note.id} if note else {}
        return Decision(change, [message_write(note)] if note else [], data)

    return change_ticket(store, request, decide)


def confirm(store: Store, request: Request) -> Receipt:
    """The customer confirms; the ticket closes when nothing is open or missing on our side."""

    def decide(ticket: Ticket) -> Decision:
        kind = type_of(store, ticket)
        change = moves.confirm(ticket, kind, now=request.now)
        return Decision(change._replace(ticket=with_closing_time(change.ticket, kind, now=request.now)))

    return change_ticket(store, request, decide)


def reopen(store: Store, request: Request, reason: str) -> Receipt:
    """Take a finished ticket up again, with a new resolution clock; the reason is kept as a note."""

    def decide(ticket: Ticket) -> Decision:
        kind = "customer" if request.actor.kind == "customer" else "staff"
        clocks = reopened_clocks(store, ticket, now=request.now)
        note = new_note(ticket, reason, request)
        change = moves.reopen(ticket, clocks=clocks, reason=kind, hours=hours_of(store), now=request.now)
        return Decision(change._replace(ticket=placed(store, change.ticket)), [message_write(note)])

    return change_ticket(store, request, decide)


def edit(store: Store, request: Request, body: EditTicket) -> Receipt:
    """Change facts, on a version that is named; a new type, priority or level gets its clocks, from the start."""
    if request.if_match is None:
        raise VersionRequiredError

    def decide(ticket: Ticket) -> Decision:
        given = body.model_dump(exclude_unset=True, exclude_none=True, exclude={"fields"})
        kind = type_of(store, ticket, body.fields)
        if body.type and body.type != ticket.type:
            found = find_type(store, body.type, fits=lambda kind: kind.active)
            if found is None or not found.active:
                raise invalid("type", "unknown", value=body.type)
            if kind.complaint and not found.complaint:
                require_lead(ticket, request)
            kind = found
        kept = {key: value for key, value in ticket.fields.items() if kind.definition(key)}
        given["fields"] = merged_fields(kept, _field_values(store, kind, body.fields, request))
        changed = ticket.model_copy(update=given)
        data: dict[str, Any] = {}
        given["clocks"] = edited_clocks(store, ticket, changed, now=request.now)
        if given["clocks"] != ticket.clocks:
            data["moved"] = [
                move.model_dump(exclude_none=True) for move in deadline_moves(ticket.clocks, given["clocks"])
            ]
        return Decision(moves.edit(ticket, given), data=data)

    return change_ticket(store, request, decide)


def link(store: Store, request: Request, other: str) -> Receipt:
    """Link to another ticket. Raises InvalidInputError for a number that is no ticket, or its own."""
    number = other.replace("-", "").replace(" ", "")
    if not is_number(number) or number == request.number:
        raise invalid("ticket", "unknown", value=other)

    def decide(ticket: Ticket) -> Decision:
        linked = load_ticket(store, number)
        if request.caller is not None:
            request.caller.require(READ_TICKETS, team=linked.team, owner=linked.assignee)
        return Decision(moves.link(ticket, number))

    return change_ticket(store, request, decide)


def unlink(store: Store, request: Request, other: str) -> Receipt:
    return change_ticket(store, request, lambda ticket: Decision(moves.unlink(ticket, other)))


def type_of(store: Store, ticket: Ticket, fields: Iterable[str] = ()) -> TicketType:
    """The ticket's type, read afresh if it lacks one of these fields. A type that is gone requires nothing."""
    found = find_type(store, ticket.type, fits=lambda kind: all(map(kind.definition, fields)))
    return found or TicketType(key=ticket.type, version=0, labels={}, team=ticket.team)


def response_figures(store: Store, before: Ticket, after: Ticket, request: Request) -> dict[str, Any]:
    """The figures of a response or resolution for reports: seconds since opening, in wall and in the centre's hours."""
    seconds = (request.now - before.opened_at).total_seconds()
    kept = {clock.name: clock.was_kept() for clock in after.clocks if clock.met_at == request.now}
    return {
        "seconds": round(seconds, 3),
        "working_seconds": working_seconds(store, before.opened_at, request.now),
        "kept": {name: value for name, value in kept.items() if value is not None},
    }


def _field_values(store: Store, kind: TicketType, given: Mapping[str, Any], request: Request) -> dict[str, Any]:
    if not given:
        return {}
    return stored_fields(
        kind,
        given,
        now=request.now,
        is_team=lambda team: find_team(store, team) is not None,
        is_staff=lambda person: find_staff(store, person) is not None,
    )


def _message_id(request: Request) -> str:
    return request.idempotency.derive("message") if request.idempotency else random_id()


def new_note(ticket: Ticket, text: str, request: Request) -> Message:
    """What somebody wrote beside a step, as a message of the ticket; a customer's words are public."""
    return Message(
        id=_message_id(request),
        ticket=ticket.id,
        kind="customer" if request.actor.kind == "customer" else "note",
        text=text,
        at=request.now,
        author=request.actor.id if request.actor.kind == "staff" else "",
    )
