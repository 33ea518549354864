"""Texts: every feature's `texts.json` and the platform's own, compiled to one catalogue a language."""

import ast
import itertools
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from infra.assemble.house import PACKAGE, House
from tingjian.platform.errors import TingjianError
from tingjian.platform.texts import LANGUAGES

OWN = "platform/texts/texts.json"
PARAMETER = re.compile(r"\{(\w+)\}")
PREFIX_OF_CALLS = {
    "invalid": "field.",
    "FieldError": "field.",
    "Phrase": "",
    "text": "",
    "has": "",
    "PydanticCustomError": "field.",
}
"""Calls that name a text by a literal: the text's key begins with this."""
PLACE_OF_KEY = {"invalid": 1, "FieldError": 1}
WORDS = {"notices": "notice", "clocks": "clock", "moves": "move", "blockers": "blocker"}
"""What a feature declares by a word, and the beginning of the key of the word's text."""


def compiled_texts(house: House) -> dict[str, str]:
    """The catalogue of each language: its path and its text."""
    merged = dict(sorted(_all_texts(house).items()))
    return {
        str(PACKAGE / f"platform/texts/{language}.json"): _one_a_line(
            {key: said[language] for key, said in merged.items() if language in said}
        )
        for language in LANGUAGES
    }


def missing_texts(house: House) -> Iterator[str]:
    """Texts that lack a language, keys that are defined twice, and keys that are used and not defined."""
    owners: dict[str, str] = {}
    for name, texts in _sources(house).items():
        for key, said in texts.items():
            if key in owners:
                yield f"The text {key} stands in {owners[key]} and in {name}."
            owners[key] = name
            yield from _holes(name, key, said)
    for user, key in sorted({*_declared_words(house), *_error_codes(), *_literal_keys(house)}):
        if key not in owners:
            yield f"{user} uses the text {key}, which no texts.json has."


def _holes(name: str, key: str, said: dict[str, str]) -> Iterator[str]:
    for language in LANGUAGES:
        if not said.get(language, "").strip():
            yield f"The text {key} of {name} is missing in {language}."
        elif set(PARAMETER.findall(said[language])) != set(PARAMETER.findall(said.get(LANGUAGES[0], ""))):
            yield f"The text {key} of {name} has other parameters in {language} than in {LANGUAGES[0]}."


def _sources(house: House) -> dict[str, dict[str, dict[str, str]]]:
    own = house.root / PACKAGE / OWN
    files = [(OWN, own)] if own.exists() else []
    files += [(f"{one.name}/texts.json", one.folder / "texts.json") for one in house.features]
    return {name: json.loads(path.read_text("utf-8")) for name, path in files if path.exists()}


def _all_texts(house: House) -> dict[str, dict[str, str]]:
    return {key: said for texts in _sources(house).values() for key, said in texts.items()}


def _declared_words(house: House) -> Iterator[tuple[str, str]]:
    for declared in house.features:
        for member, prefix in WORDS.items():
            yield from ((declared.name, f"{prefix}.{word}") for word in getattr(declared.feature, member))


def _error_codes() -> Iterator[tuple[str, str]]:
    """The title of each error that is known, each of which has a code of its own."""
    pending = list(TingjianError.__subclasses__())
    while pending:
        kind = pending.pop()
        pending += kind.__subclasses__()
        if kind.__module__.startswith("tingjian."):
            yield f"{kind.__module__}.{kind.__name__}", f"error.{kind.code}"


def _literal_keys(house: House) -> Iterator[tuple[str, str]]:
    """Keys that stand as literals in calls, by the module that has them."""
    for path in sorted((house.root / PACKAGE).rglob("*.py")):
        module = str(path.relative_to(house.root / PACKAGE))
        yield from ((module, key) for key in _keys_in(path))


@cache
def _keys_in(path: Path) -> tuple[str, ...]:
    calls = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
    return tuple(itertools.chain.from_iterable(map(_keys_of, calls)))


def _keys_of(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    arguments: list[Any] = [getattr(argument, "value", None) for argument in call.args]
    place = PLACE_OF_KEY.get(name, 0)
    if name in PREFIX_OF_CALLS and len(arguments) > place and isinstance(arguments[place], str):
        yield PREFIX_OF_CALLS[name] + arguments[place]


def _one_a_line(texts: dict[str, Any]) -> str:
    lines = ",\n".join(f" {json.dumps(key)}: {json.dumps(said, ensure_ascii=False)}" for key, said in texts.items())
    return "{\n" + lines + "\n}\n"
