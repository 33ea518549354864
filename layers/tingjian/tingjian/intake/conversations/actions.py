"""Writing to a ticket: public replies, internal notes, and what the customer adds.

A message that changes nothing about the ticket is an entity with an event of its own; one that answers for the first
time, or ends a wait, is part of the ticket's change.
"""

from collections.abc import Sequence
from typing import Any

from tingjian.intake.attachments.actions import Files, take_uploads
from tingjian.intake.conversations.events import MessageAdded
from tingjian.intake.messages.models import Message, MessageKind, Spoken
from tingjian.intake.messages.storage import message_write
from tingjian.intake.tickets import answers, turns
from tingjian.intake.tickets.actions import new_note, response_figures
from tingjian.intake.tickets.bodies import Receipt, Reply, Written
from tingjian.intake.tickets.changes import Decision, Request, change_ticket, check_request, save_change
from tingjian.intake.tickets.destinations import placed
from tingjian.intake.tickets.events import TicketAssigned
from tingjian.intake.tickets.models import Ticket, event_context
from tingjian.intake.tickets.moves import Change
from tingjian.intake.tickets.reach import require_way
from tingjian.intake.tickets.storage import load_ticket
from tingjian.intake.tickets.ticket_clocks import next_response_clock
from tingjian.platform.chains import ChainEnd
from tingjian.platform.changes import OvertakenError, load_and_write
from tingjian.platform.errors import InvalidInputError
from tingjian.platform.events import event_done_before, event_write, key_use
from tingjian.platform.ids import random_id
from tingjian.platform.places import ticket_entity
from tingjian.platform.store import ConditionFailedError, Store, Write
from tingjian.sla.policies.plans import hours_of


def write_message(store: Store, files: Files | None, request: Request, kind: MessageKind, body: Written) -> Receipt:
    """Add a message of this kind.

    Raises IllegalMoveError for a public one on a closed ticket, CustomerUnreachableError for a reply that would reach
    nobody, unless it was spoken.
    """

    def write(ticket: Ticket) -> Receipt:
        check_request(store, ticket, request)
        return _write(store, files, ticket, request, kind, body)

    return load_and_write(
        store,
        lambda: load_ticket(store, request.number, repeat=request.idempotency),
        write,
        receipt=lambda done: Receipt.of(event_done_before(store, done)),
        again_on=InvalidInputError,  # A concurrent request with the same key may have taken the uploads.
    )


def waive_answer(store: Store, request: Request, reason: str) -> Receipt:
    """Take the mark off a ticket whose customer needs no answer ("thank you"); the reason is kept as a note.

    Raises AnswerOwedError, NothingToAnswerError.
    """

    def decide(ticket: Ticket) -> Decision:
        note = new_note(ticket, reason, request)
        return Decision(turns.waive_answer(ticket), [message_write(note)], {"message_id": note.id})

    return change_ticket(store, request, decide)


def _write(  # noqa: PLR0917 - what a message is made of
    store: Store, files: Files | None, ticket: Ticket, request: Request, kind: MessageKind, body: Written
) -> Receipt:
    spoken = body.spoken if isinstance(body, Reply) else None
    change = _change_of_ticket(store, ticket, request, kind, spoken)
    if kind == "reply" and spoken is None:
        require_way(store, ticket)
    taken = take_uploads(store, files, ticket.id, body.attachments, now=request.now)
    message = Message(
        id=request.idempotency.derive("message") if request.idempotency else random_id(),
        ticket=ticket.id,
        kind=kind,
        text=body.text,
        at=request.now,
        author=request.actor.id if request.actor.kind != "customer" else "",
        attachments=taken.attachments,
        spoken=spoken,
    )
    if change is None:
        return _write_alone(store, ticket, message, taken.writes, request)
    data: dict[str, Any] = {"message_id": message.id, "kind": kind, "spoken": spoken}
    if change.event is not TicketAssigned:
        data |= response_figures(store, ticket, change.ticket, request)
    return save_change(store, ticket, Decision(change, [message_write(message), *taken.writes], data), request)


def _change_of_ticket(
    store: Store, ticket: Ticket, request: Request, kind: MessageKind, spoken: Spoken | None
) -> Change | None:
    if kind == "note":
        return None
    if kind == "reply" and spoken:
        answers.require_reply(ticket)
        return answers.answer(ticket, by=request.actor.id, written_at=request.now, now=request.now)
    if kind == "reply":
        return answers.reply(ticket, by=request.actor.id)
    turn = next_response_clock(store, ticket, now=request.now)
    change = turns.receive_message(ticket, hours=hours_of(store), now=request.now, turn=turn)
    return change._replace(ticket=placed(store, change.ticket)) if change and change.ticket.is_work_again else change


def _write_alone(store: Store, ticket: Ticket, message: Message, beside: Sequence[Write], request: Request) -> Receipt:
    told: dict[str, Any] = {"ticket": ticket.id, "message_id": message.id, "kind": message.kind}
    told |= {"spoken": message.spoken, "on_its_way": message.kind == "reply" and message.spoken is None}
    event = ChainEnd(f"message#{ticket.id}#{message.id}").next_event(
        MessageAdded,
        now=request.now,
        actor=request.actor,
        data=event_context(ticket) | told | {"version": ticket.version},
        idempotency=request.idempotency,
    )
    try:
        writes = [message_write(message), event_write(event), *beside]
        store.transact(writes, idempotency=key_use(request.idempotency, event))
    except ConditionFailedError as error:
        raise OvertakenError(ticket_entity(ticket.id), ticket.version) from error
    return Receipt.of(event)
