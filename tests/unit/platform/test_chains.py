"""The one way to make events: chained, with the hashes that stored ones have."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tingjian.intake.tickets.events import TicketOpened, TicketResolved
from tingjian.platform.chains import ChainEnd, chain_end
from tingjian.platform.events import SYSTEM, Actor, digest, event_from_item, event_item, is_unbroken, key_use
from tingjian.platform.idempotency import Idempotency

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
KEY = Idempotency("0123456789abcdef", "fedcba9876543210")
OPENED: dict[str, Any] = {
    "pk": "ticket#482739510664",
    "sk": "00000001",
    "name": "TicketOpened",
    "at": "2026-03-02T01:00:00.000Z",
    "recorded_at": "2026-03-02T01:00:00.000Z",
    "actor": "staff#chen",
    "data": {
        "type": "complaint",
        "team": "aftersales",
        "targets": {"resolution": 2880},
        "due": {"resolution": "2026-03-04T01:00:00.000Z"},
        "fields": {"cause": "物流延误"},
    },
    "previous": "",
    "hash": "5Hz8m1f4CopQghYglAbuGARJnnFVoex-Bsazed4kA30",
    "schema_version": 1,
    "request": "0123456789abcdef:fedcba9876543210",
}
RESOLVED: dict[str, Any] = {
    "pk": "ticket#482739510664",
    "sk": "00000002",
    "name": "TicketResolved",
    "at": "2026-03-02T01:00:00.500Z",
    "recorded_at": "2026-03-02T01:00:00.500Z",
    "actor": "system",
    "data": {"seconds": 3600, "working_seconds": 3600.5, "kept": {"resolution": True}, "first": False, "list": [1, 2]},
    "previous": "5Hz8m1f4CopQghYglAbuGARJnnFVoex-Bsazed4kA30",
    "hash": "iA1bYVmWVMhajt4_Pquz1wyijYcvRJFnVPk0BFM5CWQ",
    "schema_version": 1,
}
IMPORTED: dict[str, Any] = {
    "pk": "ticket#1",
    "sk": "00000001",
    "name": "TicketOpened",
    "at": "2012-05-01T07:00:00.000Z",
    "recorded_at": "2026-03-02T01:00:00.000Z",
    "actor": "import",
    "data": {"activity": "call"},
    "previous": "",
    "hash": "re3AZxT5XwhoM0NgE0TUSQ-eC_8oJCw2nyyIIQW5lGA",
    "schema_version": 1,
    "imported": True,
    "request": "imp:digest",
}
"""Items as the first release stored them. What they hash to must stay, or every chain in the field would be broken."""


@pytest.mark.parametrize("stored", [OPENED, RESOLVED, IMPORTED])
def test_stored_event_has_the_hash_that_it_was_stored_with(stored: dict[str, Any]) -> None:
    assert digest(event_from_item(stored)) == stored["hash"]
    assert event_item(event_from_item(stored)) == stored


def test_first_and_next_event_are_made_as_they_were_stored() -> None:
    data = OPENED["data"] | {"due": {"resolution": datetime(2026, 3, 4, 1, 0, tzinfo=UTC)}, "assignee": None}
    first = ChainEnd("ticket#482739510664").next_event(
        TicketOpened, now=NOW, actor=Actor(kind="staff", id="chen"), data=data, idempotency=KEY
    )
    second = chain_end(first).next_event(
        TicketResolved,
        now=NOW.replace(microsecond=500_000),
        actor=SYSTEM,
        data=RESOLVED["data"] | {"seconds": 3600.0, "list": (1, 2.0)},
    )

    assert [event_item(first), event_item(second)] == [OPENED, RESOLVED]
    assert is_unbroken([first, second])


def test_past_event_is_made_as_it_was_stored() -> None:
    event = ChainEnd("ticket#1").past_event(
        TicketOpened,
        now=NOW,
        at=datetime(2012, 5, 1, 7, 0, tzinfo=UTC),
        actor=Actor(kind="import"),
        data={"activity": "call"},
        request="imp:digest",
    )

    assert event_item(event) == IMPORTED


def test_use_of_a_key_names_the_event_that_holds_the_receipt() -> None:
    use = key_use(KEY, event_from_item(OPENED))

    assert use is not None
    assert use.item() == {
        "pk": "idempotency#0123456789abcdef",
        "sk": "answer",
        "request": "0123456789abcdef:fedcba9876543210",
        "entity": "ticket#482739510664",
        "version": 1,
        "expires_at": 1772506800,
    }
    assert key_use(None, event_from_item(OPENED)) is None
