"""Why a deadline is where it is: every span from start to end, counted or skipped, with its reason."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple


class SpanReason(StrEnum):
    """Why a span counts (the first two) or does not."""

    WEEKLY_HOURS = "weekly_hours"
    EXTRA_HOURS = "extra_hours"
    PAUSED = "paused"
    OUTSIDE_HOURS = "outside_hours"
    DAY_OFF = "day_off"
    CLOSED_DATE = "closed_date"


COUNTED = frozenset({SpanReason.WEEKLY_HOURS, SpanReason.EXTRA_HOURS})


@dataclass(frozen=True, slots=True)
class ExplainedSpan:
    """One span, in UTC; `day` is the local date whose hours decide it: for an open night, that on which it began."""

    begins_at: datetime
    ends_at: datetime
    day: date
    reason: SpanReason

    @property
    def counted(self) -> bool:
        """Whether the clock ran."""
        return self.reason in COUNTED

    @property
    def duration(self) -> timedelta:
        return self.ends_at - self.begins_at


@dataclass(frozen=True, slots=True)
class Explanation:
    """The spans tile the time from `start_at` to `end_at`, the deadline or the end asked about, without a gap."""

    timezone: str
    start_at: datetime
    end_at: datetime
    spans: tuple[ExplainedSpan, ...]

    @property
    def counted(self) -> timedelta:
        """The sum of the counted spans: equal to `WorkCalendar.between(start_at, end_at, pauses)`."""
        return sum((span.duration for span in self.spans if span.counted), timedelta())

    @property
    def skipped(self) -> timedelta:
        return sum((span.duration for span in self.spans if not span.counted), timedelta())


class Tile(NamedTuple):
    """A span in ticks, before it is cut by pauses."""

    begin: int
    end: int
    day: date
    reason: SpanReason

    def cut(self, pauses: Sequence[tuple[int, int]]) -> "Iterator[Tile]":
        """The tile, with the parts that lie in a pause marked so. A pause outside hours changes nothing."""
        at = self.begin
        for begin, end in pauses if self.reason in COUNTED else ():
            begin, end = max(begin, at), min(end, self.end)  # noqa: PLW2901 - the pause as far as it touches the tile
            if begin < end:
                yield from self._part(at, begin, self.reason)
                yield from self._part(begin, end, SpanReason.PAUSED)
                at = end
        yield from self._part(at, self.end, self.reason)

    def _part(self, begin: int, end: int, reason: SpanReason) -> "Iterator[Tile]":
        if begin < end:
            yield Tile(begin, end, self.day, reason)
