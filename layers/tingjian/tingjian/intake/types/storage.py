"""Types of request: one small collection, cached for seconds."""

from collections.abc import Callable

from tingjian.intake.types.models import TicketType
from tingjian.platform.errors import NotFoundError
from tingjian.platform.items import Item
from tingjian.platform.store import Store, Write

COLLECTION = "types"


class TypeNotFoundError(NotFoundError):
    """There is no type with this key."""

    code = "type_not_found"


def list_types(store: Store) -> list[TicketType]:
    """All types, at most 15 seconds old."""
    return store.members(COLLECTION, type_from_item)


def find_type(store: Store, key: str, *, fits: Callable[[TicketType], bool] | None = None) -> TicketType | None:
    """One type by its key. One that does not do for the caller (`fits`) is read again: it may have changed just now."""
    return store.member(COLLECTION, key, type_from_item, fits=fits)


def current_type(store: Store, key: str) -> TicketType | None:
    """The type as it is now, for an edit."""
    return store.current_member(COLLECTION, key, type_from_item)


def require_type(store: Store, key: str) -> TicketType:
    """One type by its key. Raises TypeNotFoundError."""
    kind = find_type(store, key)
    if kind is None:
        raise TypeNotFoundError
    return kind


def type_write(kind: TicketType) -> Write:
    return Write("desk", {"pk": COLLECTION, "sk": kind.key} | kind.model_dump(exclude={"key"}), expect=kind.version - 1)


def type_from_item(item: Item) -> TicketType:
    return TicketType.model_validate(
        {name: value for name, value in item.items() if name not in {"pk", "sk"}} | {"key": item["sk"]}
    )
