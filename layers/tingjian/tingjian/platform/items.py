"""Keys and items, as all storage speaks of them. Pure."""

from typing import Any, NamedTuple

Item = dict[str, Any]


class Key(NamedTuple):
    """A primary key; in Desk and Journal alike the partition is `kind#id`."""

    pk: str
    sk: str

    def attributes(self) -> dict[str, Any]:
        return {"pk": {"S": self.pk}, "sk": {"S": self.sk}}
