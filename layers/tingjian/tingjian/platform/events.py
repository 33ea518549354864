"""Events: the past, append-only, one chain an entity, each with the hash of the one before."""

import base64
import hashlib
import json
from datetime import datetime
from typing import Any

from tingjian.platform.errors import DoneBeforeError
from tingjian.platform.idempotency import Idempotency, KeyUse
from tingjian.platform.items import Item, Key
from tingjian.platform.models import Frozen
from tingjian.platform.store import Store, Write
from tingjian.platform.times import instant, stamp

SCHEMA = 1


class Actor(Frozen):
    """Who did it: `staff`, `customer`, `department`, `system` or `import`, and the id of the person."""

    kind: str
    id: str = ""

    def __str__(self) -> str:
        return f"{self.kind}#{self.id}" if self.id else self.kind

    @classmethod
    def parse(cls, text: str) -> "Actor":
        """The actor of its text form `kind#id`."""
        kind, _, identifier = text.partition("#")
        return cls(kind=kind, id=identifier)


SYSTEM = Actor(kind="system")


class Event(Frozen):
    """A fact. `at` is when it happened, `recorded_at` when we learned of it; the two differ for imported history.

    `data` holds ids, codes and figures, never personal data. `request` marks the idempotent request behind it.
    """

    entity: str
    version: int
    name: str
    at: datetime
    recorded_at: datetime
    actor: Actor
    data: dict[str, Any]
    previous: str = ""
    hash: str = ""
    schema_version: int = SCHEMA
    imported: bool = False
    request: str | None = None

    def with_previous(self, previous: str) -> "Event":
        """The event as the one after the event with the hash `previous`, and with its own hash."""
        item = event_item(self) | {"previous": previous}
        return self.model_copy(update={"previous": previous, "hash": _event_digest(self, item)})


def digest(event: Event) -> str:
    """SHA-256 of all that the event says and of the hash before it, as 43 URL-safe base64 characters."""
    return _event_digest(event, event_item(event))


def _event_digest(event: Event, item: Item) -> str:
    # Keys are left out so that the hash does not depend on how Journal is laid out; what they say is added by name.
    for name in ("pk", "sk", "hash"):
        item.pop(name, None)
    # Sorted keys: DynamoDB gives back a map in any order.
    plain = json.dumps(item | {"entity": event.entity, "version": event.version}, sort_keys=True, ensure_ascii=False)
    return base64.urlsafe_b64encode(hashlib.sha256(plain.encode()).digest()).decode().rstrip("=")


def is_unbroken(events: list[Event]) -> bool:
    """Whether no event is changed or missing; `events` are in order from the first."""
    previous = ""
    for place, event in enumerate(events, start=1):
        if event.version != place or event.previous != previous or digest(event) != event.hash:
            return False
        previous = event.hash
    return True


def event_key(entity: str, version: int) -> Key:
    return Key(entity, f"{version:08d}")


def event_item(event: Event) -> Item:
    key = event_key(event.entity, event.version)
    item: Item = {
        "pk": key.pk,
        "sk": key.sk,
        "name": event.name,
        "at": stamp(event.at),
        "recorded_at": stamp(event.recorded_at),
        "actor": str(event.actor),
        "data": _plain(event.data),
        "previous": event.previous,
        "hash": event.hash,
        "schema_version": event.schema_version,
    }
    if event.imported:
        item["imported"] = True
    if event.request:
        item["request"] = event.request
    return item


def event_from_item(item: Item) -> Event:
    """The event of an item of Journal; items of older schema versions stay readable."""
    return Event(
        entity=item["pk"],
        version=int(item["sk"]),
        name=item["name"],
        at=instant(item["at"]),
        recorded_at=instant(item["recorded_at"]),
        actor=Actor.parse(item["actor"]),
        data=item.get("data", {}),
        previous=item.get("previous", ""),
        hash=item.get("hash", ""),
        schema_version=item.get("schema_version", SCHEMA),
        imported=item.get("imported", False),
        request=item.get("request"),
    )


def event_write(event: Event, name: str = "") -> Write:
    """The write that appends the event. It fails if the version is taken, so a chain cannot fork."""
    return Write("journal", event_item(event), expect=0, name=name)


def key_use(idempotency: Idempotency | None, event: Event) -> KeyUse | None:
    """The use of the key that belongs into the transaction which appends the event."""
    return KeyUse(idempotency, event.entity, event.version, event.recorded_at) if idempotency else None


def load_event(store: Store, entity: str, version: int) -> Event | None:
    item = store.get(event_key(entity, version), "journal")
    return event_from_item(item) if item else None


def event_done_before(store: Store, done: DoneBeforeError) -> Event:
    """The event that an earlier request with the same key wrote."""
    event = load_event(store, done.entity, done.version)
    if event is None:
        raise done  # The key and its event are written in one transaction, so this is a defect and not an answer.
    return event


def load_events(store: Store, entity: str, *, after: int = 0, limit: int = 100) -> list[Event]:
    """The events after a version, in order; one call."""
    page = store.query(entity, table="journal", between=(f"{after + 1:08d}", "99999999"), limit=limit, consistent=True)
    return [event_from_item(item) for item in page.items]


def last_event(store: Store, entity: str) -> Event | None:
    """The newest event of an entity; one call whatever its history."""
    page = store.query(entity, table="journal", limit=1, forward=False, consistent=True)
    return event_from_item(page.items[0]) if page.items else None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, dict):
        return {str(name): _plain(member) for name, member in value.items() if member is not None}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(member) for member in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)  # The store has one kind of number, and the hash must be the same when it is read back.
    return value
