"""Applying a policy or a calendar to tickets that run already: one at once, all open ones some at a time.

A replan is an item with a timer. The request that makes it works on the first tickets; the sweep works on the rest, a
bounded number each minute, from the place that is stored. A run that is killed leaves that place as it was, and a
ticket that was planned anew before is found unchanged.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from tingjian.escalation.replans.events import (
    ClockMoved,
    ClocksReplanned,
    ReplanAdvanced,
    ReplanAsked,
    ReplanFinished,
)
from tingjian.escalation.replans.models import Applied, Replan, ReplanKind, ReplanReason
from tingjian.escalation.replans.replanner import ReplannedTicket, Replanner
from tingjian.escalation.replans.storage import (
    load_replan,
    load_tickets,
    open_tickets,
    replan_entity,
    replan_from_item,
    replan_write,
)
from tingjian.intake.handoffs.storage import handoff_write
from tingjian.intake.tickets.changes import Decision, Request, ticket_with_event
from tingjian.intake.tickets.events import TicketFact
from tingjian.intake.tickets.moves import Change
from tingjian.intake.tickets.storage import list_party, load_ticket, ticket_item
from tingjian.platform import telemetry
from tingjian.platform.chains import ChainEnd
from tingjian.platform.changes import load_and_write
from tingjian.platform.events import SYSTEM, Actor, Event, event_write, load_event
from tingjian.platform.idempotency import Idempotency, KeyUse
from tingjian.platform.ids import random_id
from tingjian.platform.items import Item
from tingjian.platform.places import ticket_key
from tingjian.platform.store import ConditionFailedError, Store, Write
from tingjian.platform.timers import Firing
from tingjian.sla.calendars.storage import CALENDARS
from tingjian.sla.policies.steps import LADDERS
from tingjian.sla.policies.storage import POLICIES

AT_ONCE = 100
"""Tickets that are looked at while somebody waits for the answer."""
A_RUN = 2_000
"""Tickets that one run of the sweep looks at."""
PAGE = 100
MEMBERS = 100
PLANNED_BY = (POLICIES, CALENDARS, LADDERS)
"""The collections whose newest versions a replan is for."""


def new_replan(
    kind: ReplanKind,
    subject: str,
    reason: ReplanReason,
    *,
    actor: Actor,
    now: datetime,
    idempotency: Idempotency | None,
) -> Replan:
    identifier = idempotency.derive("replan") if idempotency else random_id()
    return Replan(id=identifier, version=1, kind=kind, subject=subject, reason=reason, by=str(actor), asked_at=now)


def new_replan_writes(replan: Replan, *, actor: Actor, idempotency: Idempotency | None) -> list[Write]:
    event = ChainEnd(replan_entity(replan.id)).next_event(
        ReplanAsked,
        now=replan.asked_at,
        actor=actor,
        data={"kind": replan.kind, "subject": replan.subject, "reason": replan.reason},
        idempotency=idempotency,
    )
    return [replan_write(replan, replan.asked_at), event_write(event)]


def replan_key_use(idempotency: Idempotency | None, *, now: datetime) -> KeyUse | None:
    """The use of a key by the first event of the replan that it makes."""
    return KeyUse(idempotency, replan_entity(idempotency.derive("replan")), 1, now) if idempotency else None


def earlier_replan(store: Store, idempotency: Idempotency | None) -> Replan | None:
    """The replan that the same request made before. Raises IdempotencyMismatchError when it was another request."""
    if idempotency is None:
        return None
    event = load_event(store, replan_entity(idempotency.derive("replan")), 1)
    if event is None:
        return None
    idempotency.check(event.request)
    return load_replan(store, idempotency.derive("replan"))


def apply_to_all(
    store: Store, kind: ReplanKind, subject: str, *, actor: Actor, now: datetime, idempotency: Idempotency | None
) -> Replan:
    """Have all open tickets planned anew for a policy or a calendar; the first hundred at once."""
    if (earlier := earlier_replan(store, idempotency)) is not None:
        return earlier
    replan = new_replan(kind, subject, kind, actor=actor, now=now, idempotency=idempotency)
    try:
        store.transact(
            new_replan_writes(replan, actor=actor, idempotency=idempotency),
            idempotency=replan_key_use(idempotency, now=now),
        )
    except ConditionFailedError:
        return load_replan(store, replan.id)
    return advance_replan(store, replan, limit=AT_ONCE, now=now)


def apply_to_one(store: Store, policy_id: str, number: str, *, actor: Actor, now: datetime) -> Applied:
    """Plan one ticket anew if it runs by the policy, or should by now. Raises TicketNotFoundError.

    Applying twice changes nothing more.
    """
    number = number.replace("-", "").replace(" ", "")
    load_ticket(store, number)
    store.renew(*PLANNED_BY)
    change = _replan_one(store, Replanner(store, "policy", policy_id, "policy", now), number, actor)
    return Applied(ticket=number, moves=change.moves if change else ())


def hear_level(store: Store, event: Event, now: datetime) -> None:
    """The level of a customer has changed: the open tickets are planned anew. A repeat finds nothing to move."""
    if "level" not in event.data["changed"]:
        return
    customer = event.entity.removeprefix("customer#")
    store.renew(*PLANNED_BY)
    replanner = Replanner(store, "customer", customer, "level", now)
    cursor: str | None = None
    while True:
        tickets, cursor = list_party(store, "party", customer, limit=PAGE, cursor=cursor)
        _write_all(store, replanner, replanner.replan(tickets), SYSTEM)
        if cursor is None:
            return


def advance_replan(store: Store, replan: Replan, *, limit: int, now: datetime) -> Replan:
    """Plan at most so many tickets anew. Tickets that another run has planned are left alone."""
    advanced = _advance(store, replan, limit=limit, now=now)
    if advanced is None:
        return load_replan(store, replan.id)
    return advanced if advanced is replan or _store(store, advanced, now=now) else load_replan(store, replan.id)


def fire_replan(store: Store, item: Item, *, now: datetime) -> Firing | None:
    """The timer of a replan: the next tickets are written here, and the Firing stores how far the replan is by then."""
    replan = replan_from_item(item)
    advanced = _advance(store, replan, limit=A_RUN, now=now)
    if advanced is None or advanced is replan:
        return None
    return Firing((replan_write(advanced, now), event_write(_advance_event(store, advanced, now=now))))


def _advance(store: Store, replan: Replan, *, limit: int, now: datetime) -> Replan | None:
    """The replan after so many tickets, stored up to its last page; None when another run works on it."""
    store.renew(*PLANNED_BY)  # The version that the replan is for may be newer than the copy.
    looked_at = 0
    advanced = replan
    while advanced.finished_at is None and looked_at < limit:
        if advanced is not replan and not _store(store, advanced, now=now):
            return None
        tickets, place = open_tickets(store, (advanced.team, advanced.cursor), PAGE)
        replanner = Replanner(store, advanced.kind, advanced.subject, advanced.reason, now)
        moved = _write_all(store, replanner, replanner.replan(tickets), SYSTEM)
        looked_at += max(len(tickets), 1)  # A page of an index may hold no ticket, and costs a query all the same.
        advanced = advanced.advance(looked_at=len(tickets), moved=moved, place=place, now=now)
    return advanced


def _store(store: Store, advanced: Replan, *, now: datetime) -> bool:
    try:
        store.transact([replan_write(advanced, now), event_write(_advance_event(store, advanced, now=now))])
    except ConditionFailedError:
        return False
    return True


def _advance_event(store: Store, advanced: Replan, *, now: datetime) -> Event:
    entity = replan_entity(advanced.id)
    before = load_event(store, entity, advanced.version - 1)
    return ChainEnd(entity, advanced.version - 1, before.hash if before else "").next_event(
        ReplanFinished if advanced.finished_at else ReplanAdvanced,
        now=now,
        actor=SYSTEM,
        data={"looked_at": advanced.looked_at, "moved": advanced.moved, "passes": advanced.passes},
    )


def _write_all(store: Store, replanner: Replanner, changes: Sequence[ReplannedTicket], actor: Actor) -> int:
    """Write changes in full transactions; how many. A ticket that changed since is decided again alone."""
    done = 0
    for batch in _batches([(change, _writes(replanner, change, actor)) for change in changes]):
        try:
            store.transact([write for _, writes in batch for write in writes])
            done += len(batch)
        except ConditionFailedError:
            done += sum(_replan_one(store, replanner, change.before.id, actor) is not None for change, _ in batch)
    if done:
        telemetry.record("DeadlinesMoved", count=done, reason=replanner.reason)
    return done


def _batches(
    changes: Sequence[tuple[ReplannedTicket, list[Write]]],
) -> Iterator[list[tuple[ReplannedTicket, list[Write]]]]:
    batch: list[tuple[ReplannedTicket, list[Write]]] = []
    size = 0
    for change, writes in changes:
        if batch and size + len(writes) > MEMBERS:
            yield batch
            batch, size = [], 0
        batch.append((change, writes))
        size += len(writes)
    if batch:
        yield batch


def _replan_one(store: Store, replanner: Replanner, number: str, actor: Actor) -> ReplannedTicket | None:
    """Decide on a ticket as it is now, and write it. Raises ConditionFailedError if it never gets through."""

    def write(change: ReplannedTicket | None) -> ReplannedTicket | None:
        if change is not None:
            store.transact(_writes(replanner, change, actor))
        return change

    return load_and_write(
        store,
        lambda: next(iter(replanner.replan(load_tickets(store, [ticket_key(number)]))), None),
        write,
        again_on=ConditionFailedError,
    )


def _writes(replanner: Replanner, change: ReplannedTicket, actor: Actor) -> list[Write]:
    """The ticket, an event for each deadline that moved (or one that says which versions it runs by), its hand-offs."""
    request = Request(number=change.before.id, actor=actor, now=replanner.now, right=None)
    said = {"reason": replanner.reason, replanner.kind: replanner.subject}  # Of a customer, every event says who it is.
    facts: list[tuple[type[TicketFact], dict[str, Any]]] = [(ClockMoved, moved | said) for moved in change.move_facts]
    ticket, events = change.after, []
    for fact, data in facts or [(ClocksReplanned, said)]:
        ticket, event = ticket_with_event(ticket, Decision(Change(ticket, fact, data)), request)
        events.append(event_write(event))
    stored = Write("desk", ticket_item(ticket), expect=change.before.version)
    return [stored, *events, *map(handoff_write, change.handoffs)]
