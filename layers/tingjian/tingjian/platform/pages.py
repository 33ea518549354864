"""Pages of a query, and the cursors that lead from one to the next."""

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from tingjian.platform.errors import invalid
from tingjian.platform.items import Item

LONGEST_KEY_BYTES = 1024
INDEX_KEYS = {
    "primary": ("pk", "sk"),
    "queue": ("team", "queue_sort"),
    "owner": ("assignee", "queue_sort"),
    "due": ("due_shard", "due_at"),
    "party": ("customer_id", "opened_at"),
    "reference": ("order_number", "opened_at"),
}


class Page(NamedTuple):
    """Some items of a query, and the key of the last item read when there may be more."""

    items: list[Item]
    last: Mapping[str, str] | None

    @property
    def cursor(self) -> str | None:
        """What a client sends back to go on from here; None at the end."""
        if self.last is None:
            return None
        plain = json.dumps(self.last, separators=(",", ":"))
        return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def start_key(cursor: str, *, expected: set[str], pk: tuple[str, str]) -> dict[str, Any]:
    """The start key of a cursor; one that belongs to another list is refused (`invalid("cursor", …)`)."""
    try:
        plain = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError) as error:
        raise invalid("cursor", "cursor") from error
    if not isinstance(plain, dict) or set(plain) != expected or plain[pk[0]] != pk[1]:
        raise invalid("cursor", "cursor")
    if not all(isinstance(value, str) and _may_be_key(value) for value in plain.values()):
        raise invalid("cursor", "cursor")
    return {name: {"S": value} for name, value in plain.items()}


@contextmanager
def refusing_cursor(cursor: str | None) -> Iterator[None]:
    """Raise InvalidInputError if the query in here fails for the place that an altered cursor names."""
    try:
        yield
    except Exception as error:
        answer = getattr(error, "response", None) or {}
        if cursor and answer.get("Error", {}).get("Code") == "ValidationException":
            raise invalid("cursor", "cursor") from error
        raise


def _may_be_key(value: str) -> bool:
    try:
        return 0 < len(value.encode()) <= LONGEST_KEY_BYTES
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
