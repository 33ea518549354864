"""The write loop: the overtaken decides again, a repeat gets its receipt, the last attempt names who was first."""

import pytest

from tests.builders import AGENT, NOW, key
from tingjian.platform.chains import ChainEnd
from tingjian.platform.changes import ATTEMPTS, OvertakenError, load_and_write
from tingjian.platform.errors import DoneBeforeError, StaleError, invalid
from tingjian.platform.events import event_done_before, event_write, key_use
from tingjian.platform.facts import Fact
from tingjian.platform.store import Store


class ThingAdded(Fact):
    """A thing is there."""

    by: str


class ThingChanged(Fact):
    """A thing is another."""

    changed: tuple[str, ...]


def test_what_is_overtaken_is_loaded_and_decided_again(store: Store) -> None:
    seen = iter(["old", "newer", "newest"])

    def write(loaded: str) -> str:
        if loaded != "newest":
            raise OvertakenError("thing#1", 1)
        return loaded

    assert load_and_write(store, lambda: next(seen), write) == "newest"


def test_last_attempt_names_who_was_first(store: Store) -> None:
    event = ChainEnd("thing#1", 1, "x").next_event(ThingChanged, now=NOW, actor=AGENT.actor, data={"changed": ["a"]})
    store.transact([event_write(event)])
    tries: list[int] = []

    def write(version: int) -> None:
        tries.append(version)
        raise OvertakenError("thing#1", version)

    with pytest.raises(StaleError) as caught:
        load_and_write(store, lambda: 1, write)

    assert len(tries) == ATTEMPTS
    assert caught.value.parameters["by"] == "staff#chen"
    assert [conflict["fields"] for conflict in caught.value.members["conflicts"]] == [["a"]]


def test_overtaken_by_a_concurrent_request_with_the_same_key_gets_its_receipt(store: Store) -> None:
    def load() -> str:
        store.get_many([], repeat=key())
        return "fresh"

    def write(_: str) -> str:
        event = ChainEnd("thing#1").next_event(
            ThingAdded, now=NOW, actor=AGENT.actor, data={"by": "first"}, idempotency=key()
        )
        store.transact([event_write(event)], idempotency=key_use(key(), event))
        raise OvertakenError("thing#1", 0)

    receipt = load_and_write(store, load, write, receipt=lambda done: str(event_done_before(store, done).data["by"]))

    assert receipt == "first"
    with pytest.raises(DoneBeforeError):
        load_and_write(store, load, write)


@pytest.mark.parametrize(("again_on", "tries"), [(KeyError, 5), ((), 1)])
def test_further_errors_are_tried_again_where_that_helps(
    store: Store, again_on: type[Exception] | tuple[()], tries: int
) -> None:
    made: list[int] = []

    def write(_: int) -> None:
        made.append(1)
        raise KeyError

    with pytest.raises(KeyError):
        load_and_write(store, lambda: 1, write, again_on=again_on, attempts=5)

    assert len(made) == tries


def test_refusal_is_raised_at_once(store: Store) -> None:
    made: list[int] = []

    def write(_: int) -> None:
        made.append(1)
        raise invalid("team", "unknown", value="x")

    with pytest.raises(Exception, match="invalid_input"):
        load_and_write(store, lambda: 1, write)

    assert made == [1]
