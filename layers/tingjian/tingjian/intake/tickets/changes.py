"""How every change of a ticket is made: load, decide, save with its event, exactly once in effect."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tingjian.intake.tickets.bodies import Receipt
from tingjian.intake.tickets.models import Ticket, event_context
from tingjian.intake.tickets.moves import Change
from tingjian.intake.tickets.rights import WORK_TICKETS
from tingjian.intake.tickets.storage import load_ticket, ticket_write
from tingjian.platform.chains import ChainEnd
from tingjian.platform.changes import OvertakenError, load_and_write
from tingjian.platform.events import Actor, Event, event_done_before, event_write, key_use
from tingjian.platform.idempotency import Idempotency
from tingjian.platform.places import ticket_entity
from tingjian.platform.records import stale
from tingjian.platform.rights import Caller, Right
from tingjian.platform.store import ConditionFailedError, Store, Write


@dataclass(frozen=True, slots=True)
class Request:
    """Who changes what, when, on which version, under which key.

    Without a `right` it is not the ticket's that is needed: the action itself asks, and only then `check_version`.
    """

    number: str
    actor: Actor
    now: datetime
    caller: Caller | None = None
    right: Right | None = WORK_TICKETS
    idempotency: Idempotency | None = None
    if_match: int | None = None

    def without_key(self) -> "Request":
        """The same request, for what it changes beside the ticket that it names."""
        return replace(self, idempotency=None)


@dataclass(frozen=True, slots=True)
class Decision:
    """What an action decided: the change, further members of the transaction, and what the event says beside it."""

    change: Change
    writes: Sequence[Write] = ()
    data: Mapping[str, Any] | None = None


def change_ticket(store: Store, request: Request, decide: Callable[[Ticket], Decision]) -> Receipt:
    """Load the ticket, decide, save; a repeat of a request that was done gets its receipt.

    Raises StaleError that names who was first if the ticket is no longer at the version that the caller saw.
    """

    def write(ticket: Ticket) -> Receipt:
        if request.right is not None:
            check_request(store, ticket, request)
        return save_change(store, ticket, decide(ticket), request)

    return load_and_write(
        store,
        lambda: load_ticket(store, request.number, repeat=request.idempotency),
        write,
        receipt=lambda done: Receipt.of(event_done_before(store, done)),
    )


def check_request(store: Store, ticket: Ticket, request: Request) -> None:
    """Raise AccessDeniedError unless the caller may, StaleError unless the ticket is at the version the caller saw."""
    if request.caller is not None and request.right is not None:
        request.caller.require(request.right, team=ticket.team, owner=ticket.assignee)
    check_version(store, ticket, request)


def check_version(store: Store, ticket: Ticket, request: Request) -> None:
    """Raise StaleError unless the ticket is at the version that the caller saw; it tells who has changed what since."""
    if request.if_match not in {None, ticket.version}:
        raise stale(store, ticket_entity(ticket.id), after=request.if_match or 0)


def save_change(store: Store, before: Ticket, decision: Decision, request: Request) -> Receipt:
    """Write the ticket, its event and what goes with them in one transaction. Raises OvertakenError."""
    ticket, event = ticket_with_event(before, decision, request)
    try:
        store.transact(
            [ticket_write(ticket), event_write(event), *decision.writes],
            idempotency=key_use(request.idempotency, event),
        )
    except ConditionFailedError as error:
        raise OvertakenError(ticket_entity(before.id), before.version) from error
    return Receipt.of(event)


def ticket_with_event(before: Ticket, decision: Decision, request: Request) -> tuple[Ticket, Event]:
    """The next version of the ticket and its event, chained to the one before."""
    ticket = decision.change.ticket
    event = ChainEnd(ticket_entity(before.id), before.version, before.hash).next_event(
        decision.change.event,
        now=request.now,
        actor=request.actor,
        data=event_context(ticket) | dict(decision.change.data) | dict(decision.data or {}),
        idempotency=request.idempotency,
    )
    return ticket.model_copy(update={"version": event.version, "hash": event.hash}), event
