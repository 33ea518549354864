"""China's working year, beside the second library that knows it."""

import subprocess
import sys
from datetime import date, timedelta

import pytest

from tests.unit.sla.stepper import utc
from tingjian.sla import CalendarError, WorkCalendar
from tingjian.sla.china import china_year

SATURDAY = 5
# Announced with the year 2006: a Saturday of 2005 that makes up for 3 January. `chinesecalendar` leaves it out.
MISSING_ELSEWHERE = date(2005, 12, 31)


def test_china_year_knows_the_golden_week_of_2025() -> None:
    year = china_year(2025)

    assert [day for day in year.closed if day.month == 10] == [date(2025, 10, day) for day in range(1, 9)]
    assert [day for day in year.workdays if day.month in (9, 10)] == [date(2025, 9, 28), date(2025, 10, 11)]
    assert not year.estimated


def test_china_year_that_is_not_announced_is_estimated_without_make_up_days() -> None:
    year = china_year(2060)

    assert year.estimated
    assert year.workdays == ()
    assert {date(2060, 1, 1), date(2060, 5, 1), date(2060, 10, 1)} <= set(year.closed)


def test_every_announced_year_has_make_up_days_and_none_is_closed() -> None:
    years = [china_year(number) for number in range(2001, 2027)]

    assert [year.year for year in years if year.estimated or not year.workdays] == []
    assert [year.year for year in years if set(year.workdays) & set(year.closed)] == []


@pytest.mark.parametrize("number", range(2004, 2027))
def test_china_year_agrees_with_the_other_library(number: int) -> None:
    other = pytest.importorskip("chinese_calendar")
    year = china_year(number)
    days = [date(number, 1, 1) + timedelta(days=count) for count in range(366)]
    days = [day for day in days if day.year == number and day != MISSING_ELSEWHERE]

    works = [day for day in days if day in year.workdays or (day.weekday() < SATURDAY and day not in year.closed)]

    assert works == [day for day in days if other.is_workday(day)]


@pytest.mark.parametrize("number", range(2004, 2027))
def test_china_year_closes_what_the_other_library_closes_and_weekends_beside_it(number: int) -> None:
    other = pytest.importorskip("chinese_calendar.constants")
    closed = set(china_year(number).closed)
    theirs = {day for day in other.holidays if day.year == number}

    assert theirs <= closed
    assert {day.weekday() for day in closed - theirs} <= {SATURDAY, SATURDAY + 1}


@pytest.mark.parametrize("number", [2000, 2100, -1])
def test_china_year_is_refused_outside_what_the_library_was_checked_for(number: int) -> None:
    with pytest.raises(CalendarError, match=f"year: {number} is not between 2001 and 2099"):
        china_year(number)


def test_calendar_of_china_works_on_a_make_up_saturday() -> None:
    spans = [["09:00", "11:30"], ["12:30", "18:30"]]
    year = china_year(2025)
    calendar = WorkCalendar(
        timezone="Asia/Shanghai",
        hours=dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), spans),
        closed=year.closed,
        extra=year.extra_dates(spans),
    )

    deadline = calendar.add(utc("2025-09-30T18:00+08:00"), 30 + 510 + 510 + 60)

    assert deadline == utc("2025-10-11T10:00+08:00")


def test_importing_the_engine_loads_neither_holidays_nor_the_cloud() -> None:
    code = "import sys, tingjian.sla, tingjian.sla.china; print(*(name.split('.')[0] for name in sys.modules))"

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert {"holidays", "boto3", "botocore", "aws_lambda_powertools", "pydantic"} & set(loaded.stdout.split()) == set()
