"""Copies of small collections (types, people, policies) that a process keeps for seconds.

A collection is one partition whose sort keys are the ids of its members. An answer may come from a copy, a refusal may
not: another process may have added or changed a member since. `Store.member` therefore reads what the copy lacks.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tingjian.platform.items import Item

T = TypeVar("T")
COPY_SECONDS = 15.0


@dataclass(slots=True)
class Copy:
    """A collection as it was read at `read_at`, an instant of `time.monotonic()`."""

    items: list[Item]
    read_at: float = field(default_factory=time.monotonic)
    _places: dict[str, int] = field(default_factory=dict)
    _parsed: dict[Callable[[Item], Any], list[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._places = {item["sk"]: place for place, item in enumerate(self.items)}

    @property
    def age_seconds(self) -> float:
        return time.monotonic() - self.read_at

    def members(self, parse: Callable[[Item], T]) -> list[T]:
        if parse not in self._parsed:
            self._parsed[parse] = [parse(item) for item in self.items]
        return self._parsed[parse]

    def member(self, sk: str, parse: Callable[[Item], T]) -> T | None:
        """One member as a model; None when the copy has none with this id."""
        place = self._places.get(sk)
        return self.members(parse)[place] if place is not None else None
