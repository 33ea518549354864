"""A working calendar as it is stored and edited. Pure."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from tingjian.platform.errors import InvalidInputError, invalid
from tingjian.platform.models import Frozen, Line, Slug
from tingjian.sla.calendar import WorkCalendar
from tingjian.sla.china import ChinaYear
from tingjian.sla.errors import CalendarError, WorkingTimeError
from tingjian.sla.spans import WEEKDAYS

Span = tuple[str, str]
Spans = Annotated[tuple[Span, ...], Field(max_length=24)]
WrittenDate = Annotated[str, StringConstraints(max_length=10)]


class CalendarBody(Frozen):
    """What an editor writes: hours by weekday (`mon` … `sun`), closed dates, and dates with their own hours (调休).

    `estimated_years` are those that were not announced when their holidays were imported; `imported_dates` the dates
    that an import set, which the next import of their year may take back.
    """

    name: Line
    timezone: str = Field(max_length=64)
    hours: dict[str, Spans] = Field(max_length=7)
    closed: tuple[WrittenDate, ...] = Field(default=(), max_length=2000)
    extra: dict[WrittenDate, Spans] = Field(default={}, max_length=1000)
    estimated_years: tuple[int, ...] = Field(default=(), max_length=100)
    imported_dates: tuple[WrittenDate, ...] = Field(default=(), max_length=2000)
    active: bool = True

    @model_validator(mode="after")
    def _makes_a_work_calendar(self) -> "CalendarBody":
        try:
            self.work_calendar()
            if not any(self.hours.values()):
                raise CalendarError("hours", "never_open", "no weekday has open time")  # noqa: TRY301 - one way out
        except CalendarError as error:
            parameters = {"reason": error.reason, "field": dotted_field(error.field), **error.parameters}
            raise PydanticCustomError(error.code, "{reason}", parameters) from error
        return self

    def work_calendar(self) -> WorkCalendar:
        """The calendar that counts. Raises CalendarError that names the wrong part."""
        return WorkCalendar(
            timezone=self.timezone,
            hours={day: [list(span) for span in spans] for day, spans in self.hours.items()},
            closed=list(self.closed),
            extra={day: [list(span) for span in spans] for day, spans in self.extra.items()},
        )


class Calendar(CalendarBody):
    """A stored calendar: an edit makes a new version, and running clocks keep theirs until they are planned anew."""

    id: Slug
    version: int

    def facts(self) -> dict[str, Any]:
        return {
            "timezone": self.timezone,
            "closed": len(self.closed),
            "extra": len(self.extra),
            "estimated_years": list(self.estimated_years),
        }

    def estimates(self, start: datetime, end: datetime) -> bool:
        """Whether the time between two instants touches a year that was not announced."""
        zone = ZoneInfo(self.timezone)
        first, last = start.astimezone(zone).year, end.astimezone(zone).year
        return any(first <= year <= last for year in self.estimated_years)

    @property
    def body(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in CalendarBody.model_fields}


class CalendarList(Frozen):
    """Calendars: all of them, or versions of one."""

    items: tuple[Calendar, ...]
    cursor: str | None = None


ALWAYS = Calendar(
    id="always",
    version=0,
    name="24x7",
    timezone="UTC",
    hours=dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), (("00:00", "24:00"),)),
)
"""What a policy without a calendar counts in: every minute."""


def with_china_year(calendar: Calendar, known: ChinaYear, hours: Spans | None) -> dict[str, Any]:
    """The body with the holidays and make-up days of a year; without `hours`, make-up days have those of a weekday.

    What an earlier import said of that year is taken back; dates that somebody set by hand stay. Where it is not known
    who set them, those of an estimated year count as imported.
    """
    year = str(known.year)
    imported = {day for day in calendar.imported_dates if day.startswith(year)}
    if not imported and known.year in calendar.estimated_years:
        imported = {day for day in (*calendar.closed, *calendar.extra) if day.startswith(year)}
    closed = {day for day in calendar.closed if day not in imported}
    extra = {day: spans for day, spans in calendar.extra.items() if day not in imported}
    by_hand = closed | set(extra)
    new_closed = {day.isoformat() for day in known.closed} - by_hand
    new_extra = {day.isoformat() for day in known.workdays} - by_hand
    others = {number for number in calendar.estimated_years if number != known.year}
    return calendar.body | {
        "closed": _sorted_dates(closed | new_closed),
        "extra": dict(sorted((extra | dict.fromkeys(new_extra, hours or _weekday_hours(calendar))).items())),
        "imported_dates": _sorted_dates({*calendar.imported_dates} - imported | new_closed | new_extra),
        "estimated_years": tuple(sorted(others | ({known.year} if known.estimated else set()))),
    }


def with_date(calendar: Calendar, day: str, spans: Spans) -> dict[str, Any]:
    """The body with a date that has its own hours; without any, the date is closed."""
    body = without_date(calendar, day)
    if spans:
        return body | {"extra": dict(sorted({**body["extra"], day: spans}.items()))}
    return body | {"closed": _sorted_dates({*body["closed"], day})}


def without_date(calendar: Calendar, day: str) -> dict[str, Any]:
    return calendar.body | {
        "closed": tuple(other for other in calendar.closed if other != day),
        "extra": {other: spans for other, spans in calendar.extra.items() if other != day},
        "imported_dates": tuple(other for other in calendar.imported_dates if other != day),
    }


def parse_date(text: str) -> str:
    """A date as `YYYY-MM-DD`. Raises InvalidInputError."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise invalid("date", "date") from error


def dotted_field(field: str) -> str:
    """A place such as `hours.mon[1]` as problem documents write it: `hours.mon.1`."""
    return field.replace("[", ".").replace("]", "")


def calendar_refusal(error: WorkingTimeError) -> InvalidInputError:
    return invalid(dotted_field(error.field), error.code, **error.parameters)


def _weekday_hours(calendar: Calendar) -> Spans:
    """The hours of the first weekday that has any: Monday's, as a rule."""
    return next(calendar.hours[day] for day in WEEKDAYS if calendar.hours.get(day))


def _sorted_dates(days: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(days))
