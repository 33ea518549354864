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
    """The current version of every ladder that was not deleted, at most 15 seconds old."""
    return [ladder for ladder in store.members(LADDERS, _standing_ladder) if ladder]


def find_ladder(store: Store, ladder_id: str) -> Ladder | None:
    return store.member(LADDERS, ladder_id, _standing_ladder)


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


def ladder_writes(ladder: Ladder, *, deleted: bool = False) -> list[Write]:
    """The members of a transaction that make this version the current one and keep it; a deleted one stays readable."""
    item: Item = {
        "version": ladder.version,
        "active": ladder.active,
        "scale": ladder.scale.model_dump_json(),
        "document": ladder.model_dump_json(),
    }
    item |= {"deleted": True} if deleted else {}
    return [
        Write("desk", item | {"pk": LADDERS, "sk": ladder.id}, expect=ladder.version - 1),
        Write("desk", item | {"pk": VERSIONS + ladder.id, "sk": f"{ladder.version:08d}"}, expect=0),
    ]


def _standing_ladder(item: Item) -> Ladder | None:
    return None if item.get("deleted") else ladder_from_item(item)


def ladder_from_item(item: Item) -> Ladder:
    return Ladder.model_validate_json(item["document"])
