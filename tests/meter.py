"""A meter for DynamoDB: the calls and the request units of a piece of work, by AWS's own rules.

Emulators' figures differ from AWS's and from each other's (see tests/contract), so the meter computes what the
documents say. The rules it follows, by the page of the developer guide that states them:

* *Item sizes and formats* (CapacityUnitCalculations): `item_size`.
* *Read and write operations* (read-write-operations): a write unit for each KB begun, the larger of the item before
  and after, a failed condition included; a read unit for each 4 KB begun, half when eventually consistent, two when
  transactional; each item of a batch by itself; a query by the sum of what it reads, before filter and projection.
* *Transactions* (transaction-apis): two writes an item, the checked ones too. A replay by token costs reads.
* *Global secondary indexes* (GSI): an entry in, out or changed is one write, one that moves is two, one that stays
  as it is none; the entry's size is its keys and what is projected.

What the documents leave open: an index is written after the transaction, so it is charged once and not twice (give
`index_factor=2` for the dearer reading); a cancelled transaction is charged its first phase, half of it; a number's
size is rounded up; a failed update, whose outcome nobody sees, is charged the item as it is.

The images that the rules need are read through a second client, which is not counted. So one meter measures one piece
of work at a time: writes by others in between would be charged to it.
"""

import base64
import contextlib
import json
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import boto3
import yaml

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

Item = Mapping[str, Mapping[str, Any]]
Body = dict[str, Any]

WRITE_BYTES: Final = 1024
READ_BYTES: Final = 4096
FREE: Final = frozenset({"DescribeTable", "DescribeTimeToLive", "DescribeEndpoints", "ListTables", "DescribeLimits"})
WRITES: Final[Mapping[str, str]] = {"PutItem": "Put", "UpdateItem": "Update", "DeleteItem": "Delete"}


class UnmeteredCallError(Exception):
    """A call that the meter has no rule for, or to a table it was not told of. A Scan is one on purpose."""


# --- tables


@dataclass(frozen=True)
class Index:
    """A global secondary index: its keys, and the attributes it projects beside them (None: all)."""

    name: str
    keys: tuple[str, ...]
    projected: frozenset[str] | None = frozenset()

    def entry(self, item: Item | None, table_keys: tuple[str, ...]) -> Item | None:
        """What the index holds of `item`; None when an index key is absent (a sparse index leaves it out)."""
        if item is None or any(key not in item for key in self.keys):
            return None
        if self.projected is None:
            return item
        kept = self.projected.union(self.keys, table_keys)
        return {name: value for name, value in item.items() if name in kept}


@dataclass(frozen=True)
class Table:
    """A table's keys and indexes."""

    keys: tuple[str, ...]
    indexes: tuple[Index, ...] = ()


def table_from(properties: Mapping[str, Any]) -> Table:
    """A table from its description in CloudFormation's or CreateTable's words."""
    return Table(
        _keys(properties),
        tuple(
            Index(each["IndexName"], _keys(each), _projected(each["Projection"]))
            for each in properties.get("GlobalSecondaryIndexes", ())
        ),
    )


def tables_from_template(template: Path, names: Mapping[str, str]) -> dict[str, Table]:
    """The tables of a template: `names` maps a resource's logical id to the name of the deployed table."""
    resources = yaml.load(template.read_text(encoding="utf-8"), Loader=_TemplateLoader)["Resources"]  # noqa: S506  # A SafeLoader.
    return {name: table_from(resources[logical_id]["Properties"]) for logical_id, name in names.items()}


def _keys(properties: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(key["AttributeName"] for key in properties["KeySchema"])


def _projected(projection: Mapping[str, Any]) -> frozenset[str] | None:
    if projection["ProjectionType"] == "ALL":
        return None
    return frozenset(projection.get("NonKeyAttributes", ()))


class _TemplateLoader(yaml.SafeLoader):
    """YAML with CloudFormation's short functions, which are read as their arguments."""


def _argument(loader: yaml.SafeLoader, _suffix: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    return None


_TemplateLoader.add_multi_constructor("!", _argument)


# --- sizes and units


def item_size(item: Item) -> int:
    """The bytes of an item: the UTF-8 of its names, and its values."""
    return sum(len(name.encode()) + value_size(value) for name, value in item.items())


def value_size(value: Mapping[str, Any]) -> int:
    """The bytes of one value in DynamoDB's JSON, such as `{"S": "text"}`."""
    ((kind, content),) = value.items()
    return _SIZES[kind](content)


def _number_size(number: str) -> int:
    """A byte for each two significant digits and one more; a minus sign takes one too."""
    sign, digits, _ = Decimal(number).as_tuple()
    significant = "".join(map(str, digits)).strip("0")
    return math.ceil(len(significant) / 2) + 1 + sign


def _binary_size(content: str | bytes) -> int:
    """The raw bytes; a request's body carries them as base64."""
    return len(base64.b64decode(content) if isinstance(content, str) else content)


def _text_size(content: str) -> int:
    return len(content.encode())


_SIZES: Final[Mapping[str, Callable[[Any], int]]] = {
    "S": _text_size,
    "N": _number_size,
    "B": _binary_size,
    "BOOL": lambda _: 1,
    "NULL": lambda _: 1,
    "SS": lambda members: sum(map(_text_size, members)),
    "NS": lambda members: sum(map(_number_size, members)),
    "BS": lambda members: sum(map(_binary_size, members)),
    "L": lambda members: 3 + sum(1 + value_size(member) for member in members),
    "M": lambda members: 3 + len(members) + item_size(members),
}


def write_units(size: int) -> int:
    """Write units of one plain write of `size` bytes: one for each KB begun, at least one."""
    return max(1, math.ceil(size / WRITE_BYTES))


def read_units(size: int, consistency: Literal["eventual", "strong", "transactional"]) -> float:
    """Read units of `size` bytes read as one: one for each 4 KB begun, at least one; halved, whole or doubled."""
    return max(1, math.ceil(size / READ_BYTES)) * {"eventual": 0.5, "strong": 1.0, "transactional": 2.0}[consistency]


def index_units(index: Index, keys: tuple[str, ...], old: Item | None, new: Item | None) -> int:
    """Write units of an index when the item of a table with `keys` goes from `old` to `new`."""
    before, after = index.entry(old, keys), index.entry(new, keys)
    if before == after:
        return 0
    if before is None or after is None:
        return write_units(item_size(before or after or {}))
    if any(before[key] != after[key] for key in index.keys):
        return write_units(item_size(before)) + write_units(item_size(after))
    return write_units(max(item_size(before), item_size(after)))


# --- the meter


@dataclass(frozen=True)
class Charge:
    """What one call costs at a table, or at an index of it."""

    operation: str
    table: str
    index: str | None = None
    write_units: float = 0
    read_units: float = 0


@dataclass(frozen=True)
class Usage:
    """Calls and units of an operation."""

    calls: int = 0
    write_units: float = 0
    read_units: float = 0


@dataclass
class Meter:
    """What has been counted so far."""

    tables: Mapping[str, Table]
    reader: "DynamoDBClient"
    index_factor: int = 1
    operations: list[str] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)
    round_trips: int = 0
    _tokens: set[str] = field(default_factory=set)

    @property
    def calls(self) -> int:
        """Calls of the client; `round_trips` counts the SDK's own retries too."""
        return len(self.operations)

    @property
    def write_units(self) -> float:
        """Write request units of all calls, tables and indexes together."""
        return sum(charge.write_units for charge in self.charges)

    @property
    def read_units(self) -> float:
        """Read request units of all calls."""
        return sum(charge.read_units for charge in self.charges)

    @property
    def by_operation(self) -> dict[str, Usage]:
        """Calls and units of each operation, such as `TransactWriteItems`."""
        return {
            operation: Usage(
                calls,
                sum(charge.write_units for charge in self.charges if charge.operation == operation),
                sum(charge.read_units for charge in self.charges if charge.operation == operation),
            )
            for operation, calls in Counter(self.operations).items()
        }

    @property
    def by_place(self) -> dict[str, tuple[float, float]]:
        """Write and read units of each table and index; an index is written `table/index`."""
        places: defaultdict[str, tuple[float, float]] = defaultdict(lambda: (0, 0))
        for charge in self.charges:
            place = f"{charge.table}/{charge.index}" if charge.index else charge.table
            write, read = places[place]
            places[place] = (write + charge.write_units, read + charge.read_units)
        return dict(places)

    # --- hooks of the SDK

    def begin(self, model: Any, params: Body, context: Body, **_: object) -> None:
        """Before a call: take the images of the items it writes."""
        body = json.loads(params["body"])
        context["meter_body"] = body
        context["meter_before"] = self._images(_actions(model.name, body))

    def sent(self, **_: object) -> None:
        """A request went over the wire."""
        self.round_trips += 1

    def end(self, model: Any, parsed: Body, context: Body, **_: object) -> None:
        """After a call: charge it."""
        self.operations.append(model.name)
        if "meter_body" in context:  # Absent when another hook answered in the store's place: nothing to charge.
            self.charges += self._charge(model.name, context["meter_body"], parsed, context["meter_before"])

    def _charge(self, operation: str, body: Body, parsed: Body, before: list["Item | None"]) -> Iterable[Charge]:
        code = parsed.get("Error", {}).get("Code")
        if operation in FREE or code not in {None, "ConditionalCheckFailedException", "TransactionCanceledException"}:
            return []  # A call that was refused as wrong, or throttled, is not charged.
        if operation in _READS:
            return [] if code else _READS[operation](self, operation, body, parsed)
        if operation == "TransactWriteItems":
            return self._transaction(body, before, cancelled=code is not None)
        if operation in {*WRITES, "BatchWriteItem"}:
            return self._writes(
                operation, _actions(operation, _without_unprocessed(body, parsed)), before, failed=bool(code)
            )
        message = f"the meter has no rule for {operation}"
        raise UnmeteredCallError(message)

    # --- writes

    def _writes(
        self, operation: str, actions: list["Action"], before: list["Item | None"], *, failed: bool, factor: int = 1
    ) -> list[Charge]:
        after = before if failed else self._images(actions)
        index_factor = self.index_factor if factor > 1 else 1
        charges = []
        for action, old, new in zip(actions, before, after, strict=True):
            table = self._table(action.table)
            attempted = action.item if failed else new
            size = max(item_size(old or {}), item_size(attempted or {}))
            charges.append(Charge(operation, action.table, write_units=factor * write_units(size)))
            charges += [
                Charge(operation, action.table, index.name, write_units=index_factor * units)
                for index in table.indexes
                if (units := index_units(index, table.keys, old, new))
            ]
        return charges

    def _transaction(self, body: Body, before: list["Item | None"], *, cancelled: bool) -> list[Charge]:
        operation, token = "TransactWriteItems", body.get("ClientRequestToken", "")
        actions = _actions(operation, body)
        if cancelled:
            return self._writes(operation, actions, before, failed=True)
        if token in self._tokens:
            return [
                Charge(operation, action.table, read_units=read_units(item_size(old or {}), "transactional"))
                for action, old in zip(actions, before, strict=True)
            ]
        self._tokens.add(token)
        return self._writes(operation, actions, before, failed=False, factor=2)

    # --- reads

    def _get(self, operation: str, body: Body, parsed: Body) -> list[Charge]:
        size = self._full_size(body["TableName"], body["Key"], parsed.get("Item"), body)
        return [Charge(operation, body["TableName"], read_units=read_units(size, _consistency(body)))]

    def _batch_get(self, operation: str, body: Body, parsed: Body) -> list[Charge]:
        return [
            Charge(operation, table, read_units=read_units(size, _consistency(request)))
            for table, request in body["RequestItems"].items()
            for key in request["Keys"]
            if key not in parsed.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
            for size in [item_size(self._image(table, key) or {})]
        ]

    def _transact_get(self, operation: str, body: Body, parsed: Body) -> list[Charge]:
        gets = [each["Get"] for each in body["TransactItems"]]
        return [
            Charge(
                operation,
                get["TableName"],
                read_units=read_units(
                    self._full_size(get["TableName"], get["Key"], found.get("Item"), get), "transactional"
                ),
            )
            for get, found in zip(gets, parsed["Responses"], strict=True)
        ]

    def _query(self, operation: str, body: Body, parsed: Body) -> list[Charge]:
        table = self._table(body["TableName"])
        cut = {"FilterExpression", "ProjectionExpression", "Select"} & set(body)
        items = self._unfiltered(body, parsed) if cut else parsed["Items"]
        index = next((each for each in table.indexes if each.name == body.get("IndexName")), None)
        if index is None and "IndexName" in body:
            message = f"the meter does not know the index {body['IndexName']} of {body['TableName']}"
            raise UnmeteredCallError(message)
        size = sum(item_size((index.entry(item, table.keys) if index else item) or {}) for item in items)
        units = read_units(size, _consistency(body))
        return [Charge(operation, body["TableName"], index.name if index else None, read_units=units)]

    def _unfiltered(self, body: Body, parsed: Body) -> list[Body]:
        """What a query read before its filter and projection: the same page again, whole."""
        condition = body["KeyConditionExpression"]
        plain = {
            name: value
            for name, value in body.items()
            if name in {"TableName", "IndexName", "KeyConditionExpression", "ScanIndexForward", "ExclusiveStartKey"}
        }
        for kind in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
            if used := {name: value for name, value in body.get(kind, {}).items() if _uses(condition, name)}:
                plain[kind] = used
        scanned: int = parsed["ScannedCount"]
        items: list[Body] = []
        while len(items) < scanned:
            page = self.reader.query(**plain, Limit=scanned - len(items))
            items += [dict(item) for item in page["Items"]]
            if "LastEvaluatedKey" not in page:
                break
            plain["ExclusiveStartKey"] = page["LastEvaluatedKey"]
        return items

    def _full_size(self, table: str, key: Body, found: "Item | None", request: Body) -> int:
        """The size of what was read, not of the part that was sent back."""
        self._table(table)
        whole = self._image(table, key) if "ProjectionExpression" in request else found
        return item_size(whole or {})

    # --- images

    def _images(self, actions: list["Action"]) -> list["Item | None"]:
        return [self._image(action.table, action.key(self._table(action.table))) for action in actions]

    def _image(self, table: str, key: Body) -> "Item | None":
        self._table(table)
        return self.reader.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")

    def _table(self, name: str) -> Table:
        if name not in self.tables:
            message = f"the meter was not told of the table {name}"
            raise UnmeteredCallError(message)
        return self.tables[name]


_READS: Final[Mapping[str, Callable[[Meter, str, Body, Body], list[Charge]]]] = {
    "GetItem": Meter._get,
    "BatchGetItem": Meter._batch_get,
    "TransactGetItems": Meter._transact_get,
    "Query": Meter._query,
}


@dataclass(frozen=True)
class Action:
    """One item's part in a call that writes: its table, and the item of a put or the key of another."""

    table: str
    item: Item | None
    named_key: Body | None

    def key(self, table: Table) -> Body:
        """The key of the item that is written."""
        return self.named_key or {name: (self.item or {})[name] for name in table.keys}


def _actions(operation: str, body: Body) -> list[Action]:
    """The items that a call writes or checks, in order; none for a call that reads."""
    if operation in WRITES:
        return [_action(body)]
    if operation == "TransactWriteItems":
        return [_action(request) for part in body["TransactItems"] for request in part.values()]
    if operation == "BatchWriteItem":
        return [
            _action({"TableName": table, **request})
            for table, parts in body["RequestItems"].items()
            for part in parts
            for request in part.values()
        ]
    return []


def _action(request: Body) -> Action:
    return Action(request["TableName"], request.get("Item"), request.get("Key"))


def _without_unprocessed(body: Body, parsed: Body) -> Body:
    left = parsed.get("UnprocessedItems")
    if left:
        message = "the meter has no rule for a batch that was written in part"
        raise UnmeteredCallError(message)
    return body


def _consistency(request: Body) -> Literal["eventual", "strong"]:
    return "strong" if request.get("ConsistentRead") else "eventual"


def _uses(expression: str, placeholder: str) -> bool:
    return placeholder in expression.replace("(", " ").replace(")", " ").replace(",", " ").replace("=", " ").split()


@contextlib.contextmanager
def meter(
    client: "DynamoDBClient",
    tables: Mapping[str, Table],
    reader: "DynamoDBClient | None" = None,
    *,
    index_factor: int = 1,
) -> Iterator[Meter]:
    """Count what `client` does while the block runs.

    `tables` maps table names to their shape. `reader` is the uncounted second client; by default one like `client` is
    made, with the credentials of the environment. `index_factor` is what an index write costs in a transaction, in
    plain writes: see the module. Raises UnmeteredCallError out of a call that there is no rule for.
    """
    if reader is None:
        meta = client.meta
        reader = boto3.client("dynamodb", region_name=meta.region_name, endpoint_url=meta.endpoint_url)
    counted = Meter(tables, reader, index_factor)
    hooks: dict[str, Callable[..., None]] = {
        "before-call.dynamodb": counted.begin,
        "response-received.dynamodb": counted.sent,
        "after-call.dynamodb": counted.end,
    }
    for event, hook in hooks.items():
        client.meta.events.register(event, hook)
    try:
        yield counted
    finally:
        for event, hook in hooks.items():
            client.meta.events.unregister(event, hook)
