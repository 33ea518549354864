"""Open time along real time: a calendar's wall-clock sum, put together with how its zone's wall clock runs."""

from bisect import bisect_left, bisect_right
from typing import NamedTuple

from tingjian.sla.timeline import Timeline
from tingjian.sla.zones import BLOCK, LAST_INSTANT, Stretch, stretches


class _Step(NamedTuple):
    """A stretch with the open time before it (`total`); `correction` turns the wall clock's sum into real time's."""

    begin: int
    total: int
    shift: int
    correction: int
    held_open: bool | None  # None while the wall clock runs.


class _Table(NamedTuple):
    """The steps of some blocks of years, one after the other; `total` is the open time of them all."""

    blocks: range
    begin: int
    end: int
    begins: list[int]
    totals: list[int]
    steps: list[_Step]
    total: int


class OpenTime:
    """The open time of a timeline in a zone. Instants and amounts are ticks.

    A table of steps is made for the years that are asked about and grows with them, so that a question costs two
    look-ups whether it spans a day or twenty years. The table is replaced as a whole, never changed.
    """

    __slots__ = ("_table", "_timeline", "_timezone")

    def __init__(self, timezone: str, timeline: Timeline) -> None:
        """Nothing is worked out before the first question."""
        self._timezone, self._timeline = timezone, timeline
        self._table = _Table(range(0), 0, -1, [], [], [], 0)

    def between(self, begin: int, end: int) -> int:
        """The open time from one instant to another; zero when the end comes first."""
        end = min(end, LAST_INSTANT)
        if end <= begin:
            return 0
        table = self._covering(begin, end)
        return self._measure(table, end) - self._measure(table, begin)

    def reach(self, begin: int, amount: int) -> int | None:
        """The first instant with so much open time, more than none, since `begin`; None when there is none."""
        end = begin + amount
        while end <= LAST_INSTANT:
            table = self._covering(begin, end)
            sought = self._measure(table, begin) + amount
            if sought <= table.total:
                return self._locate(table, sought)
            if table.end == LAST_INSTANT or self._timeline.over_at(table.end + table.steps[-1].shift):
                break
            end = min(2 * table.end - begin, LAST_INSTANT)
        return None

    def _measure(self, table: _Table, instant: int) -> int:
        begin, total, shift, correction, held_open = table.steps[bisect_right(table.begins, instant) - 1]
        if held_open is None:
            return correction + self._timeline.measure(instant + shift)
        return total + (instant - begin if held_open else 0)

    def _locate(self, table: _Table, total: int) -> int:
        """The first instant with that much open time before it: it lies in the last step with less before it."""
        begin, total_before, shift, correction, held_open = table.steps[bisect_left(table.totals, total) - 1]
        if held_open is None:
            return self._timeline.locate(total - correction) - shift
        return begin + total - total_before

    def _covering(self, begin: int, end: int) -> _Table:
        # The table is kept between questions, and grows when one lies outside.
        table = self._table
        if table.begin <= begin and end <= table.end:
            return table
        first, last = begin // BLOCK, (end - 1) // BLOCK
        if table.blocks:
            first, last = min(first, table.blocks[0]), max(last, table.blocks[-1])
        self._table = self._table_of(range(first, last + 1))
        return self._table

    def _table_of(self, blocks: range) -> _Table:
        steps: list[_Step] = []
        total = 0
        found = [stretch for number in blocks for stretch in stretches(self._timezone, number)]
        for stretch in found:
            steps.append(self._step(stretch, total))
            total += self._open_in(stretch)
        begins, totals = [step.begin for step in steps], [step.total for step in steps]
        return _Table(blocks, found[0].begin, found[-1].end, begins, totals, steps, total)

    def _step(self, stretch: Stretch, total: int) -> _Step:
        begin, _, shift, held = stretch
        if held is None:
            return _Step(begin, total, shift, total - self._timeline.measure(begin + shift), None)
        return _Step(begin, total, shift, 0, self._timeline.open_just_before(held))

    def _open_in(self, stretch: Stretch) -> int:
        begin, end, shift, held = stretch
        if held is None:
            return self._timeline.measure(end + shift) - self._timeline.measure(begin + shift)
        return end - begin if self._timeline.open_just_before(held) else 0
