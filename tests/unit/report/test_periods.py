from datetime import UTC, date, datetime, timedelta

import pytest

from tingjian.platform.errors import InvalidInputError
from tingjian.report.reports import periods
from tingjian.report.reports.periods import PeriodKind


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "zone", "begins"),
    [
        (date(2026, 3, 2), "Asia/Shanghai", "2026-03-01T16:00"),
        (date(2012, 3, 25), "Europe/Rome", "2012-03-24T23:00"),
        (date(2018, 11, 4), "America/Sao_Paulo", "2018-11-04T03:00"),
        (date(2026, 11, 1), "America/Havana", "2026-11-01T04:00"),
        (date(2011, 12, 30), "Pacific/Apia", "2011-12-30T10:00"),
    ],
    ids=["plain", "clocks go forward at two", "midnight is skipped", "midnight comes twice", "the day is skipped"],
)
def test_a_day_begins_with_its_first_instant(day: date, zone: str, begins: str) -> None:
    assert periods.midnight(day, zone) == utc(begins)


@pytest.mark.parametrize(
    ("start", "end", "before"),
    [
        (date(2026, 3, 1), date(2026, 4, 1), "2026-02-01"),
        (date(2026, 1, 1), date(2026, 2, 1), "2025-12-01"),
        (date(2026, 1, 1), date(2026, 4, 1), "2025-10-01"),
        (date(2026, 3, 2), date(2026, 3, 9), "2026-02-23"),
        (date(2026, 3, 2), date(2026, 3, 3), "2026-03-01"),
    ],
)
def test_the_period_before_is_of_the_same_kind(start: date, end: date, before: str) -> None:
    assert periods.previous_start(start, end, "UTC") == utc(before)


def test_the_period_before_instants_is_as_long() -> None:
    start, end = utc("2026-03-02T10:00"), utc("2026-03-02T11:30")

    assert periods.previous_start(start, end, "UTC") == utc("2026-03-02T08:30")


def test_days_cover_the_period_without_a_gap() -> None:
    start, end = utc("2026-03-28T09:00"), utc("2026-03-30T01:00")

    days = periods.period_days(start, end, "Europe/Rome")

    assert [day for day, _, _ in days] == ["2026-03-28", "2026-03-29", "2026-03-30"]
    assert (days[0][1], days[-1][2]) == (start, end)
    assert days[1][2] - days[1][1] == timedelta(hours=23)
    assert [day[1] for day in days[1:]] == [day[2] for day in days[:-1]]


def test_a_day_that_was_skipped_is_no_day() -> None:
    zone = "Pacific/Apia"
    start, end = periods.midnight(date(2011, 12, 29), zone), periods.midnight(date(2012, 1, 1), zone)

    assert [day for day, _, _ in periods.period_days(start, end, zone)] == ["2011-12-29", "2011-12-31"]


@pytest.mark.parametrize(
    ("kind", "day", "first", "following"),
    [
        ("day", date(2026, 3, 1), date(2026, 3, 1), date(2026, 3, 2)),
        ("week", date(2026, 3, 1), date(2026, 2, 23), date(2026, 3, 2)),
        ("week", date(2026, 3, 2), date(2026, 3, 2), date(2026, 3, 9)),
        ("month", date(2026, 12, 31), date(2026, 12, 1), date(2027, 1, 1)),
    ],
)
def test_recurring_periods_follow_each_other(kind: PeriodKind, day: date, first: date, following: date) -> None:
    assert periods.first_day(kind, day) == first
    assert periods.next_first_day(kind, first) == following


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13-01", "20260301", "2026-03-01T25:00:00Z", "0001-01-01", "9999-12-31"]
)
def test_what_is_no_bound_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        periods.read_bound(text, "from")


def test_today_may_be_in_a_report_and_tomorrow_may_not() -> None:
    now = utc("2026-03-02T17:00")

    assert periods.check_period(date(2026, 3, 1), date(2026, 3, 4), "Asia/Shanghai", now=now)[1] == utc(
        "2026-03-03T16:00"
    )
    with pytest.raises(InvalidInputError):
        periods.check_period(date(2026, 3, 1), date(2026, 3, 4), "UTC", now=now)
