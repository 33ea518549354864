"""Undoing an import: what it wrote is taken back, case by case, and its tickets count no more.

Events stay, since the journal is never rewritten. Each ticket gets one more that says which of them count no more
(`TicketImportUndone`), and the figures honour it: docs/decisions/0031-undo-of-imports.md.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from tingjian.intake.customers.models import Identifier
from tingjian.intake.customers.storage import customer_from_item, load_lookups, lookup_changes
from tingjian.intake.imports.events import ImportedPartyRemoved, TicketImportUndone
from tingjian.intake.imports.models import Batch, Import, StoredCase, Undo
from tingjian.intake.imports.sources import imports_of_source
from tingjian.intake.imports.states import end_undo
from tingjian.intake.imports.storage import (
    batch_delete,
    case_from_item,
    case_key,
    case_write,
    find_snapshot,
    kept_write,
    load_undo,
    parties_delete,
    parties_write,
    snapshot_delete,
    some_batches,
    some_parties,
    take_up_kept,
    undo_write,
)
from tingjian.intake.messages.storage import MESSAGE
from tingjian.intake.tickets.models import Ticket, event_context
from tingjian.intake.tickets.storage import ticket_from_item, ticket_write
from tingjian.people.staff.storage import STAFF
from tingjian.platform import resources
from tingjian.platform.chains import ChainEnd, chain_end
from tingjian.platform.events import Actor, Event, event_write, last_event, load_events
from tingjian.platform.items import Item, Key
from tingjian.platform.places import ticket_entity, ticket_key
from tingjian.platform.store import ConditionFailedError, Store, Write

AT_ONCE = 90
"""Deletions of one transaction."""
ATTEMPTS = 4
BY_ITSELF = frozenset({"system", "import"})
"""Actors whose events are no work on a ticket: clocks that ran."""


class _Outcome(NamedTuple):
    removed: int = 0
    restored: int = 0
    kept: int = 0


def undo_some(store: Store, record: Import, *, over: Callable[[], bool], now: datetime) -> bool:
    """Take back what time allows; whether all is done. A repeat finds what is left."""
    actor = Actor(kind="staff", id=record.undone_by or record.by)
    undo = load_undo(store, record.id)
    take_up_kept(store, record)
    while batches := some_batches(store, record.id):
        for batch in batches:
            undo = _undo_batch(store, record, batch, undo, actor, now)
            if over():
                return False
    while parties := some_parties(store, record.id):
        for batch in parties:
            gone = sum(_remove_party(store, record, Key(*key), actor, now) for key in batch.parties)
            undo = undo.model_copy(update={"version": undo.version + 1, "parties": undo.parties + gone})
            if not _stored(store, [parties_delete(record.id, batch), undo_write(record.id, undo)]):
                return True  # Another worker is at it.
            if over():
                return False
    end_undo(store, record, undo, now=now)
    return True


def _undo_batch(store: Store, record: Import, batch: Batch, undo: Undo, actor: Actor, now: datetime) -> Undo:  # noqa: PLR0917
    found = [_undo_case(store, record, case, actor, now) for case in batch.cases]
    after = undo.model_copy(
        update={
            "version": undo.version + 1,
            "removed": undo.removed + sum(one.removed for one in found),
            "restored": undo.restored + sum(one.restored for one in found),
            "kept": undo.kept + sum(one.kept for one in found),
        }
    )
    members = [batch_delete(record.id, batch), undo_write(record.id, after)]
    kept = tuple(case for case, one in zip(batch.cases, found, strict=True) if one.kept)
    if kept:
        members.append(kept_write(record, batch, kept))
    if batch.parties:
        members.append(parties_write(record.id, batch))
    return after if _stored(store, members) else load_undo(store, record.id)


def _undo_case(store: Store, record: Import, case: str, actor: Actor, now: datetime) -> _Outcome:
    """Take a case back: its ticket is gone, or as it was before this import added to it."""
    for _ in range(ATTEMPTS):
        item = store.get(case_key(record.mapping.source, case))
        stored = case_from_item(item) if item else None
        if stored is None:
            return _Outcome()
        ticket_item = store.get(ticket_key(stored.ticket))
        if record.id not in stored.imports:
            return _Outcome(restored=_delete_messages(store, record, stored))
        if stored.last_import != record.id or (ticket_item and _is_worked_on(store, stored, ticket_item)):
            return _Outcome(kept=1)  # Somebody works on it here, or a later import has added to it.
        try:
            return _take_back(store, record, stored, ticket_item, actor, now)
        except ConditionFailedError:
            continue
    return _Outcome(kept=1)


def _take_back(  # noqa: PLR0917 - what an undo is made of
    store: Store, record: Import, stored: StoredCase, ticket_item: Item | None, actor: Actor, now: datetime
) -> _Outcome:
    before = find_snapshot(store, record.id, stored)
    if ticket_item is None:
        store.transact([_case_delete(stored)])
        return _Outcome(removed=1)
    ticket = ticket_from_item(ticket_item)
    end = ChainEnd(ticket_entity(ticket.id), ticket.version, ticket.hash)
    if before is None:
        _delete_collection(store, ticket)
        event = _undone(end, record, ticket, first=1, actor=actor, now=now)
        gone = Write("desk", ticket_item, expect=ticket.version, kind="delete")
        store.transact([gone, _case_delete(stored), event_write(event)])
        return _Outcome(removed=1)
    _delete_messages(store, record, stored)
    case, old = before
    was = ticket_from_item(old)
    event = _undone(end, record, was, first=case.version + 1, actor=actor, now=now)
    now_is = was.model_copy(update={"version": event.version, "hash": event.hash})
    again = case.model_copy(update={"version": event.version, "hash": event.hash, "facts": case.facts_written})
    store.transact(
        [
            ticket_write(now_is),
            case_write(again, before=stored.version),
            event_write(event),
            snapshot_delete(record.id, stored),
        ]
    )
    return _Outcome(restored=1)


def _undone(end: ChainEnd, record: Import, ticket: Ticket, *, first: int, actor: Actor, now: datetime) -> Event:
    data = event_context(ticket) | {"undone": record.id, "first": first, "last": end.version}
    return end.next_event(TicketImportUndone, now=now, actor=actor, data=data)


def _is_worked_on(store: Store, stored: StoredCase, ticket: Item) -> bool:
    if ticket["version"] == stored.version:
        return False
    events = load_events(store, ticket_entity(stored.ticket), after=stored.version)
    return any(event.actor.kind not in BY_ITSELF for event in events)


def _case_delete(stored: StoredCase) -> Write:
    key = case_key(stored.source, stored.case)
    return Write("desk", {"pk": key.pk, "sk": key.sk}, expect=stored.version, kind="delete")


def _delete_collection(store: Store, ticket: Ticket) -> None:
    """Delete what stands beside a ticket: messages, and what its clocks have written."""
    items = [item for item in store.query_all(ticket_entity(ticket.id), consistent=True) if item["sk"] != "ticket"]
    _delete(store, items)


def _delete_messages(store: Store, record: Import, stored: StoredCase) -> int:
    """Delete the messages that the import put on a ticket; 1 if there were any."""
    items = store.query_all(ticket_entity(stored.ticket), prefix=MESSAGE, consistent=True)
    own = [item for item in items if item.get("import") == record.id]
    _delete(store, own)
    return int(bool(own))


def _delete(store: Store, items: list[Item]) -> None:
    for start in range(0, len(items), AT_ONCE):
        store.transact([Write("desk", item, kind="delete") for item in items[start : start + AT_ONCE]])


def _remove_party(store: Store, record: Import, key: Key, actor: Actor, now: datetime) -> int:
    """Remove somebody whom the import had added, if nobody has changed him since and nothing points at him; 1 if so."""
    item = store.get(key)
    if item is None or item["version"] != 1 or _is_needed(store, record, key):
        return 0
    entity = f"{STAFF}#{key.sk}" if key.pk == STAFF else key.pk
    before = last_event(store, entity)
    end = chain_end(before) if before else ChainEnd(entity)
    event = end.next_event(ImportedPartyRemoved, now=now, actor=actor, data={})
    members = [Write("desk", item, expect=1, kind="delete"), event_write(event)]
    if key.pk != STAFF:
        customer = customer_from_item(item)
        if customer.contacts:
            held = [Identifier(contact.kind, contact.value) for contact in customer.contacts]
            lookups = load_lookups(store, resources.signer(), held)
            bare = customer.model_copy(update={"contacts": ()})
            members += lookup_changes(resources.signer(), lookups, customer, bare)
    return int(_stored(store, members))


def _is_needed(store: Store, record: Import, key: Key) -> bool:
    if key.pk == STAFF:
        return bool(set(imports_of_source(store, record.mapping.source)) - {record.id})
    page = store.query(key.pk.removeprefix("customer#"), index="party", limit=20)
    keys = [Key(entry["pk"], entry["sk"]) for entry in page.items]
    return bool(keys and store.get_many(keys))  # The index may still have what was just deleted.


def _stored(store: Store, members: list[Write]) -> bool:
    try:
        store.transact(members)
    except ConditionFailedError:
        return False
    return True
