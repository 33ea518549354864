"""Quiet hours."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tingjian.notifications.quiet import QuietHours

NIGHT = QuietHours(start="22:00", end="08:00", timezone="Asia/Shanghai")
NOON = QuietHours(start="12:00", end="13:30", timezone="Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("quiet", "now", "until"),
    [
        (NIGHT, "2026-03-02T21:59:59+08:00", None),
        (NIGHT, "2026-03-02T22:00:00+08:00", "2026-03-03T08:00:00+08:00"),
        (NIGHT, "2026-03-03T00:30:00+08:00", "2026-03-03T08:00:00+08:00"),
        (NIGHT, "2026-03-03T08:00:00+08:00", None),
        (NOON, "2026-03-02T12:00:00+08:00", "2026-03-02T13:30:00+08:00"),
        (NOON, "2026-03-02T13:30:00+08:00", None),
        (QuietHours(start="08:00", end="08:00"), "2026-03-02T08:00:00+08:00", None),
    ],
)
def test_quiet_lasts_until_its_end_in_the_persons_own_zone(quiet: QuietHours, now: str, until: str | None) -> None:
    found = quiet.until(at(now).astimezone(UTC))

    assert found == (at(until) if until else None)


def test_quiet_ends_by_the_wall_clock_when_the_clocks_are_put_back() -> None:
    rome = QuietHours(start="22:00", end="08:00", timezone="Europe/Rome")

    assert rome.until(at("2026-10-24T23:00:00+02:00")) == at("2026-10-25T08:00:00+01:00")


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - zone beside
def test_quiet_is_over_when_it_says_and_never_longer_than_a_day_and_an_hour(now: datetime) -> None:
    rome = QuietHours(start="22:00", end="08:00", timezone="Europe/Rome")

    until = rome.until(now)

    assert until is None or (now <= until <= now + timedelta(hours=25) and rome.until(until) is None)


@pytest.mark.parametrize(
    "wrong", [{"start": "24:00"}, {"start": "8:00"}, {"timezone": "Mars/Olympus"}, {"timezone": "../etc/passwd"}]
)
def test_hours_that_are_none_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        QuietHours.model_validate({"start": "22:00", "end": "08:00"} | wrong)
