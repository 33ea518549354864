"""The one way to write: members of a transaction, each with what it expects to find."""

import time
from collections.abc import Mapping, Sequence
from random import SystemRandom
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from tingjian.platform.errors import PayloadTooLargeError
from tingjian.platform.items import Item, Key
from tingjian.platform.wire import from_wire, to_wire

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Table = Literal["desk", "journal"]
CONFLICT_ATTEMPTS = 4
ITEM_KILOBYTES = 400
"""The largest item that DynamoDB takes."""


class Write(NamedTuple):
    """One member of a transaction. `expect` is the version that a replaced item must have, 0 for a new one.

    `name` is what `ConditionFailedError.failed` calls the member; without one it is called by its key.
    """

    table: Table
    item: Item
    expect: int | None = None
    kind: Literal["put", "delete", "check"] = "put"
    name: str = ""

    @property
    def key(self) -> Key:
        return Key(self.item["pk"], self.item["sk"])


class WriteGuard(Protocol):
    """What a store calls before it writes for a request."""

    def require_asked(self) -> None:
        """Raise if the request did not ask yet whether its right covers the thing."""

    def excuse(self) -> None:
        """Require no question, since the request repeats one that was done."""


class ConditionFailedError(Exception):
    """Conditions of a transaction failed; `failed` maps the members' names to the items that were found.

    The item is None if a member expected one and there was none.
    """

    def __init__(self, failed: Mapping[str, Item | None]) -> None:
        super().__init__(sorted(failed))
        self.failed = failed


def wire_member(write: Write, table_name: str) -> Any:
    condition: dict[str, Any] = {"TableName": table_name}
    if write.expect == 0:
        condition["ConditionExpression"] = "attribute_not_exists(pk)"
    elif write.expect is not None:
        condition["ConditionExpression"] = "version = :expected"
        condition["ExpressionAttributeValues"] = {":expected": {"N": str(write.expect)}}
    if write.expect is not None:
        condition["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    if write.kind == "put":
        return {"Put": condition | {"Item": to_wire(write.item)}}
    member = "Delete" if write.kind == "delete" else "ConditionCheck"
    return {member: condition | {"Key": write.key.attributes()}}


def write_all(client: "DynamoDBClient", writes: Sequence[Write], table_names: Mapping[Table, str]) -> None:
    """Write all members or none. Raises ConditionFailedError; conflicts with other transactions are retried."""
    # A conflict means that another transaction holds an item for milliseconds. Random pauses part those that met. What
    # the SDK sends again by itself is harmless: it has a token (docs/decisions/0004-store-engines.md).
    members = [wire_member(write, table_names[write.table]) for write in writes]
    for attempt in range(1, CONFLICT_ATTEMPTS + 1):
        try:
            client.transact_write_items(TransactItems=members)
        except client.exceptions.TransactionCanceledException as cancelled:
            reasons = cancelled.response.get("CancellationReasons", [])
            failed = {
                write.name or " ".join(write.key): from_wire(reason["Item"]) if reason.get("Item") else None
                for write, reason in zip(writes, reasons, strict=False)
                if reason.get("Code") == "ConditionalCheckFailed"
            }
            if failed:
                raise ConditionFailedError(failed) from cancelled
            if any("size has exceeded" in str(reason.get("Message")) for reason in reasons):
                raise PayloadTooLargeError(limit_kilobytes=ITEM_KILOBYTES) from cancelled
            if attempt == CONFLICT_ATTEMPTS or not any(r.get("Code") == "TransactionConflict" for r in reasons):
                raise
            time.sleep(SystemRandom().uniform(0.005, 0.02) * 2**attempt)
        else:
            return
