"""Periods: where they begin and end in a zone, the one before, their days, and which recur. Pure.

A day begins at the first instant at which the zone's clock shows its midnight or a later time.
"""

from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from tingjian.platform.errors import invalid
from tingjian.sla.ticks import MINUTE, moment_of, ticks_of_date
from tingjian.sla.zones import instant_at

PeriodKind = Literal["day", "week", "month"]
PeriodBound = date | datetime
KINDS: tuple[PeriodKind, ...] = ("day", "week", "month")
LONGEST_YEARS = 5
FIRST_YEAR, LAST_YEAR = 1970, 2999
DATE_LENGTH = len("2026-01-31")
BEGINS = time(2, 0)
"""When a scheduled report may be made: two hours after its period's end, so that late events are in."""
DUE = time(8, 0)
"""When it must be there."""


def local_instant(day: date, at: time, zone: str) -> datetime:
    """The first instant, in UTC, at which the zone's clock shows this time of this day or a later one."""
    return moment_of(instant_at(zone, ticks_of_date(day) + (at.hour * 60 + at.minute) * MINUTE))


def midnight(day: date, zone: str) -> datetime:
    """When the day begins, in UTC."""
    return local_instant(day, time(0, 0), zone)


def bound_instant(bound: PeriodBound, zone: str) -> datetime:
    """The instant of a bound that is a local date or an instant."""
    return bound if isinstance(bound, datetime) else midnight(bound, zone)


def read_bound(text: str, field: str) -> PeriodBound:
    """The bound that a text means: a date, or an instant with its offset. Raises InvalidInputError."""
    try:
        read = date.fromisoformat(text) if len(text) == DATE_LENGTH else datetime.fromisoformat(text)
    except ValueError as error:
        raise invalid(field, "bound") from error
    if not FIRST_YEAR <= read.year <= LAST_YEAR:
        raise invalid(field, "bound")
    if isinstance(read, datetime) and read.tzinfo is None:
        raise invalid(field, "datetime")
    return read


def read_zone(name: str, field: str = "zone") -> str:
    """The name of a zone that is known. Raises InvalidInputError."""
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError) as error:
        raise invalid(field, "time_zone") from error


def check_period(start: PeriodBound, end: PeriodBound, zone: str, *, now: datetime) -> tuple[datetime, datetime]:
    """The instants of a period. It ends after it starts, is five years at most and reaches to the end of today at most.

    Raises InvalidInputError that names the field.
    """
    starts_at, ends_at = bound_instant(start, zone), bound_instant(end, zone)
    ends_today = midnight(now.astimezone(ZoneInfo(zone)).date() + timedelta(days=1), zone)
    longest = starts_at + timedelta(days=366 * LONGEST_YEARS)
    if ends_at <= starts_at:
        raise invalid("to", "period")
    if starts_at >= now:
        raise invalid("from", "future")
    if ends_at > ends_today:
        raise invalid("to", "future")
    if ends_at > longest:
        raise invalid("to", "too_long_period", years=LONGEST_YEARS)
    return starts_at, ends_at


def previous_start(start: PeriodBound, end: PeriodBound, zone: str) -> datetime:
    """Where the period before begins: as many months earlier for whole months, as many days for days, else as long."""
    if isinstance(start, datetime) or isinstance(end, datetime):
        begins, ends = bound_instant(start, zone), bound_instant(end, zone)
        return begins - (ends - begins)
    if start.day == end.day == 1:
        return midnight(months_after(start, _month_number(start) - _month_number(end)), zone)
    return midnight(start - (end - start), zone)


def period_days(starts_at: datetime, ends_at: datetime, zone: str) -> tuple[tuple[str, datetime, datetime], ...]:
    """The local days of a period, each with its part of it; a day that the zone skipped has none."""
    days: list[tuple[str, datetime, datetime]] = []
    day = starts_at.astimezone(ZoneInfo(zone)).date()
    begins = starts_at
    while begins < ends_at:
        ends = min(midnight(day + timedelta(days=1), zone), ends_at)
        if ends > begins:
            days.append((day.isoformat(), begins, ends))
        day, begins = day + timedelta(days=1), max(begins, ends)
    return tuple(days)


def first_day(kind: PeriodKind, day: date) -> date:
    """The first day of the recurring period that the day lies in; weeks begin on Monday."""
    if kind == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if kind == "month" else day


def next_first_day(kind: PeriodKind, start: date) -> date:
    if kind == "month":
        return months_after(start, 1)
    return start + timedelta(days=7 if kind == "week" else 1)


def months_after(day: date, months: int) -> date:
    """The first of a month so many months later; negative numbers go back."""
    number = _month_number(day) + months
    return date(number // 12, number % 12 + 1, 1)


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1
