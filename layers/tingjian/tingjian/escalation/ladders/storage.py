"""Ladders in the store: the current version in a small collection, every version in a partition of its own."""

from tingjian.escalation.ladders.models import Ladder, built_in_ladder
from tingjian.platform.errors import NotFoundError
from tingjian.platform.items import Item, Key
from tingjian.platform.store import Store, Write
from tingjian.sla.clocks import Clock
from tingjian.sla.policies.models import Facts
from tingjian.sla.policies.steps import LADDERS, scale_of

VERSIONS = "ladder#"
"""The prefix of the partitions that keep every version."""


class LadderNotFoundError(NotFoundError):
    """There is no ladder with this id."""

    code = "ladder_not_found"


def list_ladders(store: Store) -> list[Ladder]:
    """The current version of every ladder, at most 15 seconds old."""
    return store.members(LADDERS, ladder_from_item)


def find_ladder(store: Store, ladder_id: str) -> Ladder | None:
    return store.member(LADDERS, ladder_id, ladder_from_item)


def current_ladder(store: Store, ladder_id: str) -> Ladder | None:
    """The ladder as it is now, for an edit."""
    return store.current_member(LADDERS, ladder_id, ladder_from_item)


def load_ladder(store: Store, ladder_id: str, version: int | None = None) -> Ladder:
    """A ladder: its current version, or exactly the one asked for. Raises LadderNotFoundError."""
    if version is not None:
        item = store.get(Key(VERSIONS + ladder_id, f"{version:08d}"))
        found = ladder_from_item(item) if item else None
    else:
        found = find_ladder(store, ladder_id)
    if found is None:
        raise LadderNotFoundError
    return found


def ladder_of(store: Store, clock: Clock, facts: Facts) -> Ladder:
    """The ladder that a clock follows; the built-in one where none is stored for it. No call when warm."""
    scale = scale_of(store, facts, policy=clock.policy, clock=clock.name)
    found = find_ladder(store, scale.id) if scale else None
    return found or built_in_ladder(clock)


def ladder_writes(ladder: Ladder) -> list[Write]:
    """The members of a transaction that make this version the current one and keep it."""
    item: Item = {
        "version": ladder.version,
        "active": ladder.active,
        "scale": ladder.scale.model_dump_json(),
        "document": ladder.model_dump_json(),
    }
    return [
        Write("desk", item | {"pk": LADDERS, "sk": ladder.id}, expect=ladder.version - 1),
        Write("desk", item | {"pk": VERSIONS + ladder.id, "sk": f"{ladder.version:08d}"}, expect=0),
    ]


def ladder_from_item(item: Item) -> Ladder:
    return Ladder.model_validate_json(item["document"])
