"""What must hold before a ticket is closed without a result, and what a duplicate leaves behind.

Closing must not be a way to bury a complaint: a duplicate goes on in another ticket, what weighs is dismissed by a lead
only, and that all is well only the customer says.
"""

from datetime import datetime, timedelta

from tingjian.intake.customers.storage import customer_from_item
from tingjian.intake.messages.models import Message
from tingjian.intake.messages.outcomes import with_outcomes
from tingjian.intake.messages.storage import load_messages, message_write
from tingjian.intake.tickets import moves
from tingjian.intake.tickets.bodies import Closing
from tingjian.intake.tickets.changes import Decision, Request, ticket_with_event
from tingjian.intake.tickets.models import ANSWERED_BY_REPLY, DISMISSALS, CustomersWordError, LeadNeededError, Ticket
from tingjian.intake.tickets.moves import Change
from tingjian.intake.tickets.rights import ASSIGN_TICKETS, READ_TICKETS
from tingjian.intake.tickets.storage import TicketNotFoundError, load_ticket, ticket_write
from tingjian.intake.types.models import TicketType
from tingjian.intake.types.storage import find_type
from tingjian.platform import texts
from tingjian.platform.errors import AccessDeniedError, invalid
from tingjian.platform.events import event_write
from tingjian.platform.ids import derived_id, is_number, spoken_number
from tingjian.platform.places import customer_key
from tingjian.platform.store import Store


def require_leave(ticket: Ticket, kind: TicketType, body: Closing, request: Request) -> None:
    """Raise LeadNeededError or CustomersWordError unless the caller may close the ticket for this reason."""
    if body.call is not None and body.reason != "confirmed":
        raise invalid("call", "extra_forbidden")
    if body.duplicate_of is not None and body.reason != "duplicate":
        raise invalid("duplicate_of", "extra_forbidden")
    if body.reason == "confirmed" and not body.call and ticket.confirmed_at is None:
        raise CustomersWordError
    if body.reason not in DISMISSALS:
        return
    foreign = ticket.assignee not in {None, request.actor.id}
    if kind.complaint or foreign or ticket.has_broken_promise(request.now):
        require_lead(ticket, request)


def require_lead(ticket: Ticket, request: Request) -> None:
    """Raise LeadNeededError unless the caller leads those who work on the ticket."""
    if request.caller is not None and not request.caller.may(ASSIGN_TICKETS, team=ticket.team, owner=ticket.assignee):
        raise LeadNeededError(right=ASSIGN_TICKETS.name)


def clocks_being_answered(store: Store, ticket: Ticket, *, now: datetime) -> frozenset[str]:
    """The clocks that a reply will meet which is still on its way. Two calls if any answer is owed, else none."""
    owed = [clock for clock in ticket.clocks if clock.name in ANSWERED_BY_REPLY and clock.live]
    if not owed:
        return frozenset()
    messages, _ = load_messages(store, ticket.id)
    sent = [message for message in messages if message.kind == "reply" and message.author and not message.spoken]
    written = [
        message.at
        for message in with_outcomes(store, sent, now=now)
        if message.outcome and message.outcome.state in {"queued", "sent"}
    ]
    return frozenset(clock.name for clock in owed if any(clock.started_at <= at for at in written))


def with_closing_time(ticket: Ticket, kind: TicketType, *, now: datetime, heard: bool = False) -> Ticket:
    """The ticket with the time at which it closes by itself, if it is resolved and may; `heard` after a callback."""
    if ticket.status != "resolved" or ticket.resolved_at is None or ticket.imported:
        return ticket
    at = None
    if kind.close_after_days and (not kind.complaint or heard or ticket.confirmed_at):
        at = max(now, ticket.resolved_at + timedelta(days=kind.close_after_days))
    return ticket.model_copy(update={"wake_at": at})


def duplicate_closed(store: Store, change: Change, kind: TicketType, body: Closing, request: Request) -> Decision:
    """The close of a duplicate: linked with the ticket in which it goes on, both ways, and its customer told of that.

    Two calls. Raises InvalidInputError for a ticket that is none, that the caller may not see or that is closed.
    """
    ticket = change.ticket
    other = _target(store, ticket, body, request)
    into = find_type(store, other.type)
    if kind.complaint and (other.customer_id != ticket.customer_id or into is None or not into.complaint):
        require_lead(ticket, request)
    closed = moves.link(ticket, other.id).ticket.model_copy(update={"duplicate_of": other.id})
    message = _message_to_customer(store, ticket, other, request)
    writes = [message_write(message)]
    if ticket.id not in other.links:
        linked, event = ticket_with_event(other, Decision(moves.link(other, ticket.id)), request.without_key())
        writes += [ticket_write(linked), event_write(event)]
    data = {"duplicate_of": other.id, "message_id": message.id}
    return Decision(change._replace(ticket=closed), writes, data)


def _target(store: Store, ticket: Ticket, body: Closing, request: Request) -> Ticket:
    if body.duplicate_of is None:
        raise invalid("duplicate_of", "missing")
    number = body.duplicate_of.replace("-", "").replace(" ", "")
    refused = invalid("duplicate_of", "unknown", value=body.duplicate_of)
    if not is_number(number) or number == ticket.id:
        raise refused
    try:
        found = load_ticket(store, number)
        if request.caller is not None:
            request.caller.require(READ_TICKETS, team=found.team, owner=found.assignee)
    except (TicketNotFoundError, AccessDeniedError) as error:
        raise refused from error
    if found.status == "closed":
        raise invalid("duplicate_of", "goes_on_nowhere")
    return found


def _message_to_customer(store: Store, ticket: Ticket, other: Ticket, request: Request) -> Message:
    """What the customer reads: where it goes on. The number of somebody else's ticket is not told."""
    found = store.get(customer_key(ticket.customer_id), consistent=False)
    language = customer_from_item(found).language if found else "zh-CN"
    own = other.customer_id == ticket.customer_id
    words = {"number": spoken_number(other.id)} if own else {}
    text = texts.text("duplicate.own" if own else "duplicate.foreign", language, **words)
    identifier = derived_id("duplicate", f"{ticket.id}.{ticket.version}")
    return Message(id=identifier, ticket=ticket.id, kind="reply", text=text, at=request.now)
