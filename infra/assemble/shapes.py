"""Names in the API's document: one name is one shape and one operation, through all features."""

import json
from collections.abc import Iterator
from typing import Any

from infra.assemble.house import House
from infra.assemble.openapi import operation_id


def colliding_shapes(house: House) -> Iterator[str]:
    """Names that two features, or two modules of one feature, use for different shapes."""
    known: dict[str, tuple[str, Any]] = {}
    for declared in house.features:
        shapes = declared.operations[0].shapes if declared.operations else {}
        for name, shape in shapes.items():
            if "__" in name:
                yield f"{declared.name} has two models of the name {name.rpartition('__')[2]}: rename one."
                continue
            owner, first = known.setdefault(name, (declared.name, shape))
            if json.dumps(first, sort_keys=True) != json.dumps(shape, sort_keys=True):
                yield f"{owner} and {declared.name} use the name {name} for different models: rename one."


def repeated_operations(house: House) -> Iterator[str]:
    known: dict[str, str] = {}
    for operation in house.operations:
        place = f"{operation.module}:{operation.function.__name__}"
        first = known.setdefault(operation_id(operation), place)
        if first != place:
            yield f"{first} and {place} are one operation {operation_id(operation)} in the document: rename one."
