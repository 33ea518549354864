"""Events of the entities that keep the hash of their newest event themselves, so that none must be read to add one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol, Self, TypeVar

from tingjian.platform.events import Actor, Event
from tingjian.platform.idempotency import Idempotency, mark_of


class Chained(Protocol):
    """A thing with a chain of events of its own; each event says its facts."""

    @property
    def entity(self) -> str:
        """The name of its chain."""

    @property
    def version(self) -> int:
        """Counts its changes from 1."""

    @property
    def hash(self) -> str:
        """The hash of its newest event; empty before the first."""

    def facts(self) -> Mapping[str, object]:
        """What every event of it says: ids and codes, never words."""

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """The same with other values."""


Entity = TypeVar("Entity", bound=Chained)


def linked(
    thing: Entity,
    name: str,
    *,
    now: datetime,
    actor: Actor,
    data: Mapping[str, Any] | None = None,
    idempotency: Idempotency | None = None,
) -> tuple[Entity, Event]:
    """The thing and the event that made this version of it, chained to the one before by the hash it still carries."""
    event = Event(
        entity=thing.entity,
        version=thing.version,
        name=name,
        at=now,
        recorded_at=now,
        actor=actor,
        data={**thing.facts(), **(data or {})},
        request=mark_of(idempotency),
    ).chained(thing.hash)
    return thing.model_copy(update={"hash": event.hash}), event
