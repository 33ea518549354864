"""Points about the tables' streams: each change once, in order, with its images."""

from tests.contract.points_transactions import put
from tests.contract.points_writes import key, text_item
from tests.contract.probe import DESK, JOURNAL, Bench, Item, expect, point, refused


def image(record: Item, which: str) -> Item | None:
    """The new or the old image of a stream record."""
    found: Item | None = record["dynamodb"].get(which)
    return found


def names(records: list[Item]) -> list[str]:
    """INSERT, MODIFY or REMOVE, a record."""
    return [record["eventName"] for record in records]


@point("stream-order", "the changes of a ticket reach the surveys and the ladder in the order they were made")
def _stream_order(bench: Bench) -> None:
    for subject in ("1", "2", "3"):
        bench.put(text_item("stream-order", subject=subject))
    bench.client.delete_item(TableName=DESK, Key=key("stream-order"))
    records = bench.changes("stream-order", 4)

    expect(names(records), ["INSERT", "MODIFY", "MODIFY", "REMOVE"], "the changes")
    numbers = [int(record["dynamodb"]["SequenceNumber"]) for record in records]
    expect(numbers, sorted(numbers), "the sequence numbers")


@point("stream-images", "routing sees what a ticket was and what it has become")
def _stream_images(bench: Bench) -> None:
    old, new = text_item("stream-images", subject="old"), text_item("stream-images", subject="new")
    bench.put(old)
    bench.put(new)
    records = bench.changes("stream-images", 2)

    expect([image(record, "NewImage") for record in records], [old, new], "the new images")
    expect([image(record, "OldImage") for record in records], [None, old], "the old images")


@point("stream-new-image-only", "the Journal's stream carries each event whole")
def _stream_new_image_only(bench: Bench) -> None:
    event = text_item("stream-new-image-only", "0001", name="TicketResolved")
    bench.put(event, JOURNAL)
    bench.put(event | {"name": {"S": "TicketClosed"}}, JOURNAL)
    records = bench.changes("stream-new-image-only", 2, JOURNAL)

    expect([image(record, "NewImage") for record in records][:1], [event], "the event")
    expect([image(record, "OldImage") for record in records], [None, None], "the old images")


@point("stream-removal", "an erased item's record shows what it was")
def _stream_removal(bench: Bench) -> None:
    item = text_item("stream-removal", subject="gone")
    bench.put(item)
    bench.client.delete_item(TableName=DESK, Key=key("stream-removal"))
    last = bench.changes("stream-removal", 2)[-1]

    expect((last["eventName"], image(last, "OldImage"), image(last, "NewImage")), ("REMOVE", item, None), "the record")


@point("stream-no-noop", "a write that changes nothing wakes nobody")
def _stream_no_noop(bench: Bench) -> None:
    item = text_item("stream-no-noop", subject="same")
    bench.put(item)
    bench.put(item)
    bench.client.update_item(
        TableName=DESK,
        Key=key("stream-no-noop"),
        UpdateExpression="SET subject = :s",
        ExpressionAttributeValues={":s": {"S": "same"}},
    )
    bench.client.delete_item(TableName=DESK, Key=key("stream-no-noop", "never there"))
    bench.put(item | {"subject": {"S": "last"}})

    expect(names(bench.changes("stream-no-noop", 2)), ["INSERT", "MODIFY"], "the changes")


@point("stream-transaction", "both parts of a change are in the streams of their tables")
def _stream_transaction(bench: Bench) -> None:
    desk, event = text_item("stream-transaction"), text_item("stream-transaction", "0001")
    bench.client.transact_write_items(TransactItems=[put(desk), put(event, JOURNAL)])

    expect([image(one, "NewImage") for one in bench.changes("stream-transaction", 1)], [desk], "the Desk's stream")
    expect(
        [image(one, "NewImage") for one in bench.changes("stream-transaction", 1, JOURNAL)],
        [event],
        "the Journal's stream",
    )


@point("stream-no-cancelled", "a refused change is in no stream")
def _stream_no_cancelled(bench: Bench) -> None:
    bench.put(key("stream-no-cancelled"))
    refused(
        "TransactionCanceledException",
        bench.client.transact_write_items,
        TransactItems=[
            put(text_item("stream-no-cancelled", "b")),
            put(text_item("stream-no-cancelled", subject="again"), if_absent=True),
        ],
    )
    bench.put(text_item("stream-no-cancelled", "last"))
    records = bench.changes("stream-no-cancelled", 2)

    expect([record["dynamodb"]["Keys"]["sk"]["S"] for record in records], ["a", "last"], "the changes")
