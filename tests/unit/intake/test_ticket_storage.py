"""Tickets as they are stored. The samples are literal: what stands in a table today must stay readable for ever.

That any ticket comes back from its item is shown in test_ticket_life.py, after every move of random lives.
"""

from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest

from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.storage import TicketRow, row_from_item, ticket_from_item, ticket_item
from tingjian.platform.items import Item
from tingjian.platform.store import from_wire, to_wire
from tingjian.sla.clocks import Clock, Pause, Step


def on_2nd(hour: int, minute: int = 0, second: int = 0, milliseconds: int = 0) -> datetime:
    return datetime(2026, 3, 2, hour, minute, second, milliseconds * 1000, tzinfo=UTC)


class Sample(NamedTuple):
    """An item in DynamoDB's wire form, and the ticket that it is."""

    wire: dict[str, Any]
    ticket: Ticket


FIRST_RESPONSE_MET = Clock(
    name="first_response",
    policy="default",
    policy_version=1,
    calendar="always",
    calendar_version=0,
    target_minutes=60,
    pauses_in=(),
    started_at=on_2nd(1),
    due_at=on_2nd(2),
    steps=(Step(share=80, at=on_2nd(1, 48)), Step(share=100, at=on_2nd(2))),
    met_at=on_2nd(1, 12),
)
RESOLUTION_WARNED_AND_PAUSED = Clock(
    name="resolution",
    policy="default",
    policy_version=1,
    calendar="always",
    calendar_version=0,
    target_minutes=120,
    pauses_in=("waiting",),
    started_at=on_2nd(1),
    due_at=None,
    steps=(
        Step(share=80, at=on_2nd(2, 46), fired_at=on_2nd(2, 46, 7, 125)),
        Step(share=100, at=on_2nd(3, 10)),
    ),
    pauses=(Pause(start=on_2nd(1, 20), end=on_2nd(1, 30)), Pause(start=on_2nd(2, 50))),
)
SAMPLES = {
    "new, with nothing but what every ticket has, from before chains had hashes": Sample(
        {
            "pk": {"S": "ticket#482739510664"},
            "sk": {"S": "ticket"},
            "version": {"N": "1"},
            "type": {"S": "feedback"},
            "subject": {"S": "包裹没到"},
            "status": {"S": "new"},
            "priority": {"S": "normal"},
            "channel": {"S": "web"},
            "team": {"S": "aftersales"},
            "customer_id": {"S": "cccccccccccccccccccc"},
            "opened_at": {"S": "2026-03-02T01:00:00.000Z"},
            "queue_sort": {"S": "0#9999#482739510664"},
        },
        Ticket(
            id="482739510664",
            version=1,
            type="feedback",
            subject="包裹没到",
            status="new",
            priority="normal",
            channel="web",
            team="aftersales",
            customer_id="cccccccccccccccccccc",
            opened_at=on_2nd(1),
        ),
    ),
    "waiting, one clock met, one warned and paused twice, with the idempotency keys that tickets once carried": Sample(
        {
            "pk": {"S": "ticket#482739510664"},
            "sk": {"S": "ticket"},
            "version": {"N": "7"},
            "hash": {"S": "Zk3v0mJrC3cZ1n3aDl1tZ9pQm0x8Hq2Yb7sVfW5uE4k"},
            "type": {"S": "complaint"},
            "subject": {"S": "包裹三天没到，客服电话也打不通"},
            "status": {"S": "waiting"},
            "priority": {"S": "high"},
            "channel": {"S": "wechat"},
            "team": {"S": "aftersales"},
            "customer_id": {"S": "cccccccccccccccccccc"},
            "assignee": {"S": "chen"},
            "order_number": {"S": "E20260301123456"},
            "fields": {
                "M": {
                    "level": {"S": "严重"},
                    "verified": {"BOOL": False},
                    "pieces": {"N": "2"},
                    "refund": {"N": "19.9"},
                }
            },
            "links": {"L": [{"S": "310442976185"}]},
            "handoffs": {"N": "1"},
            "blockers": {"L": [{"S": "handoff:1"}]},
            "opened_at": {"S": "2026-03-02T01:00:00.000Z"},
            "first_responded_at": {"S": "2026-03-02T01:12:00.000Z"},
            "level": {"S": "严重"},
            "clocks": {
                "S": "default|1|always|0|mm8h21s0|f|60||80:1pq80,100:255s0||ffk0;"
                "|||||r|120|w|80:3sbeo:3sgwl,100:4n6io|ppxc:12kw0,3xglc:"
            },
            "keys": {"L": [{"L": [{"S": "5f2b8c0d9e1a4f6b7c3d"}, {"N": "7"}, {"N": "1772416200"}]}]},
            "queue_sort": {"S": "0#2026-03-02T03:10:00.000Z#482739510664"},
        },
        Ticket(
            id="482739510664",
            version=7,
            hash="Zk3v0mJrC3cZ1n3aDl1tZ9pQm0x8Hq2Yb7sVfW5uE4k",
            type="complaint",
            subject="包裹三天没到，客服电话也打不通",
            status="waiting",
            priority="high",
            channel="wechat",
            team="aftersales",
            customer_id="cccccccccccccccccccc",
            assignee="chen",
            order_number="E20260301123456",
            fields={"level": "严重", "verified": False, "pieces": 2, "refund": 19.9},
            links=("310442976185",),
            handoffs=1,
            blockers=("handoff:1",),
            opened_at=on_2nd(1),
            first_responded_at=on_2nd(1, 12),
            clocks=(FIRST_RESPONSE_MET, RESOLUTION_WARNED_AND_PAUSED),
        ),
    ),
    "imported and closed, by nobody, with a clock that was stopped": Sample(
        {
            "pk": {"S": "ticket#310442976185"},
            "sk": {"S": "ticket"},
            "version": {"N": "4"},
            "hash": {"S": "Zk3v0mJrC3cZ1n3aDl1tZ9pQm0x8Hq2Yb7sVfW5uE4k"},
            "type": {"S": "feedback"},
            "subject": {"S": "Case 12"},
            "status": {"S": "closed"},
            "priority": {"S": "urgent"},
            "channel": {"S": "import"},
            "team": {"S": "aftersales"},
            "customer_id": {"S": "dddddddddddddddddddd"},
            "close_reason": {"S": "withdrawn"},
            "reopened": {"N": "1"},
            "imported": {"BOOL": True},
            "opened_at": {"S": "2026-03-02T01:00:00.000Z"},
            "closed_at": {"S": "2026-03-02T02:30:00.250Z"},
            "clocks": {"S": "default|1|always|0|mm8h21s0|b|60||100:255s0|||37quy"},
            "queue_sort": {"S": "1#2026-03-02T02:30:00.250Z#310442976185"},
        },
        Ticket(
            id="310442976185",
            version=4,
            hash="Zk3v0mJrC3cZ1n3aDl1tZ9pQm0x8Hq2Yb7sVfW5uE4k",
            type="feedback",
            subject="Case 12",
            status="closed",
            priority="urgent",
            channel="import",
            team="aftersales",
            customer_id="dddddddddddddddddddd",
            close_reason="withdrawn",
            reopened=1,
            imported=True,
            opened_at=on_2nd(1),
            closed_at=on_2nd(2, 30, 0, 250),
            clocks=(
                Clock(
                    name="feedback_answer",
                    policy="default",
                    policy_version=1,
                    calendar="always",
                    calendar_version=0,
                    target_minutes=60,
                    pauses_in=(),
                    started_at=on_2nd(1),
                    due_at=on_2nd(2),
                    steps=(Step(share=100, at=on_2nd(2)),),
                    stopped_at=on_2nd(2, 30, 0, 250),
                ),
            ),
        ),
    ),
}
stored_samples = pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)


@stored_samples
def test_stored_item_is_read_as_the_ticket_that_it_is(sample: Sample) -> None:
    assert ticket_from_item(from_wire(sample.wire)) == sample.ticket


@stored_samples
def test_old_item_that_is_written_again_is_still_the_same_ticket(sample: Sample) -> None:
    written_again = to_wire(ticket_item(ticket_from_item(from_wire(sample.wire))))

    assert ticket_from_item(from_wire(written_again)) == sample.ticket
    assert written_again["queue_sort"] == sample.wire["queue_sort"]


@stored_samples
def test_index_entry_of_a_stored_item_is_its_row(sample: Sample) -> None:
    ticket = sample.ticket

    row = row_from_item(from_wire(sample.wire))

    assert row == TicketRow(
        id=ticket.id,
        team="aftersales",
        sort=sample.wire["queue_sort"]["S"],
        subject=ticket.subject,
        type=ticket.type,
        priority=ticket.priority,
        status=ticket.status,
        category=ticket.category,
        assignee=ticket.assignee,
        customer_id=ticket.customer_id,
        channel=ticket.channel,
        level=ticket.level,
        order_number=ticket.order_number,
        blockers=ticket.blockers,
        opened_at=on_2nd(1),
        due_at=on_2nd(3, 10) if ticket.status == "waiting" else None,
        finished_at=on_2nd(2, 30, 0, 250) if ticket.status == "closed" else None,
    )


@pytest.mark.parametrize(
    ("changes", "absent"),
    [
        ({}, {"due_shard", "due_at", "hash", "assignee", "order_number", "fields", "level", "clocks", "links"}),
        ({"status": "waiting"}, {"due_at", "due_shard"}),
    ],
)
def test_item_holds_nothing_that_the_ticket_does_not_have(changes: dict[str, Any], absent: set[str]) -> None:
    bare = SAMPLES["new, with nothing but what every ticket has, from before chains had hashes"].ticket
    item: Item = ticket_item(bare.model_copy(update=changes))

    assert absent & set(item) == set()
    assert None not in item.values()


def test_timer_stands_beside_a_running_clock_and_never_on_imported_history() -> None:
    bare = SAMPLES["new, with nothing but what every ticket has, from before chains had hashes"].ticket
    running = FIRST_RESPONSE_MET.model_copy(update={"met_at": None})
    timed = ticket_item(bare.model_copy(update={"clocks": (running,)}))
    imported = ticket_item(bare.model_copy(update={"clocks": (running,), "imported": True}))

    assert timed["due_at"] == "2026-03-02T01:48:00.000Z"
    assert {"due_at", "due_shard"} & set(imported) == set()
