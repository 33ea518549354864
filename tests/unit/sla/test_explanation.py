"""The explanation names each span and why it counts or does not."""

from datetime import date, timedelta

import pytest

from tests.unit.sla.stepper import utc
from tingjian.sla import Explanation, QuestionError, SpanReason, WorkCalendar

WEEK = {name: [["09:00", "11:30"], ["12:30", "18:30"]] for name in ("mon", "tue", "wed", "thu", "fri")}
SHANGHAI = WorkCalendar("Asia/Shanghai", WEEK, closed=["2025-10-01"], extra={"2025-09-28": [["09:00", "12:00"]]})


def lines(told: Explanation) -> list[tuple[str, str, str, bool]]:
    """Date, reason, length and whether it counted, a line a span."""
    return [(span.day.isoformat(), span.reason.value, str(span.duration), span.counted) for span in told.spans]


def test_explanation_lists_hours_days_off_and_make_up_days() -> None:
    told = SHANGHAI.explain(utc("2025-09-26T17:30+08:00"), 60 + 180 + 30)

    assert lines(told) == [
        ("2025-09-26", "weekly_hours", "1:00:00", True),
        ("2025-09-26", "outside_hours", "5:30:00", False),
        ("2025-09-27", "day_off", "1 day, 0:00:00", False),
        ("2025-09-28", "outside_hours", "9:00:00", False),
        ("2025-09-28", "extra_hours", "3:00:00", True),
        ("2025-09-28", "outside_hours", "12:00:00", False),
        ("2025-09-29", "outside_hours", "9:00:00", False),
        ("2025-09-29", "weekly_hours", "0:30:00", True),
    ]
    assert told.end_at == utc("2025-09-29T09:30+08:00")
    assert told.counted == timedelta(minutes=270)


def test_explanation_shows_closed_dates_and_pauses() -> None:
    pause = utc("2025-09-30T18:00+08:00"), utc("2025-10-02T10:00+08:00")

    told = SHANGHAI.explain(utc("2025-09-30T17:45+08:00"), 30, [pause])

    assert lines(told) == [
        ("2025-09-30", "weekly_hours", "0:15:00", True),
        ("2025-09-30", "paused", "0:30:00", False),
        ("2025-09-30", "outside_hours", "5:30:00", False),
        ("2025-10-01", "closed_date", "1 day, 0:00:00", False),
        ("2025-10-02", "outside_hours", "9:00:00", False),
        ("2025-10-02", "paused", "1:00:00", False),
        ("2025-10-02", "weekly_hours", "0:15:00", True),
    ]


def test_explanation_gives_an_open_night_to_the_date_on_which_it_began() -> None:
    nights = WorkCalendar("Europe/Rome", {"sat": [["22:00", "06:00"]]})

    told = nights.explain(utc("2025-10-25T23:00+02:00"), end=utc("2025-10-26T07:00+01:00"))

    assert [(span.day, span.reason, span.duration) for span in told.spans] == [
        (date(2025, 10, 25), SpanReason.WEEKLY_HOURS, timedelta(hours=8)),
        (date(2025, 10, 26), SpanReason.DAY_OFF, timedelta(hours=1)),
    ]


def test_explanation_of_zero_minutes_leads_to_the_next_opening() -> None:
    told = SHANGHAI.explain(utc("2025-09-29T12:00+08:00"), 0)

    assert lines(told) == [("2025-09-29", "outside_hours", "0:30:00", False)]


def test_explanation_is_empty_when_the_end_comes_first() -> None:
    told = SHANGHAI.explain(utc("2025-09-29T12:00+08:00"), end=utc("2025-09-28T12:00+08:00"))

    assert (told.spans, told.counted) == ((), timedelta())


def test_explanation_wants_either_minutes_or_an_end() -> None:
    start = utc("2025-09-29T12:00+08:00")

    with pytest.raises(QuestionError, match="either minutes or end"):
        SHANGHAI.explain(start)
    with pytest.raises(QuestionError, match="either minutes or end"):
        SHANGHAI.explain(start, 60, end=start)
