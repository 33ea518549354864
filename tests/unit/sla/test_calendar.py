"""Deadlines and open time: the cases of other projects, our own table, and every bad input."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.unit.sla.stepper import WEEKDAYS, Spans, utc
from tingjian.sla import CalendarError, OpenTimeExhaustedError, QuestionError, WorkCalendar

PUBLIC_CASES = Path(__file__).parents[4] / "shared" / "data" / "sla_cases_sample.json"

WORKDAYS = ("mon", "tue", "wed", "thu", "fri")


def each(days: tuple[str, ...], *spans: list[str]) -> dict[str, Spans]:
    return {name: list(spans) for name in days}


NINE_TO_FIVE = each(WORKDAYS, ["09:00", "17:00"])
SPLIT = each(WORKDAYS, ["09:00", "11:30"], ["12:30", "18:30"])
NIGHTS = each(WORKDAYS, ["22:00", "06:00"])
SUNDAY_NIGHT = each(("sat", "sun"), ["22:00", "06:00"])
ALL_DAY = each(WEEKDAYS, ["00:00", "24:00"])
EARLY = each(WEEKDAYS, ["02:30", "05:00"])


def calendar(hours: dict[str, Any] | None = None, zone: str = "UTC", **dates: Any) -> WorkCalendar:
    return WorkCalendar(timezone=zone, hours=NINE_TO_FIVE if hours is None else hours, **dates)


def pairs(pauses: list[list[str]]) -> list[tuple[datetime, datetime]]:
    return [(utc(first), utc(last)) for first, last in pauses]


def public_cases() -> list[Any]:
    cases = json.loads(PUBLIC_CASES.read_text()) if PUBLIC_CASES.exists() else []
    written = [(case, form) for case in cases for form in ("hours", "overnight_hours") if form in case]
    skip = pytest.mark.skip(reason="the public cases are not on this machine")
    found = [pytest.param(case, form, id=f"{case['id']}-{form}") for case, form in written]
    return found or [pytest.param({}, "", marks=skip)]


@pytest.mark.parametrize(("case", "form"), public_cases())
def test_engine_agrees_with_a_case_of_a_public_project(case: dict[str, Any], form: str) -> None:
    made = WorkCalendar(
        timezone=case["timezone"], hours=case[form], closed=case["holidays"], extra=case["extra_workdays"]
    )
    start, pauses = utc(case["start"]), pairs(case["pauses"])

    if case["kind"] == "deadline":
        assert made.add(start, case["minutes"], pauses) == utc(case["expected"])
    else:
        expected = case.get("expected_seconds", case["expected"] * 60)
        assert made.between(start, utc(case["end"]), pauses) == timedelta(seconds=expected)


# What it shows, calendar, start, minutes, pauses, deadline.
DEADLINES: list[tuple[str, WorkCalendar, str, float, list[list[str]], str]] = [
    ("inside a day", calendar(), "2025-06-02T10:00+00:00", 60, [], "2025-06-02T11:00+00:00"),
    ("before opening", calendar(), "2025-06-02T07:00+00:00", 60, [], "2025-06-02T10:00+00:00"),
    ("used up at closing", calendar(), "2025-06-02T16:00+00:00", 60, [], "2025-06-02T17:00+00:00"),
    ("from closing on", calendar(), "2025-06-02T17:00+00:00", 1, [], "2025-06-03T09:01+00:00"),
    ("over a weekend", calendar(), "2025-06-06T16:30+00:00", 60, [], "2025-06-09T09:30+00:00"),
    ("over lunch", calendar(SPLIT), "2025-06-02T11:00+00:00", 60, [], "2025-06-02T13:00+00:00"),
    ("used up at lunch", calendar(SPLIT), "2025-06-02T11:00+00:00", 30, [], "2025-06-02T11:30+00:00"),
    ("zero, open", calendar(), "2025-06-02T10:00:07+00:00", 0, [], "2025-06-02T10:00:07+00:00"),
    ("zero, at closing", calendar(), "2025-06-02T17:00+00:00", 0, [], "2025-06-03T09:00+00:00"),
    ("zero, at lunch", calendar(SPLIT), "2025-06-02T12:00+00:00", 0, [], "2025-06-02T12:30+00:00"),
    ("zero, in a pause", calendar(), "2025-06-02T16:00+00:00", 0,
     [["2025-06-02T15:00+00:00", "2025-06-03T10:00+00:00"]], "2025-06-03T10:00+00:00"),
    ("seconds", calendar(), "2025-06-02T16:59:30+00:00", 1, [], "2025-06-03T09:00:30+00:00"),
    ("a fraction of a minute", calendar(), "2025-06-02T10:00+00:00", 0.75, [], "2025-06-02T10:00:45+00:00"),
    ("a closed date", calendar(closed=["2025-06-03"]), "2025-06-02T16:30+00:00", 60, [], "2025-06-04T09:30+00:00"),
    ("used up at closing before a closed date", calendar(closed=["2025-06-03"]),
     "2025-06-02T16:00+00:00", 60, [], "2025-06-02T17:00+00:00"),
    ("used up at closing before an extra date", calendar(extra={"2025-06-07": [["09:00", "17:00"]]}),
     "2025-06-06T16:00+00:00", 60, [], "2025-06-06T17:00+00:00"),
    ("used up at closing of an extra date", calendar(extra={"2025-06-07": [["09:00", "10:00"]]}),
     "2025-06-06T16:00+00:00", 120, [], "2025-06-07T10:00+00:00"),
    ("25 closed dates in a row", calendar(closed=[date(2025, 6, 3) + timedelta(days=n) for n in range(25)]),
     "2025-06-02T16:30+00:00", 60, [], "2025-06-30T09:30+00:00"),
    ("a make-up Saturday", calendar(extra={"2025-06-07": [["09:00", "17:00"]]}),
     "2025-06-06T16:30+00:00", 60, [], "2025-06-07T09:30+00:00"),
    ("a short day", calendar(extra={date(2025, 6, 3): [["09:00", "10:00"]]}),
     "2025-06-02T16:30+00:00", 120, [], "2025-06-04T09:30+00:00"),
    ("extra beats closed", calendar(closed=["2025-06-03"], extra={"2025-06-03": [["12:00", "13:00"]]}),
     "2025-06-02T16:30+00:00", 60, [], "2025-06-03T12:30+00:00"),
    ("an extra date without spans", calendar(extra={"2025-06-03": []}),
     "2025-06-02T16:30+00:00", 60, [], "2025-06-04T09:30+00:00"),
    ("only extra dates", calendar({}, extra={"2025-06-07": [["09:00", "10:00"]], "2026-06-07": [["09:00", "10:00"]]}),
     "2025-06-07T09:30+00:00", 60, [], "2026-06-07T09:30+00:00"),
    ("over midnight", calendar(NIGHTS), "2025-06-02T23:00+00:00", 120, [], "2025-06-03T01:00+00:00"),
    ("night into Saturday", calendar(NIGHTS), "2025-06-06T23:00+00:00", 480, [], "2025-06-09T23:00+00:00"),
    ("night into the next week", calendar(SUNDAY_NIGHT), "2025-06-08T23:00+00:00", 421, [], "2025-06-14T22:01+00:00"),
    ("the night before a closed date ends as always", calendar(NIGHTS, closed=["2025-06-03"]),
     "2025-06-02T22:00+00:00", 480, [], "2025-06-03T06:00+00:00"),
    ("the night of a closed date is closed", calendar(NIGHTS, closed=["2025-06-03"]),
     "2025-06-03T05:00+00:00", 61, [], "2025-06-04T22:01+00:00"),
    ("an extra night", calendar(extra={"2025-06-07": [["20:00", "02:00"]]}),
     "2025-06-07T23:00+00:00", 180, [], "2025-06-08T02:00+00:00"),
    ("an extra date that overlaps the night before", calendar(NIGHTS, extra={"2025-06-03": [["04:00", "08:00"]]}),
     "2025-06-03T03:00+00:00", 240, [], "2025-06-03T07:00+00:00"),
    ("until 24:00", calendar({"mon": [["22:00", "24:00"]], "tue": [["00:00", "01:00"]]}),
     "2025-06-02T23:30+00:00", 60, [], "2025-06-03T00:30+00:00"),
    ("to midnight written 00:00", calendar({"mon": [["22:00", "00:00"]]}),
     "2025-06-02T23:30+00:00", 30, [], "2025-06-03T00:00+00:00"),
    ("another zone", calendar(zone="Asia/Shanghai"), "2025-06-02T08:30+00:00", 60, [], "2025-06-03T09:30+08:00"),
    ("a pause", calendar(), "2025-06-02T10:00+00:00", 60,
     [["2025-06-02T10:30+00:00", "2025-06-02T12:00+00:00"]], "2025-06-02T12:30+00:00"),
    ("a pause outside hours", calendar(), "2025-06-02T16:30+00:00", 60,
     [["2025-06-02T17:00+00:00", "2025-06-03T09:00+00:00"]], "2025-06-03T09:30+00:00"),
    ("overlapping pauses, not in order", calendar(), "2025-06-02T10:00+00:00", 60,
     [["2025-06-02T11:00+00:00", "2025-06-02T12:00+00:00"], ["2025-06-02T10:30+00:00", "2025-06-02T11:30+00:00"]],
     "2025-06-02T12:30+00:00"),
    ("used up where a pause begins", calendar(), "2025-06-02T10:00+00:00", 60,
     [["2025-06-02T11:00+00:00", "2025-06-02T12:00+00:00"]], "2025-06-02T11:00+00:00"),
    ("a pause inside another", calendar(), "2025-06-02T10:00+00:00", 60,
     [["2025-06-02T10:30+00:00", "2025-06-02T13:00+00:00"], ["2025-06-02T11:00+00:00", "2025-06-02T11:30+00:00"]],
     "2025-06-02T13:30+00:00"),
    ("a pause before the start", calendar(), "2025-06-02T10:00+00:00", 60,
     [["2025-06-01T00:00+00:00", "2025-06-02T10:15+00:00"]], "2025-06-02T11:15+00:00"),
    ("a pause over the end of the week", calendar(), "2025-06-06T16:00+00:00", 120,
     [["2025-06-06T16:30+00:00", "2025-06-09T10:00+00:00"]], "2025-06-09T11:30+00:00"),
    ("opening in the hour that is skipped", calendar(EARLY, "Europe/Rome"),
     "2025-03-30T00:00+01:00", 60, [], "2025-03-30T04:00+02:00"),
    ("a night that loses an hour", calendar({"sat": [["22:00", "06:00"]]}, "Europe/Rome"),
     "2025-03-29T22:00+01:00", 420, [], "2025-03-30T06:00+02:00"),
    ("a night that gains an hour", calendar({"sat": [["22:00", "06:00"]]}, "Europe/Rome"),
     "2025-10-25T22:00+02:00", 540, [], "2025-10-26T06:00+01:00"),
    ("opening in the hour that comes twice", calendar(EARLY, "Europe/Rome"),
     "2025-10-26T00:00+02:00", 60, [], "2025-10-26T02:30+01:00"),
    ("start in the second showing of an hour", calendar(ALL_DAY, "Europe/Rome"),
     "2025-10-26T02:30+01:00", 30, [], "2025-10-26T03:00+01:00"),
    ("closing in the hour that is skipped", calendar({"sun": [["01:00", "02:30"]]}, "Europe/Rome"),
     "2025-03-30T01:00+01:00", 60, [], "2025-03-30T03:00+02:00"),
    ("closing in the hour that comes twice", calendar({"sun": [["01:00", "02:30"]]}, "Europe/Rome"),
     "2025-10-26T01:00+02:00", 90, [], "2025-10-26T02:30+02:00"),
    ("closing when the clock has been set back", calendar({"sun": [["01:00", "03:00"]]}, "Europe/Rome"),
     "2025-10-26T01:00+02:00", 180, [], "2025-10-26T03:00+01:00"),
    ("opening when the clock has been set back", calendar({"sun": [["03:00", "05:00"]]}, "Europe/Rome"),
     "2025-10-26T01:00+02:00", 60, [], "2025-10-26T04:00+01:00"),
    ("half an hour in the other direction", calendar({"sun": [["00:00", "12:00"]]}, "Australia/Lord_Howe"),
     "2025-04-06T00:00+11:00", 750, [], "2025-04-06T12:00+10:30"),
    ("day and night, clock forward", calendar(ALL_DAY, "America/New_York"),
     "2025-03-08T12:00-05:00", 1440, [], "2025-03-09T13:00-04:00"),
    ("day and night, clock back at midnight", calendar(ALL_DAY, "America/Santiago"),
     "2025-04-05T12:00-03:00", 1440, [], "2025-04-06T11:00-04:00"),
    ("a date that a zone left out", calendar(ALL_DAY, "Pacific/Apia"),
     "2011-12-29T23:00-10:00", 120, [], "2011-12-31T01:00+14:00"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("made", "start", "minutes", "pauses", "deadline"), [pytest.param(*row[1:], id=row[0]) for row in DEADLINES]
)
def test_add_finds_the_deadline(
    made: WorkCalendar, start: str, minutes: float, pauses: list[list[str]], deadline: str
) -> None:
    found = made.add(utc(start), minutes, pairs(pauses))

    assert found == utc(deadline)
    assert found.tzinfo is UTC
    assert made.between(utc(start), found, pairs(pauses)) == timedelta(minutes=minutes)


def test_between_is_zero_when_the_end_comes_first() -> None:
    made = calendar()

    assert made.between(utc("2025-06-03T12:00+00:00"), utc("2025-06-02T12:00+00:00")) == timedelta()


def test_between_counts_the_part_of_a_second() -> None:
    start = datetime(2025, 6, 2, 10, 0, 0, 250_000, tzinfo=UTC)

    assert calendar().between(start, start + timedelta(microseconds=5)) == timedelta(microseconds=5)


def test_between_is_the_same_after_the_table_has_grown_both_ways() -> None:
    made, fresh = calendar(zone="Europe/Rome"), calendar(zone="Europe/Rome")
    asked = utc("2025-01-01T00:00+00:00"), utc("2026-01-01T00:00+00:00")
    first = made.between(*asked)

    made.add(utc("2040-01-01T00:00+00:00"), 60)
    made.add(utc("1990-01-01T00:00+00:00"), 60)

    assert made.between(*asked) == first == fresh.between(*asked)


def test_add_is_right_twenty_years_on() -> None:
    made = calendar(zone="Europe/Rome")
    days = [date(2025, 1, 6) + timedelta(days=n) for n in range(20 * 364)]
    workdays = sum(day.weekday() < 5 for day in days)

    deadline = made.add(utc("2025-01-06T09:00+01:00"), workdays * 480)

    assert deadline == utc(f"{days[-1] - timedelta(days=2)}T17:00+01:00")


@pytest.mark.parametrize("minutes", [90, 90.0, Decimal(90), Decimal("90.000001")])
def test_minutes_may_be_of_any_kind_and_are_rounded_to_the_second(minutes: float | Decimal) -> None:
    assert calendar().add(utc("2025-06-02T10:00+00:00"), minutes) == utc("2025-06-02T11:30+00:00")


def test_calendar_comes_back_from_its_data() -> None:
    made = calendar(NIGHTS, "Europe/Rome", closed=["2025-06-03"], extra={"2025-06-07": [["20:00:30", "24:00"]]})

    again = WorkCalendar(**json.loads(json.dumps(made.as_data())))

    assert again == made
    assert hash(again) == hash(made)
    assert again != calendar(NIGHTS, "Europe/Rome")


def test_calendar_that_is_always_open_counts_every_minute() -> None:
    start = utc("2025-03-30T00:00+01:00")

    assert WorkCalendar.always("Europe/Rome").add(start, 48 * 60) == start + timedelta(hours=48)


BAD_CALENDARS = [
    ({"timezone": "Mars/Olympus"}, "timezone", "unknown_zone"),
    ({"timezone": "../etc/passwd"}, "timezone", "unknown_zone"),
    ({"timezone": ""}, "timezone", "unknown_zone"),
    ({"timezone": None}, "timezone", "unknown_zone"),
    ({"hours": {}}, "hours", "never_open"),
    ({"hours": {"mon": []}, "closed": ["2025-06-03"]}, "hours", "never_open"),
    ({"hours": [["09:00", "17:00"]]}, "hours", "not_a_mapping"),
    ({"hours": {"monday": [["09:00", "17:00"]]}}, "hours.monday", "unknown_weekday"),
    ({"hours": {"mon": "09:00-17:00"}}, "hours.mon", "not_spans"),
    ({"hours": {"mon": ["09:00", "17:00"]}}, "hours.mon[0]", "not_a_span"),
    ({"hours": {"mon": [["09:00"]]}}, "hours.mon[0]", "not_a_span"),
    ({"hours": {"mon": [["09:00", "17:00"], ["18:00", "25:00"]]}}, "hours.mon[1]", "not_a_time"),
    ({"hours": {"mon": [["9:00", "17:00"]]}}, "hours.mon[0]", "not_a_time"),
    ({"hours": {"mon": [["09:00", "24:01"]]}}, "hours.mon[0]", "not_a_time"),
    ({"hours": {"mon": [[9, 17]]}}, "hours.mon[0]", "not_a_time"),
    ({"hours": {"mon": [["24:00", "06:00"]]}}, "hours.mon[0]", "opens_at_24"),
    ({"hours": {"mon": [["09:00", "09:00"]]}}, "hours.mon[0]", "empty_span"),
    ({"hours": {"mon": [["09:00", "12:00"], ["11:00", "13:00"]]}}, "hours.mon", "overlap"),
    ({"hours": {"mon": [["22:00", "06:00"]], "tue": [["05:00", "09:00"]]}}, "hours.tue", "overlap"),
    ({"hours": {"sun": [["22:00", "06:00"]], "mon": [["05:00", "09:00"]]}}, "hours.mon", "overlap"),
    ({"closed": ["2025-02-30"]}, "closed[0]", "not_a_date"),
    ({"closed": [date(2025, 6, 3), 20250604]}, "closed[1]", "not_a_date"),
    ({"closed": [datetime(2025, 6, 3, tzinfo=UTC)]}, "closed[0]", "not_a_date"),
    ({"closed": [date.max]}, "closed[0]", "out_of_range"),
    ({"extra": ["2025-06-07"]}, "extra", "not_a_mapping"),
    ({"extra": {"7 June": []}}, "extra.7 June", "not_a_date"),
    ({"extra": {"2025-06-07": [["09:00", "12:00"], ["11:00", "13:00"]]}}, "extra.2025-06-07", "overlap"),
    ({"extra": {"2025-06-07": [], date(2025, 6, 7): []}}, "extra.2025-06-07", "given_twice"),
    (
        {"extra": {"2025-06-07": [["22:00", "06:00"]], "2025-06-08": [["05:00", "09:00"]]}},
        "extra.2025-06-08",
        "overlap",
    ),
]


@pytest.mark.parametrize(("wrong", "field", "code"), BAD_CALENDARS)
def test_calendar_is_refused_with_field_and_reason(wrong: dict[str, Any], field: str, code: str) -> None:
    with pytest.raises(CalendarError) as refused:
        WorkCalendar(**({"timezone": "UTC", "hours": NINE_TO_FIVE} | wrong))

    assert (refused.value.field, refused.value.code) == (field, code)
    assert str(refused.value).startswith(f"{field}: ")
    assert isinstance(refused.value, ValueError)


NAIVE = datetime(2025, 6, 2, 10)  # noqa: DTZ001 - the point of the test
AWARE = NAIVE.replace(tzinfo=UTC)
LATER = AWARE + timedelta(hours=1)
BAD_QUESTIONS: list[tuple[Any, Any, Any, str, str]] = [
    (NAIVE, 60, [], "start", "naive"),
    ("2025-06-02T10:00Z", 60, [], "start", "not_an_instant"),
    (date(2025, 6, 2), 60, [], "start", "not_an_instant"),
    (AWARE, -1, [], "minutes", "negative"),
    (AWARE, float("nan"), [], "minutes", "not_a_number"),
    (AWARE, float("inf"), [], "minutes", "not_a_number"),
    (AWARE, Decimal("NaN"), [], "minutes", "not_a_number"),
    (AWARE, 10**400, [], "minutes", "not_a_number"),
    (AWARE, "60", [], "minutes", "not_a_number"),
    (AWARE, 60, [(AWARE, LATER), (AWARE, NAIVE)], "pauses[1][1]", "naive"),
    (AWARE, 60, [(LATER, AWARE)], "pauses[0]", "ends_before_start"),
    (AWARE, 60, [AWARE], "pauses[0]", "not_a_pair"),
]


@pytest.mark.parametrize(("start", "minutes", "pauses", "field", "code"), BAD_QUESTIONS)
def test_question_is_refused_with_field_and_reason(
    start: Any, minutes: Any, pauses: Any, field: str, code: str
) -> None:
    with pytest.raises(QuestionError) as refused:
        calendar().add(start, minutes, pauses)

    assert (refused.value.field, refused.value.code) == (field, code)


def test_between_refuses_a_naive_end() -> None:
    with pytest.raises(QuestionError, match=r"end: .* has no time zone"):
        calendar().between(AWARE, NAIVE)


@pytest.mark.parametrize(
    ("made", "minutes"),
    [
        (calendar({}, extra={"2025-06-02": [["09:00", "11:00"]]}), 61),
        (calendar({}, extra={"2024-06-02": [["09:00", "11:00"]]}), 0),
        (calendar(), 9_000 * 366 * 1440),
    ],
)
def test_add_says_so_when_open_time_runs_out(made: WorkCalendar, minutes: int) -> None:
    with pytest.raises(OpenTimeExhaustedError, match="too little open time follows 2025-06-02"):
        made.add(AWARE, minutes)
