"""Keys and items, as all storage speaks of them. Pure."""

from dataclasses import dataclass
from typing import Any

Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Key:
    """A primary key; in Desk and Journal alike the partition is `kind#id`."""

    pk: str
    sk: str

    def attributes(self) -> dict[str, Any]:
        """The key in the wire form."""
        return {"pk": {"S": self.pk}, "sk": {"S": self.sk}}
