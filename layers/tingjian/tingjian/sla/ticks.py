"""Instants and wall-clock readings as whole microseconds ("ticks") since Monday, 0001-01-01 00:00.

An instant counts in UTC, a wall-clock reading in local time. Integers keep the arithmetic exact and fast, and weeks
start at multiples of `WEEK`, because the first day of the calendar was a Monday.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from tingjian.sla.errors import QuestionError

SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 1440 * MINUTE
WEEK = 7 * DAY

_ORIGIN = datetime(1, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_MOST_SECONDS = 10_000 * 366 * 86_400

Minutes = float | Decimal
Interval = tuple[datetime, datetime]


def ticks_of(moment: datetime, field: str) -> int:
    """The instant of an aware datetime of any zone; a naive one is refused with the field's name."""
    try:
        passed = moment - _ORIGIN
    except (TypeError, AttributeError):
        raise _not_an_instant(moment, field) from None
    return passed.days * DAY + passed.seconds * SECOND + passed.microseconds


def moment_of(ticks: int) -> datetime:
    """The aware UTC datetime of an instant."""
    return _ORIGIN + _TICK * ticks


def duration_of(ticks: int) -> timedelta:
    return _TICK * ticks  # Twice as fast as timedelta(microseconds=ticks).


def ticks_of_date(day: date) -> int:
    """The wall-clock reading at 00:00 of the date."""
    return (day.toordinal() - 1) * DAY


def duration_ticks(minutes: Minutes) -> int:
    """A duration in minutes, rounded to the nearest whole second; refused when negative or not a finite number."""
    try:
        seconds = round(minutes * 60)
    except (TypeError, ValueError, ArithmeticError):
        raise _not_a_number(minutes) from None
    if abs(seconds) > _MOST_SECONDS:
        raise _not_a_number(minutes)
    if minutes < 0:
        raise QuestionError("minutes", "negative", f"{minutes} is less than zero")
    return seconds * SECOND


def merged_pauses(pauses: Iterable[Interval]) -> list[tuple[int, int]]:
    """The pauses as sorted, disjoint, non-empty pairs of instants."""
    found = sorted(_pause_ticks(number, pause) for number, pause in enumerate(pauses))
    merged: list[tuple[int, int]] = []
    for begin, end in found:
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif begin < end:
            merged.append((begin, end))
    return merged


def _pause_ticks(number: int, pause: Interval) -> tuple[int, int]:
    field = f"pauses[{number}]"
    try:
        begin, end = pause
    except (TypeError, ValueError):
        raise QuestionError(field, "not_a_pair", "a pause is a pair of instants") from None
    begins_at, ends_at = ticks_of(begin, f"{field}[0]"), ticks_of(end, f"{field}[1]")
    if ends_at < begins_at:
        raise QuestionError(field, "ends_before_start", "the pause ends before it starts")
    return begins_at, ends_at


def _not_an_instant(moment: object, field: str) -> QuestionError:
    if isinstance(moment, datetime):
        return QuestionError(field, "naive", f"{moment.isoformat()} has no time zone")
    return QuestionError(field, "not_an_instant", f"{moment!r} is not a datetime")


def _not_a_number(minutes: object) -> QuestionError:
    return QuestionError("minutes", "not_a_number", f"{minutes!r:.40} is not a number of minutes that time can hold")
