"""The capacity meter against cases computed by hand from AWS's developer guide; each names the page of its rule.

Pages: *item sizes and formats*, *read and write operations*, *transactions*, *global secondary indexes*.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import emulated_aws
from tests.faults import Fault, Strike, inject
from tests.meter import (
    Index,
    Meter,
    Table,
    UnmeteredCallError,
    Usage,
    index_units,
    item_size,
    meter,
    read_units,
    table_from,
    tables_from_template,
    value_size,
    write_units,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

ROOT = Path(__file__).resolve().parents[2]
QUEUE = Index("queue", ("queue", "queue_sort"), frozenset({"subject"}))
DUE = Index("due", ("due_shard", "due_at"))
TABLES = {"desk": Table(("pk", "sk"), (QUEUE, DUE)), "journal": Table(("pk", "sk"))}
Item = dict[str, Any]


# --- sizes: item sizes and formats


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": "open"}, 4),
        ({"S": "听见"}, 6),  # "number of UTF-8-encoded bytes"
        ({"S": "👍"}, 4),
        ({"S": ""}, 0),
        ({"N": "7"}, 2),  # "1 byte per two significant digits + 1 byte"
        ({"N": "1234"}, 3),
        ({"N": "12345"}, 4),
        ({"N": "1200"}, 2),  # "leading and trailing zeroes are trimmed"
        ({"N": "0.0012"}, 2),
        ({"N": "0"}, 1),
        ({"N": "-12"}, 3),
        ({"B": b"abc"}, 3),  # "the value's raw byte length"
        ({"B": "YWJj"}, 3),  # The same in a request's body.
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"L": []}, 3),  # "3 bytes of overhead, regardless of its contents"
        ({"L": [{"S": "ab"}, {"N": "1"}]}, 3 + 2 * 1 + 2 + 2),  # "each element also requires 1 byte"
        ({"M": {}}, 3),
        ({"M": {"key": {"S": "value"}}}, 3 + 1 + 3 + 5),
        ({"M": {"a": {"L": [{"S": "x"}]}}}, 3 + 1 + 1 + (3 + 1 + 1)),
        ({"SS": ["a", "bc"]}, 3),
        ({"NS": ["1", "22"]}, 4),
        ({"BS": [b"a", b"bc"]}, 3),
    ],
)
def test_value_size_follows_the_guide(value: Item, size: int) -> None:
    assert value_size(value) == size


def test_item_size_counts_names_and_values() -> None:
    assert item_size({"pk": {"S": "ticket#1"}, "状态": {"S": "open"}, "n": {"N": "5"}}) == (2 + 8) + (6 + 4) + (1 + 2)


@given(st.text(), st.text(min_size=1))
def test_item_size_grows_by_exactly_the_bytes_of_an_added_text(text: str, more: str) -> None:
    grown = item_size({"body": {"S": text + more}}) - item_size({"body": {"S": text}})

    assert grown == len(more.encode())


# --- units: read and write operations


@pytest.mark.parametrize(("size", "units"), [(0, 1), (1, 1), (1024, 1), (1025, 2), (3500, 4), (409_600, 400)])
def test_write_units_are_kilobytes_begun(size: int, units: int) -> None:
    assert write_units(size) == units


@pytest.mark.parametrize(
    ("size", "eventual", "strong", "transactional"),
    [(0, 0.5, 1, 2), (3500, 0.5, 1, 2), (4096, 0.5, 1, 2), (4097, 1, 2, 4), (10 * 1024, 1.5, 3, 6)],
)
def test_read_units_are_four_kilobytes_begun(size: int, eventual: float, strong: float, transactional: float) -> None:
    assert read_units(size, "eventual") == eventual
    assert read_units(size, "strong") == strong
    assert read_units(size, "transactional") == transactional


# --- index writes: global secondary indexes

BARE = {"pk": {"S": "t"}, "sk": {"S": "a"}, "body": {"S": "x" * 5000}}
QUEUED = BARE | {"queue": {"S": "team"}, "queue_sort": {"S": "1"}, "subject": {"S": "s"}}


@pytest.mark.parametrize(
    ("old", "new", "units"),
    [
        (None, BARE, 0),  # Sparse: no index keys, no entry.
        (None, BARE | {"queue": {"S": "team"}}, 0),  # Half a key is none.
        (None, QUEUED, 1),  # "defines an indexed attribute: one write"; the body is not projected.
        (BARE, QUEUED, 1),
        (QUEUED, QUEUED | {"queue_sort": {"S": "2"}}, 2),  # "changes the value of an indexed key attribute: two writes"
        (QUEUED, QUEUED | {"subject": {"S": "other"}}, 1),  # "only changes projected attributes: one write"
        (QUEUED, QUEUED | {"body": {"S": "other"}}, 0),  # Nothing that the index holds.
        (QUEUED, BARE, 1),  # "was present, and the attribute is deleted: one write"
        (QUEUED, None, 1),
        (QUEUED, QUEUED, 0),
        (QUEUED | {"subject": {"S": "x" * 1500}}, QUEUED | {"queue": {"S": "b"}}, 3),  # 2 KB out, 1 KB in.
        (QUEUED, QUEUED | {"subject": {"S": "x" * 2500}}, 3),  # The larger of the two entries.
    ],
)
def test_index_units_follow_what_becomes_of_the_entry(old: Item | None, new: Item | None, units: int) -> None:
    assert index_units(QUEUE, ("pk", "sk"), old, new) == units


def test_index_entry_of_keys_only_holds_both_keys_and_nothing_else() -> None:
    item = QUEUED | {"due_shard": {"S": "0"}, "due_at": {"S": "1"}}

    assert set(DUE.entry(item, ("pk", "sk")) or {}) == {"pk", "sk", "due_shard", "due_at"}


def test_index_entry_of_all_is_the_item() -> None:
    assert Index("all", ("queue",), None).entry(QUEUED, ("pk", "sk")) == QUEUED


# --- the shape of the tables

TEMPLATE = """
Resources:
  DeskTable:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Sub "${AWS::StackName}-desk"
      Tags: !If [OnAws, [{Key: a, Value: !Ref Stage}], !Ref AWS::NoValue]
      KeySchema: [{AttributeName: pk, KeyType: HASH}, {AttributeName: sk, KeyType: RANGE}]
      GlobalSecondaryIndexes:
        - IndexName: queue
          KeySchema: [{AttributeName: queue, KeyType: HASH}, {AttributeName: queue_sort, KeyType: RANGE}]
          Projection: {ProjectionType: INCLUDE, NonKeyAttributes: [subject]}
        - IndexName: due
          KeySchema: [{AttributeName: due_shard, KeyType: HASH}, {AttributeName: due_at, KeyType: RANGE}]
          Projection: {ProjectionType: KEYS_ONLY}
        - IndexName: all
          KeySchema: [{AttributeName: queue, KeyType: HASH}]
          Projection: {ProjectionType: ALL}
"""


def test_tables_are_read_from_a_template(tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    template.write_text(TEMPLATE)

    tables = tables_from_template(template, {"DeskTable": "desk"})

    assert tables == {"desk": Table(("pk", "sk"), (QUEUE, DUE, Index("all", ("queue",), None)))}


def test_tables_of_our_template_have_the_indexes_of_the_desk() -> None:
    tables = tables_from_template(ROOT / "template.yaml", {"DeskTable": "desk", "JournalTable": "journal"})

    assert {index.name for index in tables["desk"].indexes} >= {"queue", "due", "owner", "party", "reference"}
    assert tables["journal"] == table_from({"KeySchema": [{"AttributeName": "pk"}, {"AttributeName": "sk"}]})


# --- calls


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator["DynamoDBClient"]:
    """A client of two empty tables of the shape of TABLES."""
    for name, value in (("AWS_ACCESS_KEY_ID", "none"), ("AWS_SECRET_ACCESS_KEY", "none"), ("AWS_REGION", "us-east-1")):
        monkeypatch.setenv(name, value)
    with emulated_aws():
        made = boto3.client("dynamodb", region_name="us-east-1")
        for name, table in TABLES.items():
            keys = {*table.keys, *(key for index in table.indexes for key in index.keys)}
            indexes: list[Any] = [
                {
                    "IndexName": index.name,
                    "KeySchema": _schema(index.keys),
                    "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(index.projected)}
                    if index.projected
                    else {"ProjectionType": "KEYS_ONLY"},
                }
                for index in table.indexes
            ]
            request: Item = {"GlobalSecondaryIndexes": indexes} if indexes else {}
            made.create_table(
                TableName=name,
                KeySchema=_schema(table.keys),
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in sorted(keys)],
                BillingMode="PAY_PER_REQUEST",
                **request,
            )
        yield made


def _schema(keys: tuple[str, ...]) -> list[Any]:
    kinds = ("HASH", "RANGE")
    return [{"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, kinds, strict=False)]


def _item(sk: str = "a", size: int = 100, **texts: str) -> Item:
    """An item of `size` bytes, the given texts counted in."""
    item = {"pk": {"S": "t"}, "sk": {"S": sk}} | {name: {"S": text} for name, text in texts.items()}
    return item | {"body": {"S": "x" * (size - item_size(item) - len("body"))}}


def _key(sk: str = "a") -> Item:
    return {"pk": {"S": "t"}, "sk": {"S": sk}}


def test_put_costs_the_larger_of_the_items_before_and_after(client: "DynamoDBClient") -> None:
    with meter(client, TABLES) as counted:
        client.put_item(TableName="desk", Item=_item(size=2500))
        client.put_item(TableName="desk", Item=_item(size=100))

    assert [charge.write_units for charge in counted.charges] == [3, 3]
    assert (counted.calls, counted.round_trips, counted.read_units) == (2, 2, 0)


def test_update_costs_the_whole_item_and_what_the_indexes_see(client: "DynamoDBClient") -> None:
    client.put_item(TableName="desk", Item=_item(size=3000))

    with meter(client, TABLES) as counted:
        client.update_item(
            TableName="desk",
            Key=_key(),
            UpdateExpression="SET queue = :q, queue_sort = :s, due_shard = :q, due_at = :s",
            ExpressionAttributeValues={":q": {"S": "team"}, ":s": {"S": "1"}},
        )

    assert counted.by_place == {"desk": (3, 0), "desk/queue": (1, 0), "desk/due": (1, 0)}


def test_delete_costs_the_item_that_goes_and_one_unit_when_none_does(client: "DynamoDBClient") -> None:
    client.put_item(TableName="desk", Item=_item(size=2500, queue="q", queue_sort="1"))

    with meter(client, TABLES) as counted:
        client.delete_item(TableName="desk", Key=_key())
        client.delete_item(TableName="desk", Key=_key())

    assert [(charge.index, charge.write_units) for charge in counted.charges] == [(None, 3), ("queue", 1), (None, 1)]


def test_failed_condition_costs_the_larger_item_and_no_index(client: "DynamoDBClient") -> None:
    client.put_item(TableName="desk", Item=_item(size=300))

    with meter(client, TABLES) as counted, pytest.raises(client.exceptions.ConditionalCheckFailedException):
        client.put_item(
            TableName="desk",
            Item=_item(size=3100, queue="q", queue_sort="1"),
            ConditionExpression="attribute_not_exists(pk)",
        )

    assert counted.by_place == {"desk": (4, 0)}


def test_refused_request_costs_nothing(client: "DynamoDBClient") -> None:
    with meter(client, TABLES) as counted, pytest.raises(client.exceptions.ClientError):
        client.update_item(TableName="desk", Key=_key(), UpdateExpression="SET nonsense")

    assert (counted.calls, counted.write_units) == (1, 0)


def test_batch_write_costs_each_item_by_itself(client: "DynamoDBClient") -> None:
    client.put_item(TableName="journal", Item=_item(size=2000))

    with meter(client, TABLES) as counted:
        client.batch_write_item(
            RequestItems={
                "desk": [{"PutRequest": {"Item": _item("a", 1025)}}, {"PutRequest": {"Item": _item("b", 10 * 10)}}],
                "journal": [{"DeleteRequest": {"Key": _key()}}],
            }
        )

    assert counted.by_operation == {"BatchWriteItem": Usage(calls=1, write_units=2 + 1 + 2)}


def test_transaction_costs_two_writes_an_item_checked_ones_too_and_indexes_once(client: "DynamoDBClient") -> None:
    client.put_item(TableName="desk", Item=_item("checked", 1500))

    with meter(client, TABLES) as counted:
        _open_ticket(client, "token-one")

    assert counted.by_operation == {"TransactWriteItems": Usage(calls=1, write_units=2 * 2 + 2 * 1 + 2 * 2 + 1)}
    assert counted.by_place == {"desk": (8, 0), "desk/queue": (1, 0), "journal": (2, 0)}


def test_transaction_by_the_dearer_reading_costs_indexes_twice(client: "DynamoDBClient") -> None:
    client.put_item(TableName="desk", Item=_item("checked", 1500))

    with meter(client, TABLES, index_factor=2) as counted:
        _open_ticket(client, "token-one")

    assert counted.by_place["desk/queue"] == (2, 0)


def test_transaction_sent_again_with_its_token_costs_reads(client: "DynamoDBClient") -> None:
    client.put_item(TableName="desk", Item=_item("checked", 1500))

    with meter(client, TABLES) as counted:
        _open_ticket(client, "token-one")
        first = counted.write_units
        _open_ticket(client, "token-one")

    assert (counted.write_units - first, counted.read_units) == (0, 3 * 2)


def test_cancelled_transaction_costs_its_first_phase(client: "DynamoDBClient") -> None:
    with meter(client, TABLES) as counted, pytest.raises(client.exceptions.TransactionCanceledException):
        _open_ticket(client, "token-one")

    assert counted.by_place == {"desk": (1 + 2, 0), "journal": (1, 0)}


def _open_ticket(client: "DynamoDBClient", token: str) -> None:
    """Two writes and a check: 1.5 KB checked, 1.2 KB in the queue, a small event."""
    client.transact_write_items(
        TransactItems=[
            {
                "ConditionCheck": {
                    "TableName": "desk",
                    "Key": _key("checked"),
                    "ConditionExpression": "attribute_exists(pk)",
                }
            },
            {"Put": {"TableName": "desk", "Item": _item("new", 1200, queue="q", queue_sort="1")}},
            {"Put": {"TableName": "journal", "Item": _item("event", 100)}},
        ],
        ClientRequestToken=token,
    )


def test_get_costs_what_was_read_and_not_what_was_sent(client: "DynamoDBClient") -> None:
    client.put_item(TableName="desk", Item=_item(size=4097))

    with meter(client, TABLES) as counted:
        client.get_item(TableName="desk", Key=_key())
        client.get_item(TableName="desk", Key=_key(), ConsistentRead=True)
        client.get_item(TableName="desk", Key=_key(), ProjectionExpression="pk")
        client.get_item(TableName="desk", Key=_key("none"))
        client.get_item(TableName="desk", Key=_key("none"), ConsistentRead=True)

    assert [charge.read_units for charge in counted.charges] == [1, 2, 1, 0.5, 1]


def test_batch_get_rounds_each_item_up_by_itself(client: "DynamoDBClient") -> None:
    client.put_item(TableName="desk", Item=_item("a", 1536))
    client.put_item(TableName="desk", Item=_item("b", 6656))

    with meter(client, TABLES) as counted:
        keys = {"Keys": [_key("a"), _key("b")], "ConsistentRead": True}
        client.batch_get_item(RequestItems={"desk": keys})  # type: ignore[dict-item]  # The SDK's typed dict.

    assert counted.read_units == (4096 + 8192) / 4096  # The guide's own example: 1.5 KB and 6.5 KB make 12 KB.


def test_transact_get_costs_two_reads_an_item(client: "DynamoDBClient") -> None:
    client.put_item(TableName="desk", Item=_item("a", 5000))

    with meter(client, TABLES) as counted:
        client.transact_get_items(
            TransactItems=[
                {"Get": {"TableName": "desk", "Key": _key("a")}},
                {"Get": {"TableName": "journal", "Key": _key("none")}},
            ]
        )

    assert counted.by_place == {"desk": (0, 4), "journal": (0, 2)}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"Select": "COUNT"},
        {"ProjectionExpression": "sk"},
        {
            "FilterExpression": "#b = :none",
            "ExpressionAttributeNames": {"#b": "body"},
            "ExpressionAttributeValues": {":p": {"S": "t"}, ":none": {"S": "no such body"}},
        },
    ],
)
def test_query_costs_the_sum_of_what_it_reads_before_filter_and_projection(
    client: "DynamoDBClient", more: Item
) -> None:
    for number in range(17):
        client.put_item(TableName="desk", Item=_item(f"{number:02}", 800))
    request: Item = {
        "TableName": "desk",
        "KeyConditionExpression": "pk = :p",
        "ExpressionAttributeValues": {":p": {"S": "t"}},
    }

    with meter(client, TABLES) as counted:
        client.query(**request | more)
        client.query(**request | more, ConsistentRead=True, Limit=6)

    assert [charge.read_units for charge in counted.charges] == [2, 2]  # 13,600 bytes halved; 4,800 bytes whole.


def test_query_of_an_index_costs_what_it_projects(client: "DynamoDBClient") -> None:
    for number in range(10):
        client.put_item(TableName="desk", Item=_item(str(number), 9000, queue="q", queue_sort="1", subject="s" * 900))

    with meter(client, TABLES) as counted:
        page = client.query(
            TableName="desk",
            IndexName="queue",
            KeyConditionExpression="queue = :q",
            ExpressionAttributeValues={":q": {"S": "q"}},
        )

    assert len(page["Items"]) == 10
    assert counted.by_place == {"desk/queue": (0, 1.5)}  # 10 entries of about 0.9 KB are 3 times 4 KB, halved.


def test_query_that_finds_nothing_costs_half_a_unit(client: "DynamoDBClient") -> None:
    with meter(client, TABLES) as counted:
        client.query(
            TableName="desk", KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": {"S": "nobody"}}
        )

    assert counted.read_units == 0.5


def test_scan_is_not_metered_because_nothing_may_scan(client: "DynamoDBClient") -> None:
    with meter(client, TABLES), pytest.raises(UnmeteredCallError, match="no rule for Scan"):
        client.scan(TableName="desk")


def test_unknown_table_or_index_is_refused(client: "DynamoDBClient") -> None:
    with meter(client, {}), pytest.raises(UnmeteredCallError, match="not told of the table desk"):
        client.put_item(TableName="desk", Item=_item())
    with meter(client, {"desk": Table(("pk", "sk"))}), pytest.raises(UnmeteredCallError, match="the index due"):
        client.query(
            TableName="desk",
            IndexName="due",
            KeyConditionExpression="due_shard = :q",
            ExpressionAttributeValues={":q": {"S": "0"}},
        )


def test_meter_stops_counting_after_its_block(client: "DynamoDBClient") -> None:
    with meter(client, TABLES) as counted:
        client.describe_table(TableName="desk")
    client.put_item(TableName="desk", Item=_item())

    assert counted.by_operation == {"DescribeTable": Usage(calls=1)}


def test_round_trips_count_what_the_sdk_sends_again(client: "DynamoDBClient") -> None:
    with inject(client, Strike(Fault.REPLY_LOST)), meter(client, TABLES) as counted:
        client.put_item(TableName="desk", Item=_item())

    assert (counted.calls, counted.round_trips) == (1, 2)


def test_throttled_call_is_counted_and_not_charged(client: "DynamoDBClient") -> None:
    with meter(client, TABLES) as counted, inject(client, Strike(Fault.THROTTLED)):
        with pytest.raises(client.exceptions.ClientError):
            client.put_item(TableName="desk", Item=_item())
        client.put_item(TableName="desk", Item=_item())

    assert (counted.calls, counted.write_units, type(counted)) == (2, 1, Meter)
