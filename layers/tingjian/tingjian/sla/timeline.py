"""Open time along the wall clock, as a sum that can be read at any point: `measure`, and its inverse, `locate`.

The week repeats, so the sum up to a point is a division and a look-up in one week. Dates that differ from their
weekday are kept as patches, each with its own spans and the sum so far. Neither function steps through days.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from tingjian.sla.spans import Day
from tingjian.sla.ticks import DAY, WEEK


class _Sum(NamedTuple):
    """Disjoint spans in order; the first is empty and lies at the bottom, so that a look-up always finds one.

    `before` is the open time before each span, and in all. A point inside span n has `point + offsets[n]` before it.
    """

    begins: list[int]
    before: list[int]
    offsets: list[int]

    @property
    def total(self) -> int:
        return self.before[-1]

    def measure(self, point: int) -> int:
        number = bisect_right(self.begins, point)
        return min(point + self.offsets[number - 1], self.before[number])

    def locate(self, amount: int) -> int:
        return amount - self.offsets[bisect_left(self.before, amount) - 1]


class Timeline:
    """The open time of a calendar on its wall clock; points and amounts are ticks."""

    __slots__ = ("_begins", "_ends", "_patches", "_surplus", "_totals_after", "_totals_before", "_week", "_week_total")

    def __init__(self, week: tuple[Day, ...], overrides: Mapping[date, Day]) -> None:
        """Sum up a week from Monday on, and the dates that differ from their weekday."""
        spans = list(_placed_spans(week, {}, 0, 7))
        nights = [(0, end - WEEK) for _, end in spans if end > WEEK]
        self._week = _sum_of(0, [(begin, min(end, WEEK)) for begin, end in spans] + nights)
        self._week_total = self._week.total
        # Patch 0 lies before all points and changes nothing, so that a look-up always finds a patch.
        self._begins, self._ends, self._patches = [-WEEK], [-WEEK], [_sum_of(-WEEK, [])]
        self._totals_before, self._totals_after, self._surplus = [-self._week_total], [-self._week_total], [0]
        numbered = {day.toordinal() - 1: spans for day, spans in overrides.items() if spans != week[day.weekday()]}
        for first, last in _runs_of(sorted(numbered)):
            # Nights reach into the next day, so what is open differs until the end of the day after the last.
            begin, end = first * DAY, (last + 2) * DAY
            self._add(begin, end, _placed_spans(week, numbered, first - 1, last + 2))

    def _add(self, begin: int, end: int, spans: Iterable[tuple[int, int]]) -> None:
        clipped = [(max(begin, opens), min(end, closes)) for opens, closes in spans if closes > begin and opens < end]
        patch = _sum_of(begin, clipped)
        before = self._weekly(begin) + self._surplus[-1]
        self._begins.append(begin)
        self._ends.append(end)
        self._patches.append(patch)
        self._totals_before.append(before)
        self._totals_after.append(before + patch.total)
        self._surplus.append(before + patch.total - self._weekly(end))

    @property
    def ever_open(self) -> bool:
        return self._week_total > 0 or any(patch.total for patch in self._patches)

    def over_at(self, point: int) -> bool:
        """Whether no open time can follow the point: the week is closed and the last special date is past."""
        return self._week_total == 0 and point >= self._ends[-1]

    def measure(self, point: int) -> int:
        """The open time before the point, counted from the year 1."""
        number = bisect_right(self._begins, point) - 1
        if point < self._ends[number]:
            return self._totals_before[number] + self._patches[number].measure(point)
        # The same as `_weekly`, written out because all questions end here.
        weeks, rest = divmod(point, WEEK)
        begins, before, offsets = self._week
        span = bisect_right(begins, rest)
        inside, at_most = rest + offsets[span - 1], before[span]
        in_week = inside if inside < at_most else at_most  # noqa: FURB136 - calling `min` costs as much as the rest
        return weeks * self._week_total + in_week + self._surplus[number]

    def locate(self, amount: int) -> int:
        """The first point with that much open time before it, so a closing rather than the next opening."""
        number = bisect_left(self._totals_before, amount) - 1
        if amount <= self._totals_after[number]:
            return self._patches[number].locate(amount - self._totals_before[number])
        weeks, rest = divmod(amount - self._surplus[number] - 1, self._week_total)
        _, before, offsets = self._week
        return weeks * WEEK + rest + 1 - offsets[bisect_left(before, rest + 1) - 1]

    def open_just_before(self, point: int) -> bool:
        """Whether the last tick before the point is open."""
        return self.measure(point) > self.measure(point - 1)

    def _weekly(self, point: int) -> int:
        weeks, rest = divmod(point, WEEK)
        return weeks * self._week_total + self._week.measure(rest)


def _sum_of(bottom: int, spans: Iterable[tuple[int, int]]) -> _Sum:
    begins, before, end_before = [bottom], [0, 0], bottom
    for begin, end in sorted(spans):
        begin = max(begin, end_before)  # noqa: PLW2901 - the part that no earlier span has covered
        if begin < end:
            begins.append(begin)
            before.append(before[-1] + end - begin)
            end_before = end
    return _Sum(begins, before, [total - begin for begin, total in zip(begins, before, strict=False)])


def _placed_spans(
    week: tuple[Day, ...], numbered: Mapping[int, Day], first: int, end: int
) -> Iterator[tuple[int, int]]:
    """The spans of the days with these numbers (day 0 is a Monday), on the wall clock."""
    for number in range(first, end):
        midnight = number * DAY
        for opens, closes in numbered.get(number, week[number % 7]):
            yield midnight + opens, midnight + closes


def _runs_of(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """First and last of each run of neighbouring day numbers."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
