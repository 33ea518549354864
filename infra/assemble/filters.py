"""The filters of the Journal's reader, in template.yaml: the facts that anybody listens to."""

import json
from typing import Any

from infra.assemble.files import AssemblyError, with_block
from infra.assemble.house import House

FILE = "template.yaml"
NOT_IMPORTED = {"imported": {"BOOL": [{"exists": False}], "S": [{"exists": False}]}}
NOTHING = "Nobody listens"
"""The name of no fact; a filter must name one."""
LARGEST = 4096
"""The longest pattern that Lambda takes, in characters."""
PAD = " " * 14


class TooManyFactsError(AssemblyError):
    """The filter's pattern is longer than Lambda takes."""


def reader_filters(house: House) -> dict[str, str]:
    """template.yaml, with the filters in their block. Raises TooManyFactsError."""
    heard = sorted({listener.fact.__name__ for _, listener in house.listeners})
    imported = sorted({listener.fact.__name__ for _, listener in house.listeners if listener.imported})
    patterns = [_pattern(heard or [NOTHING], NOT_IMPORTED)] + ([_pattern(imported, {})] if imported else [])
    block = "".join(f"{PAD}  - Pattern: >-\n{_folded(pattern)}" for pattern in patterns)
    return {FILE: with_block((house.root / FILE).read_text("utf-8"), "facts that are heard", block)}


def _pattern(names: list[str], further: dict[str, Any]) -> str:
    image = {"name": {"S": names}} | further
    pattern = json.dumps({"eventName": ["INSERT"], "dynamodb": {"NewImage": image}})
    if len(pattern) > LARGEST:
        raise TooManyFactsError(f"The filter of the Journal's reader has {len(pattern)} characters of {LARGEST}.")
    return pattern


def _folded(pattern: str) -> str:
    """The pattern in lines of at most 120 characters, broken at blanks, which a folded text joins again."""
    lines: list[str] = [""]
    for word in pattern.split(" "):
        if len(lines[-1]) + len(word) > 120 - len(PAD) - 7:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return "".join(f"{PAD}      {line}\n" for line in lines)
