"""Working time: when a centre is open, when a target ends, and how much open time passed.

Pure arithmetic on instants; the decisions behind it are in `docs/decisions/0002-working-time.md`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Self

from tingjian.sla.errors import CalendarError, OpenTimeExhaustedError, QuestionError
from tingjian.sla.explanation import ExplainedSpan, Explanation, SpanReason, Tile
from tingjian.sla.opentime import OpenTime
from tingjian.sla.spans import WEEKDAYS, Day, WrittenDates, WrittenSpans, read_dates, read_extra, read_week
from tingjian.sla.ticks import DAY, Interval, Minutes, duration_of, duration_ticks, merged_pauses, moment_of, ticks_of
from tingjian.sla.timeline import Timeline
from tingjian.sla.zones import date_number_at, instant_at, load_zone


@dataclass(frozen=True, init=False)
class WorkCalendar:
    """The opening hours of a centre in its own zone. Immutable and comparable; make one, ask it often.

    `timezone` is an IANA name. `hours` gives the spans of each weekday, `{"mon": [["09:00", "11:30"], ["12:30",
    "18:30"]]}`; a weekday left out is closed, `24:00` ends a day, and a span whose end is before its start runs over
    midnight and belongs to the date on which it starts. `closed` lists dates without hours. `extra` gives dates their
    own spans, which replace those of the weekday and beat `closed`. Dates are `date` or `YYYY-MM-DD`.

    Raises `CalendarError`, a `ValueError` with the field and the reason: unknown zone or weekday, a time or date that
    is none, spans that overlap, no open time at all.
    """

    timezone: str
    week: tuple[Day, ...]
    closed: frozenset[date]
    special: tuple[tuple[date, Day], ...]
    _overrides: dict[date, Day] = field(repr=False, compare=False)
    _open_time: OpenTime = field(repr=False, compare=False)

    def __init__(
        self,
        timezone: str,
        hours: Mapping[str, WrittenSpans],
        closed: Iterable[date | str] = (),
        extra: WrittenDates | None = None,
    ) -> None:
        load_zone(timezone)
        week, closed_dates, special = read_week(hours), read_dates(closed), read_extra(extra or {})
        overrides: dict[date, Day] = dict.fromkeys(closed_dates, ()) | special
        timeline = Timeline(week, overrides)
        if not timeline.ever_open:
            raise CalendarError("hours", "never_open", "the calendar has no open time")
        values = timezone, week, closed_dates, tuple(special.items()), overrides, OpenTime(timezone, timeline)
        for name, value in zip(self.__dataclass_fields__, values, strict=True):
            object.__setattr__(self, name, value)

    @classmethod
    def always(cls, timezone: str = "UTC") -> Self:
        """A calendar that is open day and night; the zone only names the dates of an explanation."""
        return cls(timezone, dict.fromkeys(WEEKDAYS, (("00:00", "24:00"),)))

    def as_data(self) -> dict[str, object]:
        """The calendar in the form that the constructor takes, of JSON types only."""
        return {
            "timezone": self.timezone,
            "hours": {name: _span_texts(day) for name, day in zip(WEEKDAYS, self.week, strict=True) if day},
            "closed": sorted(day.isoformat() for day in self.closed),
            "extra": {day.isoformat(): _span_texts(spans) for day, spans in self.special},
        }

    def add(self, start: datetime, minutes: Minutes, pauses: Iterable[Interval] = ()) -> datetime:
        """The instant, in UTC, at which so many open minutes have passed since `start`, pauses not counted.

        `minutes` may have a fraction; it is rounded to the nearest second. Used up exactly at closing, the deadline is
        the closing instant. With zero minutes it is the next instant that is open and not paused: `start` itself when
        that is.

        Raises `QuestionError` (naive instant, negative minutes, a pause that ends before it starts) and
        `OpenTimeExhaustedError` (the calendar has no such deadline). Rules K6, K7, K14.
        """
        begin, amount = ticks_of(start, "start"), duration_ticks(minutes)
        cuts = merged_pauses(pauses) if pauses else []
        # The next open instant is where the first tick that counts begins.
        ends = self._advance(begin, amount, cuts) if amount else self._advance(begin, 1, cuts) - 1
        return moment_of(ends)

    def between(self, start: datetime, end: datetime, pauses: Iterable[Interval] = ()) -> timedelta:
        """The open time from `start` to `end`, pauses not counted; zero when the end is before the start.

        Raises `QuestionError` (naive instant, a pause that ends before it starts).
        """
        begin, until = ticks_of(start, "start"), ticks_of(end, "end")
        counted = self._open_time.between(begin, until)
        for first, last in merged_pauses(pauses) if pauses else ():
            counted -= self._open_time.between(max(begin, first), min(until, last))
        return duration_of(counted)

    def explain(
        self,
        start: datetime,
        minutes: Minutes | None = None,
        pauses: Iterable[Interval] = (),
        *,
        end: datetime | None = None,
    ) -> Explanation:
        """Every span from `start` to the deadline of so many minutes, or to `end`: counted or skipped, and why.

        Give either `minutes`, as to `add`, or `end`, as to `between`. The work grows with the days that are listed.
        Raises what `add` and `between` raise. Scope row 19.
        """
        pauses = tuple(pauses)
        if minutes is not None and end is None:
            end = self.add(start, minutes, pauses)
        elif end is None or minutes is not None:
            raise QuestionError("minutes", "one_of_two", "give either minutes or end")
        begin, until = ticks_of(start, "start"), ticks_of(end, "end")
        cuts = merged_pauses(pauses)
        tiles = (part for tile in self._tiles(begin, until) for part in tile.cut(cuts))
        spans = (ExplainedSpan(moment_of(tile.begin), moment_of(tile.end), tile.day, tile.reason) for tile in tiles)
        return Explanation(self.timezone, moment_of(begin), moment_of(max(begin, until)), tuple(spans))

    def _advance(self, begin: int, amount: int, pauses: Iterable[tuple[int, int]]) -> int:
        """The first instant with so much open, unpaused time since `begin`; the amount is more than zero."""
        at, left = begin, amount
        for first, last in pauses:
            if last > at:
                available = self._open_time.between(at, first)
                if left <= available:
                    break
                at, left = last, left - available
        reached = self._open_time.reach(at, left)
        if reached is None:
            start = moment_of(begin).isoformat()
            reason = f"too little open time follows {start}"
            raise OpenTimeExhaustedError("minutes", "no_open_time_left", reason, start=start)
        return reached

    def _tiles(self, begin: int, until: int) -> Iterator[Tile]:
        """The time from `begin` to `until`, cut where a local date or an open span begins or ends; pauses not seen."""
        number = date_number_at(self.timezone, begin) - 1
        at = begin
        while at < until:
            for tile in self._tiles_of(number):
                first, last = max(tile.begin, at), min(tile.end, until)
                if first < last:
                    yield tile._replace(begin=first, end=last)
                    at = last
            number += 1

    def _tiles_of(self, number: int) -> Iterator[Tile]:
        """One local date: what is open from its spans, which may reach into the next date, and the rest of it."""
        day = date.fromordinal(number + 1)
        hours, counted, skipped = self._reading_of(day)
        at, midnight = (instant_at(self.timezone, reading) for reading in (number * DAY, (number + 1) * DAY))
        for span in hours:
            opens, closes = (instant_at(self.timezone, number * DAY + ticks) for ticks in span)
            yield Tile(at, opens, day, skipped)
            yield Tile(opens, closes, day, counted)
            at = closes
        yield Tile(at, midnight, day, skipped)

    def _reading_of(self, day: date) -> tuple[Day, SpanReason, SpanReason]:
        """The spans of a date, why they count, and why the rest of the date does not."""
        special = self._overrides.get(day)
        hours = self.week[day.weekday()] if special is None else special
        counted = SpanReason.WEEKLY_HOURS if special is None else SpanReason.EXTRA_HOURS
        if hours:
            return hours, counted, SpanReason.OUTSIDE_HOURS
        return hours, counted, SpanReason.DAY_OFF if special is None else SpanReason.CLOSED_DATE


def _span_texts(day: Day) -> list[list[str]]:
    return [list(span.texts()) for span in day]
