"""Timers: an item with `due_shard` and `due_at`, and the function that decides what is written at that time."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from zlib import crc32

from tingjian.platform.items import Item
from tingjian.platform.store import Store, Write
from tingjian.platform.times import stamp

SHARDS = ("desk", *(f"desk-{number}" for number in range(1, 8)))
"""The partitions of the index of timers. With eight, no single partition takes every write. The first one has the name
that the only shard had before, so that timers stored under it still fire."""


def shard_of(pk: str) -> str:
    """The shard of everything in a partition: the timers of one ticket stand in one shard, in the order of time."""
    return SHARDS[crc32(pk.encode()) % len(SHARDS)]


def timer_fields(pk: str, due_at: datetime) -> Item:
    return {"due_shard": shard_of(pk), "due_at": stamp(due_at)}


class UnknownTimerError(LookupError):
    """A timed item of a kind for which no function is registered."""


class Fire(Protocol):
    """What a timed item does when its time has come."""

    def __call__(self, store: Store, item: Item, /, *, now: datetime) -> "Firing | None":
        """The firing that the sweep writes; None if there is nothing left to do."""


@dataclass(frozen=True, slots=True)
class Firing:
    """The members of one transaction, and the facts to count after it.

    If a condition of the transaction fails, `careful` decides again on the present item; by default the timer's own
    function does.
    """

    writes: tuple[Write, ...]
    facts: Mapping[str, int] = field(default_factory=dict)
    careful: Fire | None = None


@dataclass(slots=True)
class SweepResult:
    """Counts of timers in one run of the sweep, counts of facts by name, and whether it got through all due timers."""

    due: int = 0
    fired: int = 0
    skipped: int = 0
    failed: int = 0
    finished: bool = False
    facts: Counter[str] = field(default_factory=Counter)


def function_of(timers: Mapping[str, Fire], sort_key: str) -> Fire:
    """The function that a timed item belongs to, by the part of its sort key before the first `#`.

    Raises UnknownTimerError for a kind without a function.
    """
    kind = sort_key.partition("#")[0]
    if kind not in timers:
        raise UnknownTimerError(kind)
    return timers[kind]
