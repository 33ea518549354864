"""The meter against the engines whose figures the probe found right: writes on MiniStack, reads on DynamoDB Local."""

import random
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.engines import Engine, EngineMissingError, Store, running
from tests.contract.known import require
from tests.contract.probe import DESK, JOURNAL, Item, lay_tables
from tests.meter import Table, meter, table_from

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

pytestmark = pytest.mark.enable_socket

SEED = 20260301
CALLS = 150
WRITES = ("capacity-put", "capacity-update", "capacity-delete", "capacity-transaction", "capacity-index")
READS = ("capacity-get", "capacity-query", "capacity-index-query", "capacity-batch-get")


@pytest.fixture
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """The engine that the test names, running and empty."""
    engine: Engine = request.param
    try:
        with running(engine) as started:
            yield started
    except EngineMissingError as error:
        pytest.skip(f"the meter was NOT compared with {engine}: {error}")


def shapes(client: "DynamoDBClient") -> dict[str, Table]:
    """The tables as the engine describes them."""
    return {name: table_from(dict(client.describe_table(TableName=name)["Table"])) for name in (DESK, JOURNAL)}


def reported(answer: Mapping[str, Any]) -> float:
    """The units of an answer, of all tables and indexes."""
    capacity = answer["ConsumedCapacity"]
    return float(sum(each["CapacityUnits"] for each in (capacity if isinstance(capacity, list) else [capacity])))


def random_item(dice: random.Random, shortest: int = 0) -> Item:
    """One of 6 items, of up to 6 KB, in no, one or two indexes, with values of every sort."""
    body = "票x" * dice.randrange(shortest, 1500)
    item: Item = {"pk": {"S": "life"}, "sk": {"S": str(dice.randrange(6))}, "body": {"S": body}}
    if dice.random() < 0.6:
        item |= {"queue": {"S": dice.choice("ab")}, "queue_sort": {"S": dice.choice("123")}}
        item |= {"subject": {"S": "s" * dice.randrange(shortest, 2500)}}
    if dice.random() < 0.5:
        item |= {"due_shard": {"S": "0"}, "due_at": {"S": dice.choice("123")}}
    return item | {"fields": {"M": {"list": {"L": [{"BOOL": True}, {"NULL": True}]}, "blockers": {"SS": ["a", "bc"]}}}}


def random_write(client: "DynamoDBClient", dice: random.Random) -> Mapping[str, Any]:
    """A put, an update, a delete or a transaction."""
    item = random_item(dice)
    key = {name: item[name] for name in ("pk", "sk")}
    writes: list[Callable[[], Mapping[str, Any]]] = [
        lambda: client.put_item(TableName=DESK, Item=item, ReturnConsumedCapacity="INDEXES"),
        lambda: client.delete_item(TableName=DESK, Key=key, ReturnConsumedCapacity="INDEXES"),
        lambda: client.update_item(
            TableName=DESK,
            Key=key,
            UpdateExpression=dice.choice(
                ["SET subject = :t", "SET queue_sort = :t", "SET note = :t", "SET note = :t REMOVE queue"]
            ),
            ExpressionAttributeValues={":t": {"S": dice.choice("123")}},
            ReturnConsumedCapacity="INDEXES",
        ),
        lambda: client.transact_write_items(
            TransactItems=[
                {"Put": {"TableName": JOURNAL, "Item": item}},
                {"Put": {"TableName": JOURNAL, "Item": item | {"sk": {"S": "other"}}}},
            ],
            ReturnConsumedCapacity="INDEXES",
        ),
    ]
    return dice.choice(writes)()


def random_read(client: "DynamoDBClient", dice: random.Random) -> Mapping[str, Any]:
    """A get, a batch, a query of the table or of an index; filtered or not, consistent or not."""
    keys = [{"pk": {"S": "life"}, "sk": {"S": sk}} for sk in dice.sample("012345", 3)]
    consistent = dice.choice([True, False])
    filtered: Item = (
        {"FilterExpression": "subject = :n", "ProjectionExpression": "pk"} if dice.choice([True, False]) else {}
    )
    values = {":n": {"S": "none"}} if filtered else {}
    indexed: Item = {"IndexName": "queue", "KeyConditionExpression": "queue = :p"}
    reads: list[Callable[[], Mapping[str, Any]]] = [
        lambda: client.get_item(
            TableName=DESK, Key=keys[0], ConsistentRead=consistent, ReturnConsumedCapacity="INDEXES"
        ),
        lambda: client.batch_get_item(
            RequestItems={DESK: {"Keys": keys, "ConsistentRead": consistent}}, ReturnConsumedCapacity="INDEXES"
        ),
        lambda: client.query(
            TableName=DESK,
            KeyConditionExpression="pk = :p",
            ExpressionAttributeValues={":p": {"S": "life"}, **values},
            Limit=dice.randrange(1, 7),
            ConsistentRead=consistent,
            ReturnConsumedCapacity="INDEXES",
            **filtered,
        ),
        lambda: client.query(
            TableName=DESK,
            ExpressionAttributeValues={":p": {"S": dice.choice("ab")}, **values},
            ReturnConsumedCapacity="INDEXES",
            **indexed,
            **filtered,
        ),
    ]
    return dice.choice(reads)()


@pytest.mark.parametrize("store", [Engine.MINISTACK], indirect=True)
def test_meter_counts_writes_as_ministack_reports_them(store: Store) -> None:
    require(Engine.MINISTACK, *WRITES)
    client, dice = lay_tables(store).client, random.Random(SEED)  # noqa: S311  # No secret: the same life each time.

    with meter(client, shapes(client), store.client()) as counted:
        calls = [(reported(random_write(client, dice)), counted.write_units) for _ in range(CALLS)]

    assert set(counted.by_operation) == {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"}
    assert differences(calls) == []


@pytest.mark.parametrize("store", [Engine.DYNAMODB_LOCAL], indirect=True)
def test_meter_counts_reads_as_dynamodb_local_reports_them(store: Store) -> None:
    require(Engine.DYNAMODB_LOCAL, *READS)
    bench, dice = lay_tables(store), random.Random(SEED)  # noqa: S311  # As above.
    client = bench.client
    for _ in range(40):
        bench.put(random_item(dice, shortest=1))

    with meter(client, shapes(client), store.client()) as counted:
        calls = [(reported(random_read(client, dice)), counted.read_units) for _ in range(CALLS)]

    assert set(counted.by_operation) == {"GetItem", "BatchGetItem", "Query"}
    assert differences(calls) == []


def differences(calls: list[tuple[float, float]]) -> list[tuple[int, float, float]]:
    """The calls whose units differ: number, the engine's, the meter's (given as a running sum)."""
    sums = [0.0, *(counted for _, counted in calls)]
    each = [(units, after - before) for (units, after), before in zip(calls, sums, strict=False)]
    return [(number, engine, ours) for number, (engine, ours) in enumerate(each) if engine != ours]
