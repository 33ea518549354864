"""What the sweep and its door cost: calls and request units by AWS's rules."""

from collections.abc import Callable
from pathlib import Path

import pytest

from functions.escalation import schedule
from tests.builders import DESK, JOURNAL, NOW
from tests.functions.escalation.scene import BREACHED_AT, WARNED_AT, open_one, sweep
from tests.meter import Meter, meter, tables_from_template
from tingjian.platform import resources
from tingjian.platform.store import Store

TEMPLATE = Path(__file__).parents[3] / "template.yaml"


class Context:
    """A function's context with so much time left."""

    def __init__(self, milliseconds: int) -> None:
        self._left = milliseconds

    def get_remaining_time_in_millis(self) -> int:
        return self._left


def cost(store: Store, work: Callable[[], object]) -> tuple[int, float, float]:
    """Calls, write units and read units."""
    tables = tables_from_template(TEMPLATE, {"DeskTable": DESK, "JournalTable": JOURNAL})
    measure: Meter
    with meter(store.client, tables) as measure:
        work()
    return measure.calls, measure.write_units, measure.read_units


def warmed(store: Store) -> Store:
    """With the small collections in memory."""
    for name in ("staff", "teams", "ladders", "policies", "webhooks", "calendars"):
        store.collection(name)
    return store


@pytest.mark.parametrize("others", [0, 7])
def test_idle_sweep_is_a_query_of_half_a_unit_a_shard_whatever_is_open(centre: Store, others: int) -> None:
    for _ in range(others):
        open_one(centre)

    assert cost(centre, lambda: sweep(centre, NOW)) == (8, 0, 4)


def test_timer_costs_a_ticket_an_event_an_alert_and_a_notice(centre: Store) -> None:
    open_one(centre)
    warmed(centre)

    warning = cost(centre, lambda: sweep(centre, WARNED_AT))
    breach = cost(centre, lambda: sweep(centre, BREACHED_AT))

    assert [warning, breach] == [(10, 12, 5)] * 2


def test_several_timers_share_their_calls(centre: Store) -> None:
    for _ in range(10):
        open_one(centre)
    warmed(centre)

    assert cost(centre, lambda: sweep(centre, WARNED_AT)) == (10, 120, 14)


@pytest.mark.parametrize(
    ("left_ms", "answer"),
    [
        (55_000, {"due": 1, "fired": 1, "finished": True}),
        (schedule.SPARE_MS, {"due": 0, "fired": 0, "finished": False}),
    ],
)
def test_door_sweeps_for_as_long_as_it_has_time(
    centre: Store, monkeypatch: pytest.MonkeyPatch, left_ms: int, answer: dict[str, object]
) -> None:
    monkeypatch.setenv("DESK_TABLE", DESK)
    monkeypatch.setenv("JOURNAL_TABLE", JOURNAL)
    monkeypatch.setattr(resources, "store", lambda: centre)
    open_one(centre)

    assert schedule.handler({}, Context(left_ms)) == answer
