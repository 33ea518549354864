"""The chain of events, as it is written and as it is read back."""

from datetime import UTC, datetime

import pytest

from tingjian.platform.events import SYSTEM, Event, event_from_item, event_item, is_unbroken
from tingjian.platform.store import from_wire, to_wire

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def chain(length: int = 3, seconds: float = 600.0) -> list[Event]:
    events: list[Event] = []
    for version in range(1, length + 1):
        event = Event(
            entity="ticket#1",
            version=version,
            name="TicketAnswered",
            at=NOW,
            recorded_at=NOW,
            actor=SYSTEM,
            data={"seconds": seconds, "due": {"resolution": NOW}, "kept": {"resolution": True}, "assignee": None},
        )
        events.append(event.with_previous(events[-1].hash if events else ""))
    return events


@pytest.mark.parametrize("seconds", [600.0, 600.5, 0.0, 1e22, 86_399.999])
def test_chain_holds_when_it_is_read_back_from_the_store(seconds: float) -> None:
    stored = [to_wire(event_item(event)) for event in chain(seconds=seconds)]

    read = [event_from_item(from_wire(wire)) for wire in stored]

    assert is_unbroken(read)


def test_store_keeps_whole_numbers_whole() -> None:
    wire = to_wire(event_item(chain(1, 600.0)[0]))

    assert wire["data"]["M"]["seconds"] == {"N": "600"}


@pytest.mark.parametrize(
    "changed", [{"name": "TicketClosed"}, {"data": {"seconds": 1}}, {"previous": "x"}, {"version": 9}]
)
def test_chain_breaks_when_an_event_is_changed(changed: dict[str, object]) -> None:
    events = chain()

    events[1] = events[1].model_copy(update=changed)

    assert not is_unbroken(events)


def test_chain_breaks_when_an_event_is_missing() -> None:
    events = chain()

    assert not is_unbroken([events[0], events[2]])
