"""The one way to write: members of a transaction, each with what it expects to find."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from tingjian.platform.items import Item, Key
from tingjian.platform.wire import to_wire

Table = Literal["desk", "journal"]


class Write(NamedTuple):
    """One member of a transaction. `expect` is the version that a replaced item must have, 0 for a new one."""

    table: Table
    item: Item
    expect: int | None = None
    kind: Literal["put", "delete", "check"] = "put"

    @property
    def key(self) -> Key:
        """The key that is written."""
        return Key(self.item["pk"], self.item["sk"])


class ConditionFailedError(Exception):
    """A member of a transaction did not find what it expected; `failed` maps its place to the item that stood there."""

    def __init__(self, failed: Mapping[int, Item | None]) -> None:
        super().__init__(sorted(failed))
        self.failed = failed


def wire_member(write: Write, table_name: str) -> Any:
    """The member as TransactWriteItems takes it."""
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
