"""Events of the entities that keep the hash of their newest event themselves, so that none must be read to add one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from tingjian.platform.events import Actor, Event
from tingjian.platform.idempotency import Idempotency, mark_of
from tingjian.survey.followups.models import FollowUp
from tingjian.survey.surveys.models import Survey

Entity = TypeVar("Entity", Survey, FollowUp)


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
