"""Places: where items stand, the collisions of keys and index partitions, and their tables in docs/data-model.md."""

import itertools
import re
from collections.abc import Iterator

from infra.assemble.files import table
from infra.assemble.house import House
from tingjian.platform.features import Place

SHARED_INDEXES = {"due"}
"""Indexes whose partitions all features share: a timed item says by its sort key whose it is."""


def colliding_places(house: House) -> Iterator[str]:
    """Places whose keys, or whose partitions in an index, could be the same."""
    placed = [(declared.name, place) for declared in house.features for place in declared.feature.places]
    for (owner, place), (other, second) in itertools.combinations(placed, 2):
        if _may_equal(place.pk, second.pk) and _sort_keys_collide(place, second, same_owner=owner == other):
            yield (
                f"The keys of {place.item} ({owner}: {place.pk}, {place.sk}) and of {second.item} "
                f"({other}: {second.pk}, {second.sk}) collide."
            )
        for index in sorted(set(place.indexes) & set(second.indexes) - SHARED_INDEXES):
            if owner != other and _partitions_collide(place.indexes[index], second.indexes[index]):
                yield (
                    f"{place.item} ({owner}) and {second.item} ({other}) stand in the same partition "
                    f"{place.indexes[index]} of the index {index}."
                )


def places_table(house: House) -> str:
    rows = [
        (declared.name, place.item, f"`{place.pk}`", f"`{place.sk}`", _listed(place), place.note)
        for declared in house.features
        for place in declared.feature.places
    ]
    return table(("feature", "item", "pk", "sk", "in indexes", ""), rows)


def _listed(place: Place) -> str:
    return ", ".join(f"{index} (`{partition}`)" for index, partition in place.indexes.items())


def _sort_keys_collide(place: Place, second: Place, *, same_owner: bool) -> bool:
    """Within a partition that features share, the first word of the sort key is one feature's alone."""
    if same_owner:
        return _may_equal(place.sk, second.sk)
    return _may_equal(_segments(place.sk)[0], _segments(second.sk)[0])


def _partitions_collide(partition: str, second: str) -> bool:
    """Partitions of the same form; a whole name such as `<team>` differs from another one such as `<department>`."""
    if partition.startswith("<") and second.startswith("<"):
        return partition == second
    return _may_equal(partition, second)


def _may_equal(pattern: str, second: str) -> bool:
    """Whether two patterns could stand for one text; a `<part>` holds no mark that separates parts."""
    parts, others = _segments(pattern), _segments(second)
    return len(parts) == len(others) and all(map(_segments_may_equal, parts, others))


def _segments(pattern: str) -> list[str]:
    return re.split(r"[#@]", pattern)


def _segments_may_equal(part: str, other: str) -> bool:
    if "<" not in part and "<" not in other:
        return part == other
    return part.partition("<")[0].startswith(other.partition("<")[0]) or other.partition("<")[0].startswith(
        part.partition("<")[0]
    )
