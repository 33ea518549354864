"""A delivery's states."""

from datetime import UTC, datetime, timedelta

import pytest

from tingjian.notifications.deliveries.models import LEASE, MESSAGE_PAUSES, WEBHOOK_PAUSES, Delivery, NotDeadError

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def made(template: str = "notice") -> Delivery:
    return Delivery(
        id="d", version=0, template=template, source_pk="staff#chen", source_sk="notice#1", state="queued", tries=0,
        made_at=NOW, changed_at=NOW,
    )  # fmt: skip


@pytest.mark.parametrize(("template", "pauses"), [("notice", MESSAGE_PAUSES), ("webhook", WEBHOOK_PAUSES)])
def test_failing_delivery_is_tried_once_more_than_there_are_pauses_and_then_dead(
    template: str, pauses: tuple[timedelta, ...]
) -> None:
    delivery, now, waited = made(template), NOW, []

    while delivery.state != "dead":
        delivery = delivery.claim(now).fail("refused", now)
        if delivery.due_at:
            waited.append(delivery.due_at - now)
            now = delivery.due_at
            delivery = delivery.take_up(now)

    assert tuple(waited) == pauses
    assert (delivery.tries, delivery.error, delivery.due_at) == (len(pauses) + 1, "refused", None)


def test_webhooks_are_tried_for_about_a_day() -> None:
    assert timedelta(hours=23) < sum(WEBHOOK_PAUSES, timedelta()) <= timedelta(hours=24)


def test_sender_that_never_came_back_is_found_by_the_end_of_its_lease() -> None:
    claimed = made().claim(NOW)

    again = claimed.take_up(NOW + LEASE)

    assert claimed.due_at == NOW + LEASE
    assert (again.state, again.tries, again.due_at) == ("queued", 1, NOW + 2 * LEASE)


def test_senders_that_never_come_back_end_in_a_dead_delivery() -> None:
    delivery = made()

    for _ in range(len(MESSAGE_PAUSES) + 1):
        delivery = delivery.take_up(NOW).claim(NOW) if delivery.version else delivery.claim(NOW)

    assert delivery.take_up(NOW).state == "dead"


def test_waiting_for_a_better_hour_is_no_failed_try() -> None:
    waiting = made().claim(NOW).postpone(NOW + timedelta(hours=9), NOW)

    assert (waiting.state, waiting.tries, waiting.due_at) == ("waiting", 0, NOW + timedelta(hours=9))


def test_only_the_dead_are_replayed() -> None:
    dead = made().claim(NOW).fail("no such address", NOW, final=True)

    again = dead.replay(NOW)

    assert (again.state, again.tries, again.replays) == ("queued", 0, 1)
    with pytest.raises(NotDeadError):
        again.replay(NOW)


def test_every_step_is_a_version_of_its_own() -> None:
    claimed = made().claim(NOW)

    assert [claimed.version, claimed.finish_way("email", NOW).version, claimed.succeed(NOW).version] == [1, 2, 2]
