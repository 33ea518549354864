"""Reads what people write about opening hours: spans, weekdays, dates. Each refusal names the field and the reason."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from tingjian.sla.errors import CalendarError
from tingjian.sla.ticks import DAY, MINUTE, SECOND, WEEK, ticks_of_date

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_FIRST_DATE, _LAST_DATE = date.min + timedelta(days=7), date.max - timedelta(days=14)
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?", re.ASCII)

WrittenSpans = Sequence[Sequence[str]]
WrittenDates = Mapping[date, WrittenSpans] | Mapping[str, WrittenSpans] | Mapping[date | str, WrittenSpans]


class Span(NamedTuple):
    """An open span of a date in ticks after its midnight; `closes` is past one day when the span runs over midnight."""

    opens: int
    closes: int

    def __str__(self) -> str:
        """`09:00-11:30`."""
        return f"{clock_text(self.opens)}-{clock_text(self.closes)}"

    def texts(self) -> tuple[str, str]:
        """The span as it is written in a calendar: `("22:00", "06:00")`."""
        return clock_text(self.opens), clock_text(self.closes)


Day = tuple[Span, ...]


def read_week(hours: Mapping[str, WrittenSpans]) -> tuple[Day, ...]:
    """Seven days from Monday on; a weekday that is not given is closed."""
    if not isinstance(hours, Mapping):
        raise CalendarError("hours", "not_a_mapping", "spans keyed by weekday are expected")
    for key in hours:
        if key not in WEEKDAYS:
            raise CalendarError(f"hours.{key}", "unknown_weekday", f"a weekday is one of {', '.join(WEEKDAYS)}")
    week = tuple(_read_day(hours.get(name, ()), f"hours.{name}") for name in WEEKDAYS)
    placed = [(number * DAY, f"hours.{name}", week[number]) for number, name in enumerate(WEEKDAYS)]
    _refuse_overlaps([*placed, (WEEK, "hours.mon", week[0])])
    return week


def read_dates(closed: Iterable[date | str]) -> frozenset[date]:
    """The dates of a list; each is a `date` or `YYYY-MM-DD`."""
    return frozenset(_read_date(day, f"closed[{number}]") for number, day in enumerate(closed))


def read_extra(extra: WrittenDates) -> dict[date, Day]:
    """Dates with their own spans, in order; no span at all closes the date."""
    if not isinstance(extra, Mapping):
        raise CalendarError("extra", "not_a_mapping", "spans keyed by date are expected")
    days: dict[date, Day] = {}
    for key, spans in extra.items():
        day = _read_date(key, f"extra.{key}")
        if day in days:
            raise CalendarError(f"extra.{key}", "given_twice", "the date is given twice")
        days[day] = _read_day(spans, f"extra.{key}")
    _refuse_overlaps([(ticks_of_date(day), f"extra.{day}", days[day]) for day in sorted(days)])
    return dict(sorted(days.items()))


def clock_text(ticks: int) -> str:
    """`HH:MM`, with seconds only where there are any; the end of a day is `24:00`, a time of the next day wraps."""
    ticks = ticks if ticks <= DAY else ticks - DAY
    hours, rest = divmod(ticks // SECOND, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}" if seconds else f"{hours:02}:{minutes:02}"


def _read_day(spans: object, field: str) -> Day:
    if isinstance(spans, str) or not isinstance(spans, Iterable):
        raise CalendarError(field, "not_spans", "a list of [from, to] pairs is expected")
    day = tuple(sorted(_read_span(span, f"{field}[{number}]") for number, span in enumerate(spans)))
    _refuse_overlaps([(0, field, day)])
    return day


def _read_span(span: object, field: str) -> Span:
    if isinstance(span, str) or not isinstance(span, Sequence) or len(span) != 2:  # noqa: PLR2004 - from and to
        raise CalendarError(field, "not_a_span", "a span is a pair [from, to]")
    opens, closes = (_read_clock(text, field) for text in span)
    if opens == DAY:
        raise CalendarError(field, "opens_at_24", "a span cannot open at 24:00; give it to the next day, from 00:00")
    if opens == closes:
        raise CalendarError(field, "empty_span", "the span closes when it opens; a whole day is 00:00-24:00")
    return Span(opens, closes if closes > opens else closes + DAY)


def _read_clock(text: object, field: str) -> int:
    if text == "24:00":
        return DAY
    found = _CLOCK.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise CalendarError(field, "not_a_time", f"{text!r} is not a time from 00:00 to 24:00", text=str(text))
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return (hours * 60 + minutes) * MINUTE + seconds * SECOND


def _read_date(day: object, field: str) -> date:
    if isinstance(day, str):
        day = _parse_date(day, field)
    if not isinstance(day, date) or isinstance(day, datetime):
        raise CalendarError(field, "not_a_date", f"{day!r} is not a date", text=str(day))
    if not _FIRST_DATE <= day <= _LAST_DATE:
        raise CalendarError(field, "out_of_range", f"{day} is out of range", text=str(day))
    return day


def _parse_date(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CalendarError(field, "not_a_date", f"{text!r} is not a date", text=text) from None


def _refuse_overlaps(days: Sequence[tuple[int, str, Day]]) -> None:
    """Days are (midnight, field, spans) in order; a span may not start before the one in front of it has ended."""
    placed = [(midnight, field, span) for midnight, field, day in days for span in day]
    for (midnight_before, _, before), (midnight, field, span) in pairwise(placed):
        if midnight + span.opens < midnight_before + before.closes:
            reason = f"{before} and {span} overlap"
            raise CalendarError(field, "overlap", reason, first=str(before), second=str(span))
