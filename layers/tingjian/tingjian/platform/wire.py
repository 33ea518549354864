"""Items in DynamoDB's wire form and back."""

from collections.abc import Mapping
from typing import Any

from tingjian.platform.items import Item


def to_wire(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item in DynamoDB's wire form; attributes that are None are left out."""
    return {name: _to_value(value) for name, value in item.items() if value is not None}


def _to_value(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int | float):
        return {"N": repr(value)}
    if isinstance(value, dict):
        return {"M": to_wire(value)}
    if isinstance(value, list | tuple | set | frozenset):
        return {"L": [_to_value(member) for member in value]}
    message = f"cannot store a {type(value).__name__}"
    raise TypeError(message)


def from_wire(item: Mapping[str, Any]) -> Item:
    return {name: _from_value(value) for name, value in item.items()}


def _from_value(value: Mapping[str, Any]) -> Any:
    ((kind, content),) = value.items()
    if kind in {"S", "BOOL"}:
        return content
    if kind == "N":
        return int(content) if content.lstrip("-").isdigit() else float(content)
    if kind == "M":
        return from_wire(content)
    if kind == "L":
        return [_from_value(member) for member in content]
    return None
