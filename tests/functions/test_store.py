"""The store on moto: pages and their cursors, conditions, and what stands on the wire."""

import base64
import json
from typing import Any

import pytest

from tests.builders import NOW
from tingjian.platform.errors import DoneBeforeError, IdempotencyMismatchError, InvalidInputError
from tingjian.platform.idempotency import Idempotency, KeyUse
from tingjian.platform.items import Key
from tingjian.platform.store import ConditionFailedError, Store, Write, from_wire, to_wire


@pytest.fixture
def shelf(store: Store) -> Store:
    """Ten items of one partition, one of another."""
    store.transact([Write("desk", {"pk": "shelf", "sk": f"{n:02d}", "n": n}) for n in range(10)])
    store.transact([Write("desk", {"pk": "other", "sk": "00", "n": 0})])
    return store


def encoded(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


@pytest.mark.parametrize("limit", [1, 3, 10, 11])
@pytest.mark.parametrize("forward", [True, False])
def test_cursor_leads_through_every_item_once(shelf: Store, limit: int, *, forward: bool) -> None:
    seen: list[int] = []
    cursor = None

    while True:
        page = shelf.query("shelf", limit=limit, forward=forward, cursor=cursor)
        seen += [item["n"] for item in page.items]
        cursor = page.cursor
        if cursor is None:
            break

    assert seen == (list(range(10)) if forward else list(range(9, -1, -1)))


def test_cursor_goes_on_after_an_item_that_was_taken_away(shelf: Store) -> None:
    page = shelf.query("shelf", limit=3)
    shelf.transact([Write("desk", {"pk": "shelf", "sk": "02"}, kind="delete")])

    after = shelf.query("shelf", limit=3, cursor=page.cursor)

    assert [item["n"] for item in after.items] == [3, 4, 5]


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "龘",
        "=",
        encoded(None),
        encoded([]),
        encoded({}),
        encoded({"pk": "shelf"}),
        encoded({"pk": "shelf", "sk": ""}),
        encoded({"pk": "shelf", "sk": 1}),
        encoded({"pk": "shelf", "sk": None}),
        encoded({"pk": "other", "sk": "00"}),
        encoded({"pk": "shelf", "sk": "02", "team": "x"}),
        "A" * 5000,
    ],
)
def test_cursor_that_belongs_elsewhere_is_refused_by_name(shelf: Store, cursor: str) -> None:
    if not cursor:
        assert shelf.query("shelf", cursor=cursor).items
        return

    with pytest.raises(InvalidInputError) as caught:
        shelf.query("shelf", cursor=cursor)

    assert caught.value.errors[0].field == "cursor"


def test_transaction_that_fails_writes_nothing_and_shows_what_stood_there(shelf: Store) -> None:
    writes = [
        Write("desk", {"pk": "shelf", "sk": "99"}),
        Write("desk", {"pk": "shelf", "sk": "01", "n": 100}, expect=0),
    ]

    with pytest.raises(ConditionFailedError) as caught:
        shelf.transact(writes)

    assert caught.value.failed == {"shelf 01": {"pk": "shelf", "sk": "01", "n": 1}}
    assert shelf.get(Key("shelf", "99")) is None


def test_failed_members_are_called_by_their_names(shelf: Store) -> None:
    writes = [
        Write("desk", {"pk": "shelf", "sk": "98"}, expect=7, name="ticket"),
        Write("desk", {"pk": "shelf", "sk": "99"}, name="note"),
        Write("desk", {"pk": "shelf", "sk": "02"}, expect=0, name="event"),
    ]

    with pytest.raises(ConditionFailedError) as caught:
        shelf.transact(writes)

    assert caught.value.failed == {"ticket": None, "event": {"pk": "shelf", "sk": "02", "n": 2}}


def test_key_is_used_up_with_what_was_done_under_it(shelf: Store) -> None:
    mine, other = Idempotency("key", "mine"), Idempotency("key", "other")

    def write(sk: str, key: Idempotency) -> None:
        shelf.transact([Write("desk", {"pk": "shelf", "sk": sk}, expect=0)], idempotency=KeyUse(key, "x", 1, NOW))

    write("97", mine)

    with pytest.raises(IdempotencyMismatchError):
        write("98", other)
    with pytest.raises(ConditionFailedError) as caught:
        write("98", mine)
    assert list(caught.value.failed) == ["idempotency key"]
    assert shelf.get(Key("shelf", "98")) is None
    with pytest.raises(DoneBeforeError):
        shelf.get_many([], repeat=mine)


def test_item_is_replaced_over_the_version_that_was_seen_only(store: Store) -> None:
    store.transact([Write("desk", {"pk": "a", "sk": "b", "version": 1}, expect=0)])
    store.transact([Write("desk", {"pk": "a", "sk": "b", "version": 2}, expect=1)])

    with pytest.raises(ConditionFailedError):
        store.transact([Write("desk", {"pk": "a", "sk": "b", "version": 3}, expect=1)])


def test_item_that_must_be_the_first_is_put_once(store: Store) -> None:
    assert store.put_if_absent({"pk": "claim", "sk": "1"})
    assert not store.put_if_absent({"pk": "claim", "sk": "1", "other": True})
    assert store.get(Key("claim", "1")) == {"pk": "claim", "sk": "1"}


def test_many_keys_are_read_in_calls_of_a_hundred(shelf: Store) -> None:
    keys = [Key("shelf", f"{n:02d}") for n in range(150)]

    found = shelf.get_many([*keys, *keys])

    assert {item["n"] for item in found.values()} == set(range(10))


def test_collection_is_read_again_after_a_change_of_ours(shelf: Store) -> None:
    before = len(shelf.collection("shelf"))
    shelf.transact([Write("desk", {"pk": "shelf", "sk": "99"})])

    kept = len(shelf.collection("shelf"))
    shelf.forget("shelf")

    assert (before, kept, len(shelf.collection("shelf"))) == (10, 10, 11)


@pytest.mark.parametrize(
    "value",
    ["", "𠮷👨‍👩‍👧‍👦", 0, -1, 2**62, 1.5, True, False, [], [1, "a", [True]], {}, {"a": {"b": [1]}}, "1"],
)
def test_value_comes_back_from_the_wire_as_it_was(store: Store, value: Any) -> None:
    item = {"pk": "wire", "sk": "1", "value": value}

    store.transact([Write("desk", item)])

    assert from_wire(to_wire(item)) == store.get(Key("wire", "1")) == item


def test_attribute_that_is_none_is_left_out(store: Store) -> None:
    store.transact([Write("desk", {"pk": "wire", "sk": "1", "value": None})])

    assert store.get(Key("wire", "1")) == {"pk": "wire", "sk": "1"}


def test_value_that_has_no_form_on_the_wire_is_refused() -> None:
    with pytest.raises(TypeError):
        to_wire({"value": b"bytes"})
