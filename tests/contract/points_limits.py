"""Points about DynamoDB's limits: what is too large is refused here as it is there."""

from tests.contract.points_transactions import CANCELED, put
from tests.contract.points_writes import key, text_item
from tests.contract.probe import DESK, Bench, Item, expect, expect_that, point, refused

ITEM_BYTES = 400 * 1024
VALIDATION = "ValidationException"


def sized(pk: str, size: int) -> Item:
    """An item of exactly `size` bytes: names and values count."""
    overhead = len("pk") + len(pk) + len("sk") + len("a") + len("body")
    return text_item(pk, body="x" * (size - overhead))


@point("item-400-kb", "an item up to the limit is kept, one above it is refused")
def _item_400_kb(bench: Bench) -> None:
    bench.put(sized("item-400-kb", ITEM_BYTES))

    refused(VALIDATION, bench.client.put_item, TableName=DESK, Item=sized("item-400-kb", ITEM_BYTES + 1))


@point("item-400-kb-utf8", "the limit counts bytes: Chinese text takes three a character")
def _item_400_kb_utf8(bench: Bench) -> None:
    item = text_item("item-400-kb-utf8", body="票" * 140_000)
    refused(VALIDATION, bench.client.put_item, TableName=DESK, Item=item)


@point("item-400-kb-update", "an item cannot grow over the limit bit by bit")
def _item_400_kb_update(bench: Bench) -> None:
    bench.put(sized("item-400-kb-update", ITEM_BYTES - 10))
    refused(
        VALIDATION,
        bench.client.update_item,
        TableName=DESK,
        Key=key("item-400-kb-update"),
        UpdateExpression="SET more = :more",
        ExpressionAttributeValues={":more": {"S": "x" * 100}},
    )


@point("transaction-100-items", "a change of up to 100 items is accepted, a larger one refused")
def _transaction_100_items(bench: Bench) -> None:
    parts = [put(text_item("transaction-100-items", f"{number:03}")) for number in range(101)]
    bench.client.transact_write_items(TransactItems=parts[:100])

    refused(VALIDATION, bench.client.transact_write_items, TransactItems=parts)


@point("transaction-4-mb", "a change above 4 MB is refused")
def _transaction_4_mb(bench: Bench) -> None:
    parts = [put(sized(f"transaction-4-mb-{number:02}", 390_000)) for number in range(12)]
    refused(VALIDATION, bench.client.transact_write_items, TransactItems=parts)


@point("transaction-item-too-large", "an item over the limit cancels the whole change")
def _transaction_item_too_large(bench: Bench) -> None:
    parts = [put(key("transaction-item-too-large", "small")), put(sized("transaction-item-too-large", ITEM_BYTES + 1))]
    try:
        bench.client.transact_write_items(TransactItems=parts)
    except bench.client.exceptions.ClientError as error:
        expect_that(error.response["Error"]["Code"] in {VALIDATION, CANCELED}, "the error's code")

    expect(bench.get("transaction-item-too-large", "small"), {}, "the small item")


@point("batch-write-25", "an import's batch of 25 is accepted, one of 26 refused")
def _batch_write_25(bench: Bench) -> None:
    requests = [{"PutRequest": {"Item": text_item("batch-write-25", f"{number:02}")}} for number in range(26)]
    answer = bench.client.batch_write_item(RequestItems={DESK: requests[:25]})  # type: ignore[dict-item]  # The SDK's typed dict.
    expect(answer.get("UnprocessedItems"), {}, "what was not written")

    refused(VALIDATION, bench.client.batch_write_item, RequestItems={DESK: requests})


@point("batch-write-same-item", "a batch never writes an item twice")
def _batch_write_same_item(bench: Bench) -> None:
    twice = [{"PutRequest": {"Item": text_item("batch-write-same-item")}}] * 2
    refused(VALIDATION, bench.client.batch_write_item, RequestItems={DESK: twice})


@point("batch-get-100", "a list's details come 100 at a time, 101 are refused")
def _batch_get_100(bench: Bench) -> None:
    keys = [key("batch-get-100", f"{number:03}") for number in range(101)]
    bench.put(keys[0])
    answer = bench.client.batch_get_item(RequestItems={DESK: {"Keys": keys[:100]}})
    expect(answer["Responses"][DESK], [keys[0]], "the items that are there")

    refused(VALIDATION, bench.client.batch_get_item, RequestItems={DESK: {"Keys": keys}})


@point("batch-get-same-key", "a batch asks for an item once")
def _batch_get_same_key(bench: Bench) -> None:
    refused(VALIDATION, bench.client.batch_get_item, RequestItems={DESK: {"Keys": [key("batch-get-same-key")] * 2}})


@point("key-sizes", "a caller's idempotency key is hashed before it is a key: 2,048 and 1,024 bytes are the limits")
def _key_sizes(bench: Bench) -> None:
    bench.put(text_item("k" * 2048, "s" * 1024))

    refused(VALIDATION, bench.client.put_item, TableName=DESK, Item=text_item("k" * 2049))
    refused(VALIDATION, bench.client.put_item, TableName=DESK, Item=text_item("key-sizes", "s" * 1025))
