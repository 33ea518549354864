"""Lists over several partitions of an index, merged into one page."""

from collections.abc import Iterable

from tingjian.platform.items import Item, Key
from tingjian.platform.store import Store


def merged_keys(
    store: Store, index: str, partitions: Iterable[str], bounds: tuple[str, str], *, forward: bool, limit: int
) -> tuple[list[Key], str | None]:
    """Keys of the items within the bounds, in the order of their places, and the place to go on from; None at the end.

    One call a partition, each reading one item more than a page.
    """
    entries: list[Item] = []
    for partition in partitions:
        entries += store.query(partition, index=index, between=bounds, limit=limit + 1, forward=forward).items
    entries.sort(key=lambda entry: str(entry["queue_sort"]), reverse=not forward)
    keys = [Key(entry["pk"], entry["sk"]) for entry in entries[:limit]]
    return keys, entries[limit - 1]["queue_sort"] if len(entries) > limit else None
