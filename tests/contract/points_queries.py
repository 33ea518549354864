"""Points about reads: order, pages, sparse indexes and what they project."""

from tests.contract.points_writes import key, text_item
from tests.contract.probe import DESK, Bench, Item, expect, expect_that, point, refused


def query(bench: Bench, index: str | None, value: str, **more: object) -> Item:
    """One page of the collection `value`, of the table or of an index."""
    partition = {None: "pk", "queue": "queue", "due": "due_shard"}[index]
    target = {"IndexName": index} if index else {}
    request: Item = {
        "TableName": DESK,
        "KeyConditionExpression": "#p = :p",
        "ExpressionAttributeNames": {"#p": partition},
        "ExpressionAttributeValues": {":p": {"S": value}},
        **target,
        **more,
    }
    return dict(bench.client.query(**request))


def sort_keys(page: Item, name: str = "sk") -> list[str]:
    """The order attribute of each item of a page."""
    return [item[name]["S"] for item in page["Items"]]


def walk(bench: Bench, index: str | None, value: str, **more: object) -> list[str]:
    """The sort keys of a whole collection, page by page; at most 20 pages."""
    found: list[str] = []
    start: Item = {}
    for _ in range(20):
        page = query(bench, index, value, **start, **more)
        found += sort_keys(page)
        if "LastEvaluatedKey" not in page:
            return found
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
    return found


def fill_queue(bench: Bench, name: str, orders: list[str]) -> None:
    """One item an order in the queue `name`, with that order."""
    for number, order in enumerate(orders):
        bench.put(text_item(name, f"{number:02}", queue=name, queue_sort=order, subject="s", body="not projected"))


@point("query-order", "messages and events come in the order of their keys")
def _query_order(bench: Bench) -> None:
    for sk in ("b", "a#2", "票", "a#10", "B", "é"):
        bench.put(text_item("query-order", sk))

    expect(sort_keys(query(bench, None, "query-order")), ["B", "a#10", "a#2", "b", "é", "票"], "order by UTF-8 bytes")


@point("query-backwards", "the newest come first")
def _query_backwards(bench: Bench) -> None:
    for sk in ("1", "2", "3"):
        bench.put(text_item("query-backwards", sk))
    newest = query(bench, None, "query-backwards", ScanIndexForward=False, Limit=2)

    expect(sort_keys(newest), ["3", "2"], "the newest two")


@point("query-ranges", "a part of a collection is read by prefix or between two times")
def _query_ranges(bench: Bench) -> None:
    for sk in ("event#1", "message#1", "message#2", "message#3", "state"):
        bench.put(text_item("query-ranges", sk))
    names = {"#p": "pk", "#s": "sk"}
    values = {":p": {"S": "query-ranges"}, ":a": {"S": "message#"}}
    prefix = query(
        bench,
        None,
        "query-ranges",
        KeyConditionExpression="#p = :p AND begins_with(#s, :a)",
        ExpressionAttributeNames=names,
        ExpressionAttributeValues=values,
    )
    between = query(
        bench,
        None,
        "query-ranges",
        KeyConditionExpression="#p = :p AND #s BETWEEN :a AND :b",
        ExpressionAttributeNames=names,
        ExpressionAttributeValues={**values, ":b": {"S": "message#2"}},
    )

    expect(sort_keys(prefix), ["message#1", "message#2", "message#3"], "by prefix")
    expect(sort_keys(between), ["message#1", "message#2"], "between, both ends counted")


@point("query-pages", "pages of a list hold every item once")
def _query_pages(bench: Bench) -> None:
    wanted = [f"{number:02}" for number in range(25)]
    for sk in wanted:
        bench.put(text_item("query-pages", sk))

    expect(walk(bench, None, "query-pages", Limit=7), wanted, "all pages")


@point("query-page-of-deleted", "a list goes on where it was, though the item at the cursor is gone")
def _query_page_of_deleted(bench: Bench) -> None:
    for sk in ("1", "2", "3", "4"):
        bench.put(text_item("query-page-of-deleted", sk))
    first = query(bench, None, "query-page-of-deleted", Limit=2)
    bench.client.delete_item(TableName=DESK, Key=key("query-page-of-deleted", "2"))
    rest = query(bench, None, "query-page-of-deleted", ExclusiveStartKey=first["LastEvaluatedKey"])

    expect(sort_keys(rest), ["3", "4"], "the rest")


@point("query-limit-before-filter", "a page costs what it reads: a limit counts before a filter")
def _query_limit_before_filter(bench: Bench) -> None:
    for number in range(4):
        bench.put(text_item("query-limit-before-filter", str(number), state=["hidden", "shown"][number // 3]))
    page = query(
        bench,
        None,
        "query-limit-before-filter",
        Limit=2,
        FilterExpression="#s = :s",
        ExpressionAttributeNames={"#p": "pk", "#s": "state"},
        ExpressionAttributeValues={":p": {"S": "query-limit-before-filter"}, ":s": {"S": "shown"}},
    )

    expect((page["Count"], page["ScannedCount"]), (0, 2), "shown and read")
    expect_that("LastEvaluatedKey" in page, "there is a next page")


@point("query-one-megabyte", "a long collection comes in pages of 1 MB and nothing is dropped")
def _query_one_megabyte(bench: Bench) -> None:
    for number in range(4):
        bench.put(text_item("query-one-megabyte", str(number), body="x" * 390_000))
    first = query(bench, None, "query-one-megabyte")

    expect_that(0 < first["Count"] < 4, "the first page is cut")
    expect(walk(bench, None, "query-one-megabyte"), ["0", "1", "2", "3"], "all pages")


@point("read-your-write", "who has just written sees it")
def _read_your_write(bench: Bench) -> None:
    for number in range(20):
        bench.put(text_item("read-your-write", subject=str(number)))
        expect(bench.get("read-your-write").get("subject"), {"S": str(number)}, "the item just written")


@point("index-sparse", "what has no due time is not in the sweep, and costs it nothing")
def _index_sparse(bench: Bench) -> None:
    bench.put(text_item("index-sparse", "both", due_shard="index-sparse", due_at="1"))
    bench.put(text_item("index-sparse", "half", due_shard="index-sparse"))
    bench.put(text_item("index-sparse", "none"))

    expect(sort_keys(query(bench, "due", "index-sparse")), ["both"], "the index")


@point("index-projection", "a queue's page carries what it shows, and nothing else is paid for")
def _index_projection(bench: Bench) -> None:
    fill_queue(bench, "index-projection", ["1"])
    bench.put(text_item("index-projection", "due", due_shard="index-projection", due_at="1", subject="s"))
    queued, due = query(bench, "queue", "index-projection"), query(bench, "due", "index-projection")

    expect(set(queued["Items"][0]), {"pk", "sk", "queue", "queue_sort", "subject"}, "the included attributes")
    expect(set(due["Items"][0]), {"pk", "sk", "due_shard", "due_at"}, "the keys only")


@point("index-order", "a queue is sorted by due time, both ways")
def _index_order(bench: Bench) -> None:
    fill_queue(bench, "index-order", ["2026-03-02", "2026-03-01", "2026-03-03"])

    expect(sort_keys(query(bench, "queue", "index-order")), ["01", "00", "02"], "soonest first")
    expect(sort_keys(query(bench, "queue", "index-order", ScanIndexForward=False)), ["02", "00", "01"], "latest first")


@point("index-pages", "pages of a queue hold every ticket once, with many due at the same moment")
def _index_pages(bench: Bench) -> None:
    fill_queue(bench, "index-pages", ["2026-03-01"] * 12 + ["2026-03-02"] * 3)
    found = walk(bench, "queue", "index-pages", Limit=4)

    expect(sorted(found), [f"{number:02}" for number in range(15)], "all pages")


@point("index-follows-keys", "a ticket that changes its team leaves one queue and enters the other")
def _index_follows_keys(bench: Bench) -> None:
    fill_queue(bench, "index-follows-keys", ["1"])
    bench.client.update_item(
        TableName=DESK,
        Key=key("index-follows-keys", "00"),
        UpdateExpression="SET queue = :q",
        ExpressionAttributeValues={":q": {"S": "index-follows-keys-2"}},
    )
    expect(query(bench, "queue", "index-follows-keys")["Items"], [], "the old queue")
    expect(sort_keys(query(bench, "queue", "index-follows-keys-2")), ["00"], "the new queue")
    bench.client.update_item(
        TableName=DESK, Key=key("index-follows-keys", "00"), UpdateExpression="REMOVE queue, queue_sort"
    )

    expect(query(bench, "queue", "index-follows-keys-2")["Items"], [], "the queue that was left")


@point("index-until-now", "the sweep reads what is due and stops there")
def _index_until_now(bench: Bench) -> None:
    for due_at in ("2026-03-01T00:00:00Z", "2026-03-01T00:01:00Z", "2026-03-01T00:02:00Z"):
        bench.put(text_item("index-until-now", due_at, due_shard="index-until-now", due_at=due_at))
    page = query(
        bench,
        "due",
        "index-until-now",
        KeyConditionExpression="#p = :p AND due_at <= :now",
        ExpressionAttributeValues={":p": {"S": "index-until-now"}, ":now": {"S": "2026-03-01T00:01:00Z"}},
    )

    expect(sort_keys(page), ["2026-03-01T00:00:00Z", "2026-03-01T00:01:00Z"], "what is due")
    expect(page["ScannedCount"], 2, "the items read")


@point("index-not-consistent", "a consistent read of an index is refused, so nobody counts on one")
def _index_not_consistent(bench: Bench) -> None:
    refused(
        "ValidationException",
        bench.client.query,
        TableName=DESK,
        IndexName="queue",
        KeyConditionExpression="queue = :q",
        ExpressionAttributeValues={":q": {"S": "q"}},
        ConsistentRead=True,
    )


@point("query-count", "a count reads the keys and sends back no items")
def _query_count(bench: Bench) -> None:
    fill_queue(bench, "query-count", ["1", "2"])
    page = query(bench, "queue", "query-count", Select="COUNT")

    expect((page["Count"], page.get("Items", [])), (2, []), "the count")


@point("filter-on-key-refused", "a filter that hides a badly chosen key is refused")
def _filter_on_key_refused(bench: Bench) -> None:
    refused(
        "ValidationException",
        bench.client.query,
        TableName=DESK,
        KeyConditionExpression="pk = :p",
        FilterExpression="sk > :s",
        ExpressionAttributeValues={":p": {"S": "filter-on-key-refused"}, ":s": {"S": "a"}},
    )
