"""How a zone's wall clock runs: stretches of time in which it keeps one offset from UTC.

Opening hours read the clock as people do: a time of day comes the first instant at which the clock shows it *or a
later time*. So a time inside a skipped hour comes at the instant of the jump; a time that the clock shows twice comes
once, at its first showing; and while an hour is repeated, opening hours stand still: what was open stays open, and its
minutes count.
"""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tingjian.sla.errors import CalendarError
from tingjian.sla.ticks import DAY, SECOND, WEEK, moment_of

_STEP = WEEK  # Looking once a week finds every change; a test compares with the zone files.
BLOCK = 105 * WEEK  # About two years are worked out at a time, and kept.
_LEAD = 2 * DAY  # No clock was ever set back by more than a day.
LAST_INSTANT = 521_720 * WEEK  # In December 9999; nothing is asked of a zone after that.


class Stretch(NamedTuple):
    """From `begin` to `end` the clock shows instant + `shift`; when `held` is set, opening hours stand still at it."""

    begin: int
    end: int
    shift: int
    held: int | None


def load_zone(key: str) -> ZoneInfo:
    """The zone of an IANA name; one that is not known is refused."""
    try:
        return ZoneInfo(key)
    except (KeyError, ValueError, OSError, TypeError):
        raise CalendarError("timezone", "unknown_zone", f"{key!r} is not a known time zone", zone=str(key)) from None


@lru_cache(maxsize=1024)
def stretches(key: str, number: int) -> list[Stretch]:
    """The stretches of a zone in one block of years, in order and without a gap; block 0 begins in the year 1."""
    zone = load_zone(key)
    begin, end = max(number * BLOCK - _LEAD, _LEAD), min((number + 1) * BLOCK, LAST_INSTANT)
    edges = [begin, *_changes(zone, begin, end), end]
    along = _read_along(edges, [_shift(zone, edge) for edge in edges[:-1]])
    first, *others = (stretch for stretch in along if stretch.end > number * BLOCK)
    return [first._replace(begin=number * BLOCK), *others]


def _stretch_at(key: str, instant: int) -> Stretch:
    block = stretches(key, instant // BLOCK)
    return block[bisect_right(block, instant, key=lambda stretch: stretch.end)]


def _read_along(edges: list[int], shifts: list[int]) -> Iterator[Stretch]:
    furthest = edges[0] + shifts[0]
    for (begin, end), shift in zip(pairwise(edges), shifts, strict=True):
        caught_up = min(max(begin, furthest - shift), end)
        if begin < caught_up:
            yield Stretch(begin, caught_up, shift, furthest)
        if caught_up < end:
            yield Stretch(caught_up, end, shift, None)
            furthest = end + shift


def _changes(zone: ZoneInfo, begin: int, end: int) -> Iterator[int]:
    looks = [*range(begin, end, _STEP), end]
    for (low, before), (high, after) in pairwise((look, _shift(zone, look)) for look in looks):
        at, shift = low, before
        while shift != after:
            at = _next_change(zone, at, high)
            shift = _shift(zone, at)
            yield at


def _next_change(zone: ZoneInfo, low: int, high: int) -> int:
    before = _shift(zone, low)
    while high - low > SECOND:
        middle = (low + high) // 2 // SECOND * SECOND
        low, high = (middle, high) if _shift(zone, middle) == before else (low, middle)
    return high


def _shift(zone: ZoneInfo, instant: int) -> int:
    moment = moment_of(instant).astimezone(zone)
    offset = moment.replace(tzinfo=UTC) - moment
    return (offset.days * 86_400 + offset.seconds) * SECOND


def instant_at(key: str, reading: int) -> int:
    """The first instant at which the clock shows the reading or a later one."""
    instant = reading - _LEAD
    while True:
        stretch = _stretch_at(key, instant)
        if stretch.held is None and reading < stretch.end + stretch.shift:
            return max(stretch.begin, reading - stretch.shift)
        instant = stretch.end


def date_number_at(key: str, instant: int) -> int:
    """The local date of an instant, in days since 0001-01-01; in a repeated hour, the date of its first showing."""
    stretch = _stretch_at(key, instant)
    return (instant + stretch.shift if stretch.held is None else stretch.held - 1) // DAY
