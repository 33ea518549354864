"""What is asked of one partition, in the words of DynamoDB. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tingjian.platform.pages import INDEX_KEYS, start_key


@dataclass(frozen=True, slots=True)
class PartitionQuery:
    """Items of one partition by their keys; `where` filters after reading, None stands for any value."""

    pk: str
    index: str | None = None
    prefix: str = ""
    between: tuple[str, str] | None = None
    where: Mapping[str, str | None] | None = None

    def conditions(self) -> dict[str, Any]:
        """The conditions of the request, with their names and values."""
        hash_name, range_name = INDEX_KEYS[self.index or "primary"]
        request: dict[str, Any] = {
            "KeyConditionExpression": "#h = :h",
            "ExpressionAttributeNames": {"#h": hash_name},
            "ExpressionAttributeValues": {":h": {"S": self.pk}},
        }
        if self.index:
            request["IndexName"] = self.index
        if self.between or self.prefix:
            request["ExpressionAttributeNames"]["#r"] = range_name
        if self.between:
            request["KeyConditionExpression"] += " AND #r BETWEEN :a AND :b"
            request["ExpressionAttributeValues"] |= {":a": {"S": self.between[0]}, ":b": {"S": self.between[1]}}
        elif self.prefix:
            request["KeyConditionExpression"] += " AND begins_with(#r, :p)"
            request["ExpressionAttributeValues"][":p"] = {"S": self.prefix}
        if self.where:
            filters = []
            for place, (name, value) in enumerate(self.where.items()):
                request["ExpressionAttributeNames"][f"#f{place}"] = name
                if value is None:
                    filters.append(f"attribute_exists(#f{place})")
                    continue
                filters.append(f"#f{place} = :f{place}")
                request["ExpressionAttributeValues"][f":f{place}"] = {"S": value}
            request["FilterExpression"] = " AND ".join(filters)
        return request

    def start_key(self, cursor: str) -> dict[str, Any]:
        """The key after which a page begins. Raises as `pages.start_key` does."""
        hash_name, range_name = INDEX_KEYS[self.index or "primary"]
        return start_key(cursor, expected={hash_name, range_name, "pk", "sk"}, pk=(hash_name, self.pk))
