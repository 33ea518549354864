"""Shards of timers: spread, stable, and one for all that belongs together."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from tingjian.platform.ids import number_from
from tingjian.platform.timers import SHARDS, UnknownTimerError, function_of, shard_of, timer_fields

DUE_AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def test_shards_are_eight_and_the_first_is_the_one_from_before() -> None:
    assert SHARDS == ("desk", "desk-1", "desk-2", "desk-3", "desk-4", "desk-5", "desk-6", "desk-7")


@pytest.mark.parametrize(
    ("pk", "shard"), [("ticket#482739510664", "desk-3"), ("delivery#a1", "desk-6"), ("replan#x", "desk")]
)
def test_shard_of_a_partition_stays(pk: str, shard: str) -> None:
    assert timer_fields(pk, DUE_AT) == {"due_shard": shard, "due_at": "2026-03-02T01:00:00.000Z"}


def test_tickets_are_spread_over_all_shards() -> None:
    spread = Counter(shard_of(f"ticket#{number_from(str(n))}") for n in range(8000))

    assert set(spread) == set(SHARDS)
    assert max(spread.values()) < 1.2 * min(spread.values())


def test_timer_of_an_unknown_kind_is_named() -> None:
    with pytest.raises(UnknownTimerError, match="riddle"):
        function_of({}, "riddle#1")
