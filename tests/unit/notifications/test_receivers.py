"""How a webhook's receiver does, and when it is to be tried again."""

from datetime import UTC, datetime, timedelta
from itertools import repeat

import pytest

from tingjian.notifications.webhooks.models import LONGEST_REST, OFTEN, REST, SURE, Health, Webhook, retry_time

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
WEBHOOK = Webhook(id="erp", version=1, name="erp", url="https://erp.example/", secret="whsec_", off_after_hours=24)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("120", NOW + timedelta(seconds=120)),
        ("Mon, 02 Mar 2026 01:10:00 GMT", NOW + timedelta(minutes=10)),
        ("99999999999999999999", NOW + LONGEST_REST),
        ("Mon, 02 Mar 2099 01:10:00 GMT", NOW + LONGEST_REST),
        ("0", None),
        ("-5", None),
        ("Mon, 02 Mar 2020 01:10:00 GMT", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_in_both_forms_and_never_trusted_beyond_a_day(
    header: str | None, expected: datetime | None
) -> None:
    assert retry_time(header, NOW) == expected


def failed(times: int, *, slow: bool = False, every: timedelta = timedelta(hours=3)) -> Health:
    health = Health()
    for n, _ in enumerate(repeat(None, times)):
        health = health.fail(NOW + n * every, retry_at=None, slow=slow)
    return health


def test_receiver_that_answers_slowly_rests_at_once_and_another_after_a_few_failures() -> None:
    assert failed(1).rests_until is None
    assert failed(1, slow=True).rests_until == NOW + REST
    assert failed(OFTEN, every=timedelta()).rests_until == NOW + REST


def test_receiver_is_given_up_after_the_set_time_and_never_for_a_few_bad_calls() -> None:
    many, few = failed(SURE), failed(SURE - 1, every=timedelta(hours=30))

    assert many.failing_since == NOW
    assert not many.is_hopeless(WEBHOOK, NOW + timedelta(hours=23))
    assert many.is_hopeless(WEBHOOK, NOW + timedelta(hours=24))
    assert not few.is_hopeless(WEBHOOK, NOW + timedelta(days=30))


def test_one_success_makes_a_receiver_sound_again() -> None:
    sound = failed(SURE).recover()

    assert (sound.failures, sound.failing_since, sound.rests_until, sound.version) == (0, None, None, SURE + 1)
