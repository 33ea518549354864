"""Points about consumed capacity: whether an engine's own figures may be a second opinion to `tests/meter.py`."""

from collections.abc import Mapping
from typing import Any

from tests.contract.points_limits import sized
from tests.contract.points_queries import fill_queue, query
from tests.contract.points_transactions import put
from tests.contract.points_writes import key, text_item
from tests.contract.probe import DESK, JOURNAL, Bench, expect, point

PROMISE = "the units of an action are what AWS would bill: "


def units(answer: Mapping[str, Any]) -> float | None:
    """The capacity units an answer reports, of all tables together; None when it reports none."""
    reported = answer.get("ConsumedCapacity")
    if not reported:
        return None
    tables = reported if isinstance(reported, list) else [reported]
    return float(sum(each["CapacityUnits"] for each in tables))


@point("capacity-put", PROMISE + "a put costs a unit for each KB begun")
def _capacity_put(bench: Bench) -> None:
    for size, wanted in ((1024, 1.0), (1025, 2.0)):
        item = sized(f"capacity-put-{size}", size)
        answer = bench.client.put_item(TableName=DESK, Item=item, ReturnConsumedCapacity="TOTAL")
        expect(units(answer), wanted, f"the units of {size} bytes")


@point("capacity-update", PROMISE + "an update costs the larger of the item before and after, however small the change")
def _capacity_update(bench: Bench) -> None:
    bench.put(sized("capacity-update", 3000))
    answer = bench.client.update_item(
        TableName=DESK,
        Key=key("capacity-update"),
        UpdateExpression="SET body = :b",
        ExpressionAttributeValues={":b": {"S": "short"}},
        ReturnConsumedCapacity="TOTAL",
    )

    expect(units(answer), 3.0, "the units")


@point("capacity-delete", PROMISE + "a delete costs the size of what goes, at least one unit")
def _capacity_delete(bench: Bench) -> None:
    bench.put(sized("capacity-delete", 2500))
    for wanted in (3.0, 1.0):
        answer = bench.client.delete_item(TableName=DESK, Key=key("capacity-delete"), ReturnConsumedCapacity="TOTAL")
        expect(units(answer), wanted, "the units")


@point("capacity-transaction", PROMISE + "a transaction costs two writes an item")
def _capacity_transaction(bench: Bench) -> None:
    answer = bench.client.transact_write_items(
        TransactItems=[put(sized("capacity-transaction", 1500)), put(key("capacity-transaction"), JOURNAL)],
        ReturnConsumedCapacity="TOTAL",
    )

    expect(units(answer), 6.0, "the units")


@point("capacity-replay", PROMISE + "a transaction that was applied before costs reads")
def _capacity_replay(bench: Bench) -> None:
    for kind, wanted in (("WriteCapacityUnits", 4.0), ("ReadCapacityUnits", 4.0)):
        answer = bench.client.transact_write_items(
            TransactItems=[put(sized("capacity-replay", 1500))],
            ClientRequestToken="capacity-replay",
            ReturnConsumedCapacity="TOTAL",
        )
        reported: Mapping[str, Any] = (answer.get("ConsumedCapacity") or [{}])[0]
        if kind == "ReadCapacityUnits":
            expect(reported.get("WriteCapacityUnits", 0.0), 0.0, "the write units of the second time")
        else:
            expect(reported.get("CapacityUnits"), wanted, "the units of the first time")


@point("capacity-index", PROMISE + "an index costs one write for an entry in, out or changed, two for one that moves")
def _capacity_index(bench: Bench) -> None:
    def change(expression: str, **values: str) -> float | None:
        given = {"ExpressionAttributeValues": {f":{name}": {"S": text} for name, text in values.items()}}
        answer = bench.client.update_item(
            TableName=DESK,
            Key=key("capacity-index"),
            UpdateExpression=expression,
            ReturnConsumedCapacity="INDEXES",
            **(given if values else {}),  # type: ignore[arg-type]  # The SDK's typed dict.
        )
        reported: Mapping[str, Any] = answer.get("ConsumedCapacity") or {}
        queue = reported.get("GlobalSecondaryIndexes", {}).get("queue", {})
        return float(queue.get("CapacityUnits", 0.0))

    found = [
        change("SET queue = :q, queue_sort = :s", q="capacity-index", s="1"),
        change("SET body = :b", b="not projected"),
        change("SET subject = :s", s="projected"),
        change("SET queue_sort = :s", s="2"),
        change("REMOVE queue"),
    ]

    expect(found, [1.0, 0.0, 1.0, 2.0, 1.0], "in, unseen, changed, moved, out")


@point("capacity-get", PROMISE + "a read costs a unit for each 4 KB begun, half of it when it need not be the latest")
def _capacity_get(bench: Bench) -> None:
    bench.put(sized("capacity-get", 4097))
    for consistent, wanted in ((True, 2.0), (False, 1.0)):
        answer = bench.client.get_item(
            TableName=DESK, Key=key("capacity-get"), ConsistentRead=consistent, ReturnConsumedCapacity="TOTAL"
        )
        expect(units(answer), wanted, "the units")
    missing = bench.client.get_item(TableName=DESK, Key=key("capacity-get", "none"), ReturnConsumedCapacity="TOTAL")

    expect(units(missing), 0.5, "the units of what is not there")


@point("capacity-query", PROMISE + "a page costs the sum of what it reads")
def _capacity_query(bench: Bench) -> None:
    for number in range(4):
        bench.put(text_item("capacity-query", str(number), body="x" * 3000))
    answer = query(bench, None, "capacity-query", ReturnConsumedCapacity="TOTAL")

    expect(units(answer), 1.5, "the units of 12 KB")


@point("capacity-index-query", PROMISE + "a queue's page costs what the index projects, not the tickets")
def _capacity_index_query(bench: Bench) -> None:
    fill_queue(bench, "capacity-index-query", ["1", "2"])
    for number in range(2):
        bench.put(
            text_item(
                "capacity-index-query",
                f"{number:02}",
                queue="capacity-index-query",
                queue_sort=str(number),
                body="x" * 9000,
            )
        )
    answer = query(bench, "queue", "capacity-index-query", ReturnConsumedCapacity="TOTAL")

    expect(units(answer), 0.5, "the units of two small entries")


@point("capacity-empty-query", PROMISE + "the sweep that finds nothing costs half a unit a shard")
def _capacity_empty_query(bench: Bench) -> None:
    found = [
        units(query(bench, index, "capacity-empty-query", ReturnConsumedCapacity="TOTAL")) for index in (None, "due")
    ]

    expect(found, [0.5, 0.5], "the units of nothing, in the table and in an index")


@point("capacity-batch-get", PROMISE + "a batch costs each item by itself")
def _capacity_batch_get(bench: Bench) -> None:
    for sk in ("a", "b"):
        bench.put(text_item("capacity-batch-get", sk, body="x" * 1500))
    answer = bench.client.batch_get_item(
        RequestItems={DESK: {"Keys": [key("capacity-batch-get", sk) for sk in ("a", "b")]}},
        ReturnConsumedCapacity="TOTAL",
    )

    expect(units(answer), 1.0, "the units of two items")


@point("capacity-batch-get-missing", PROMISE + "asking a batch for what is not there costs the least that a read costs")
def _capacity_batch_get_missing(bench: Bench) -> None:
    answer = bench.client.batch_get_item(
        RequestItems={DESK: {"Keys": [key("capacity-batch-get-missing", sk) for sk in ("a", "b")]}},
        ReturnConsumedCapacity="TOTAL",
    )

    expect(units(answer), 1.0, "the units of two that are missing")
