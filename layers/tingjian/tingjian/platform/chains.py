"""Chains of events: the only way to make the first event of an entity, and the next one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol, Self, TypeVar

from tingjian.platform.events import Actor, Event
from tingjian.platform.facts import Fact
from tingjian.platform.idempotency import Idempotency, mark_of


class ChainEnd(NamedTuple):
    """The end of a chain: the newest version and its hash. Before the first event, version 0 and an empty hash."""

    entity: str
    version: int = 0
    hash: str = ""

    def next_event(
        self,
        fact: type[Fact],
        *,
        now: datetime,
        actor: Actor,
        data: Mapping[str, Any],
        idempotency: Idempotency | None = None,
    ) -> Event:
        return self._event(fact, now=now, at=now, actor=actor, data=data, request=mark_of(idempotency), imported=False)

    def past_event(
        self,
        fact: type[Fact],
        *,
        now: datetime,
        at: datetime,
        actor: Actor,
        data: Mapping[str, Any],
        request: str | None = None,
    ) -> Event:
        """The next event, of what happened `at` an earlier instant according to an import."""
        return self._event(fact, now=now, at=at, actor=actor, data=data, request=request, imported=True)

    def _event(
        self,
        fact: type[Fact],
        *,
        now: datetime,
        at: datetime,
        actor: Actor,
        data: Mapping[str, Any],
        request: str | None,
        imported: bool,
    ) -> Event:
        return Event(
            entity=self.entity,
            version=self.version + 1,
            name=fact.__name__,
            at=at,
            recorded_at=now,
            actor=actor,
            data=dict(data),
            imported=imported,
            request=request,
        ).with_previous(self.hash)


def chain_end(event: Event) -> ChainEnd:
    return ChainEnd(event.entity, event.version, event.hash)


class Chained(Protocol):
    """A thing that keeps the hash of its newest event, so that no event is read in order to add the next."""

    @property
    def entity(self) -> str:
        """The name of its chain: its partition in Journal."""

    @property
    def version(self) -> int:
        """Counts its changes from 1."""

    @property
    def hash(self) -> str:
        """The hash of its newest event; empty before the first."""

    def facts(self) -> Mapping[str, object]:
        """What each of its events says: ids and codes, no words that a person wrote."""

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """The same with other values."""


Entity = TypeVar("Entity", bound=Chained)


def with_event(
    thing: Entity,
    fact: type[Fact],
    *,
    now: datetime,
    actor: Actor,
    data: Mapping[str, Any] | None = None,
    idempotency: Idempotency | None = None,
) -> tuple[Entity, Event]:
    """The thing with its new hash, and the event that made this version of it."""
    # The thing has the new version already, and still the hash of the event before.
    end = ChainEnd(thing.entity, thing.version - 1, thing.hash)
    facts = {**thing.facts(), **(data or {})}
    event = end.next_event(fact, now=now, actor=actor, data=facts, idempotency=idempotency)
    return thing.model_copy(update={"hash": event.hash}), event
