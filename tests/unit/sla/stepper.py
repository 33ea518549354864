"""A slow, plain second opinion: it walks real time step by step and looks at the clock on the wall.

It shares no code and no method with the engine. While the clock shows an hour for the second time it goes on reading
the last time that was new, which is the engine's rule said another way.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = timedelta(days=1)

Spans = list[list[str]]
Pauses = list[tuple[datetime, datetime]]


class Stepper:
    """Open time in whole steps; every time of day in the calendar must be a multiple of the step."""

    def __init__(
        self, timezone: str, hours: dict[str, Spans], closed: list[date], extra: dict[date, Spans], step: timedelta
    ) -> None:
        self.zone = ZoneInfo(timezone)
        self.hours, self.closed, self.extra, self.step = hours, closed, extra, step

    def between(self, start: datetime, end: datetime, pauses: Pauses) -> timedelta:
        """Add up the steps that count."""
        return self.step * sum(1 for _ in takewhile(lambda at: at < end, self._counting(start, end, pauses)))

    def add(self, start: datetime, amount: timedelta, pauses: Pauses, until: datetime) -> datetime | None:
        """Walk until the amount is used up; None when it is not by `until`."""
        for at in self._counting(start, until, pauses):
            amount -= self.step
            if amount <= timedelta():
                return at + self.step
        return None

    def _counting(self, start: datetime, until: datetime, pauses: Pauses) -> Iterator[datetime]:
        at, reading = start - 2 * DAY, datetime.min  # noqa: DTZ901 - a reading of a wall clock has no zone
        while at < until:
            reading = max(reading, at.astimezone(self.zone).replace(tzinfo=None))
            paused = any(first <= at < last for first, last in pauses)
            if at >= start and not paused and self._is_open(reading):
                yield at
            at += self.step

    def _is_open(self, reading: datetime) -> bool:
        today = reading.date()
        return any(opens <= reading < closes for day in (today - DAY, today) for opens, closes in self._spans_of(day))

    def _spans_of(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        spans = self.hours.get(WEEKDAYS[day.weekday()], [])
        if day in self.closed:
            spans = []
        if day in self.extra:
            spans = self.extra[day]
        for begin, end in spans:
            opens = datetime.combine(day, time.fromisoformat(begin))
            over_midnight = end == "24:00" or end < begin
            closes = datetime.combine(day, time() if end == "24:00" else time.fromisoformat(end))
            yield opens, closes + DAY if over_midnight else closes


def utc(text: str) -> datetime:
    """The instant of an ISO text, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)
