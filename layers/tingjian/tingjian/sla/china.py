"""China's working year: the State Council's holidays and make-up working days (调休).

The dates come from the library `holidays`, which is imported only when a year is asked for; see
`docs/decisions/0003-china-holidays.md`.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from tingjian.sla.errors import CalendarError
from tingjian.sla.spans import WrittenSpans

FIRST_YEAR, LAST_YEAR = 2001, 2099
_WEEKEND = (5, 6)


@dataclass(frozen=True, slots=True)
class ChinaYear:
    """The dates of one calendar year (Asia/Shanghai), in order.

    `closed` holds every day of the holidays, weekends inside them and next to them included; `workdays` the Saturdays
    and Sundays that are worked to make up for them. While the State Council has not announced the year, as far as the
    library knows, it is `estimated`: the statutory holidays by the law in force, and no make-up days.
    """

    year: int
    closed: tuple[date, ...]
    workdays: tuple[date, ...]
    estimated: bool

    def extra_dates(self, spans: WrittenSpans) -> dict[date, WrittenSpans]:
        """The make-up days for a `WorkCalendar`, all with the same spans."""
        return dict.fromkeys(self.workdays, spans)


@lru_cache(maxsize=32)
def china_year(year: int) -> ChinaYear:
    """The working year as the library knows it; raises `CalendarError` outside 2001 to 2099. Scope row 18."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        reason = f"{year} is not between {FIRST_YEAR} and {LAST_YEAR}"
        raise CalendarError("year", "out_of_range", reason, text=str(year))
    from holidays import country_holidays  # noqa: PLC0415 - it is slow to import, and most requests need no holiday

    # A make-up day may lie in the year before the holiday that it makes up for, and the other way round.
    known = country_holidays("CN", years=(year - 1, year, year + 1))
    worked = known.weekend_workdays
    closed = {day for holiday in known for day in _with_weekend(holiday, worked)}
    return ChinaYear(
        year=year,
        closed=tuple(sorted(day for day in closed if day.year == year)),
        workdays=tuple(sorted(day for day in worked if day.year == year)),
        estimated=year not in known.special_public_holidays,
    )


def _with_weekend(holiday: date, worked: Container[date]) -> Iterator[date]:
    """The holiday and the days of rest that touch it on either side, up to a weekday or a make-up day."""
    yield holiday
    for step in (timedelta(days=-1), timedelta(days=1)):
        day = holiday + step
        while day.weekday() in _WEEKEND and day not in worked:
            yield day
            day += step
