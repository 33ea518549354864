"""Changes of records that are edited as a whole (types, teams, customers): record and event in one transaction."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tingjian.platform.chains import ChainEnd
from tingjian.platform.errors import PayloadTooLargeError, StaleError
from tingjian.platform.events import Actor, Event, event_write, key_use, load_event, load_events
from tingjian.platform.facts import Fact
from tingjian.platform.idempotency import Idempotency, KeyUse
from tingjian.platform.items import Item
from tingjian.platform.store import ConditionFailedError, Store, Write
from tingjian.platform.texts import Phrase

RECORD_KILOBYTES = 64
"""The largest record that is edited as a whole: such records are read and answered all at once."""


def record_change(
    store: Store,
    *,
    entity: str,
    fact: type[Fact],
    writes: Sequence[Write],
    version: int,
    data: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    expected: int | None = None,
    idempotency: Idempotency | None = None,
    beside: KeyUse | None = None,
) -> Event:
    """Write the records and the event of `version` in one transaction. The answer is the event.

    `expected` is the version in the request's If-Match, if it had one. `beside` is the use of a key by another event
    among the writes. Raises StaleError, which names the changes since, and PayloadTooLargeError.
    """
    _require_small(writes)
    if expected is not None and expected != version - 1:
        raise stale(store, entity, after=expected)
    before = load_event(store, entity, version - 1) if version > 1 else None
    end = ChainEnd(entity, version - 1, before.hash if before else "")
    event = end.next_event(fact, now=now, actor=actor, data=data, idempotency=idempotency)
    try:
        store.transact([*writes, event_write(event)], idempotency=key_use(idempotency, event) or beside)
    except ConditionFailedError as error:
        raise stale(store, entity, after=version - 1) from error
    return event


def _require_small(writes: Sequence[Write]) -> None:
    """Raise PayloadTooLargeError for a record that would make every list of its kind slow and dear."""
    for write in writes:
        if len(json.dumps(write.item, ensure_ascii=False, default=str).encode()) > RECORD_KILOBYTES * 1024:
            raise PayloadTooLargeError(limit_kilobytes=RECORD_KILOBYTES)


def stale(store: Store, entity: str, *, after: int) -> StaleError:
    """The error for an edit made on version `after`, naming who changed what since."""
    events = load_events(store, entity, after=after, limit=20)
    conflicts = [
        {
            "version": event.version,
            "by": str(event.actor),
            "name": _known_name(store, event.actor),
            "at": event.at.isoformat(),
            "event": event.name,
            "fields": event.data.get("changed", sorted(event.data)),
        }
        for event in events
    ]
    by = _known_name(store, events[-1].actor) if events else Phrase("actor.unknown")
    return StaleError(by=by, members={"conflicts": conflicts})


def _known_name(store: Store, actor: Actor) -> str:
    """The name that readers know of a member of staff. People lie above, so they are read as data."""
    found = store.member("staff", actor.id, _name_of_item) if actor.kind in {"staff", "department"} else None
    return found or str(actor)


def _name_of_item(item: Item) -> str:
    return str(item.get("name", ""))
