"""The contract probe: named points of DynamoDB's behaviour, each with the promise of ours that rests on it.

A point is a function that takes a `Bench` and raises when the engine does not behave. The expected values are our
reading of the AWS documents; the probe, run against DynamoDB itself, would check that reading.
"""

import importlib
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from tests.contract.engines import Store

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import CreateTableInputTypeDef
    from mypy_boto3_dynamodbstreams.client import DynamoDBStreamsClient

Item = dict[str, Any]

DESK: Final = "contract-desk"
JOURNAL: Final = "contract-journal"
AREAS: Final = ("writes", "transactions", "queries", "limits", "streams", "capacity")
STREAM_SECONDS: Final = 30


class BrokenPromiseError(Exception):
    """The engine did something else than DynamoDB; the message says what, and what was expected."""


@dataclass(frozen=True)
class Bench:
    """Two tables of our shape on a running store, and the clients to reach them."""

    client: "DynamoDBClient"
    streams: "DynamoDBStreamsClient"

    def put(self, item: Item, table: str = DESK) -> None:
        """Write `item` as it is."""
        self.client.put_item(TableName=table, Item=item)

    def get(self, pk: str, sk: str = "a", table: str = DESK) -> Item:
        """The item, read consistently; empty when there is none."""
        key = {"pk": {"S": pk}, "sk": {"S": sk}}
        return dict(self.client.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item", {}))

    def changes(self, pk: str, wanted: int, table: str = DESK) -> list[Item]:
        """The stream records of the entity `pk`, oldest first: `wanted` of them, or what has come within the time."""
        until = time.monotonic() + STREAM_SECONDS
        while True:
            found = [record for record in self._records(table) if record["dynamodb"]["Keys"]["pk"]["S"] == pk]
            if len(found) >= wanted or time.monotonic() > until:
                return found
            time.sleep(0.1)

    def _records(self, table: str) -> Iterable[Item]:
        arn = self.client.describe_table(TableName=table)["Table"]["LatestStreamArn"]
        for shard in self.streams.describe_stream(StreamArn=arn)["StreamDescription"].get("Shards", []):
            iterator: str | None = self.streams.get_shard_iterator(
                StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
            while iterator:
                page = self.streams.get_records(ShardIterator=iterator, Limit=1000)
                yield from (dict(record) for record in page["Records"])
                iterator = page.get("NextShardIterator") if page["Records"] else None


@dataclass(frozen=True)
class Point:
    """One behaviour we rely on: `promise` says what of ours breaks without it."""

    name: str
    promise: str
    check: Callable[[Bench], None]


@dataclass(frozen=True)
class Outcome:
    """What came of a point on an engine; `detail` is empty when it held."""

    point: Point
    detail: str

    @property
    def held(self) -> bool:
        """Whether the engine behaved as DynamoDB does."""
        return not self.detail


_POINTS: dict[str, Point] = {}


def point(name: str, promise: str) -> Callable[[Callable[[Bench], None]], Callable[[Bench], None]]:
    """Register a check under `name`; names are unique."""

    def register(check: Callable[[Bench], None]) -> Callable[[Bench], None]:
        if name in _POINTS:
            message = f"two points are called {name}"
            raise ValueError(message)
        _POINTS[name] = Point(name, promise, check)
        return check

    return register


def points() -> dict[str, Point]:
    """All points by name, in the order in which they are written."""
    for area in AREAS:
        importlib.import_module(f"tests.contract.points_{area}")
    return dict(_POINTS)


def probe(store: Store) -> dict[str, Outcome]:
    """Run every point on fresh tables of `store`."""
    bench = lay_tables(store)
    return {name: Outcome(each, _attempt(each, bench)) for name, each in points().items()}


def _attempt(each: Point, bench: Bench) -> str:
    try:
        each.check(bench)
    except (BrokenPromiseError, ClientError, BotoCoreError) as error:
        return f"{type(error).__name__}: {error}"[:400]
    return ""


def lay_tables(store: Store) -> Bench:
    """Make the two tables of the contract on `store`."""
    bench = Bench(store.client(), store.streams())
    for table in (_DESK_TABLE, _JOURNAL_TABLE):
        bench.client.create_table(**table)
        bench.client.get_waiter("table_exists").wait(TableName=table["TableName"], WaiterConfig={"Delay": 1})
    return bench


def expect(found: object, wanted: object, what: str) -> None:
    """Raise BrokenPromiseError unless `found` equals `wanted`."""
    if found != wanted:
        message = f"{what}: {found!r:.160} instead of {wanted!r:.160}"
        raise BrokenPromiseError(message)


def expect_that(held: object, what: str) -> None:
    """Raise BrokenPromiseError unless `held` is true."""
    if not held:
        message = f"not so: {what}"
        raise BrokenPromiseError(message)


def refused(code: str, call: Callable[..., object], **arguments: object) -> Item:
    """Make a call that must be refused with the error `code`; hand back the error's whole response."""
    try:
        call(**arguments)
    except ClientError as error:
        expect(error.response["Error"]["Code"], code, "the error's code")
        return dict(error.response)
    message = f"accepted what must be refused with {code}"
    raise BrokenPromiseError(message)


def at_once(calls: Sequence[Callable[[], object]]) -> list[object]:
    """Run `calls` in threads of their own; the results in order, errors of the store as results too."""

    def outcome(call: Callable[[], object]) -> object:
        try:
            return call()
        except ClientError as error:
            return error

    with ThreadPoolExecutor(max_workers=len(calls)) as pool:
        return list(pool.map(outcome, calls))


_KEYS: Final[list[Any]] = [
    {"AttributeName": "pk", "KeyType": "HASH"},
    {"AttributeName": "sk", "KeyType": "RANGE"},
]


def _index(name: str, partition: str, order: str, projection: Item) -> Any:  # Fits one of the SDK's typed dicts.
    return {
        "IndexName": name,
        "KeySchema": [
            {"AttributeName": partition, "KeyType": "HASH"},
            {"AttributeName": order, "KeyType": "RANGE"},
        ],
        "Projection": projection,
    }


_CARD: Final[Item] = {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["subject", "priority"]}
_DESK_TABLE: Final["CreateTableInputTypeDef"] = {
    "TableName": DESK,
    "KeySchema": _KEYS,
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": "S"}
        for name in ("pk", "sk", "queue", "queue_sort", "due_shard", "due_at")
    ],
    "GlobalSecondaryIndexes": [
        _index("queue", "queue", "queue_sort", _CARD),
        _index("due", "due_shard", "due_at", {"ProjectionType": "KEYS_ONLY"}),
    ],
    "BillingMode": "PAY_PER_REQUEST",
    "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
}
_JOURNAL_TABLE: Final["CreateTableInputTypeDef"] = {
    "TableName": JOURNAL,
    "KeySchema": _KEYS,
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
    "BillingMode": "PAY_PER_REQUEST",
    "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
}
