"""Message catalogues: every text that a person reads, in zh-CN (default), zh-TW and en."""

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

Language = Literal["zh-CN", "zh-TW", "en"]
LANGUAGES: tuple[Language, ...] = ("zh-CN", "zh-TW", "en")
DEFAULT: Language = "zh-CN"
TRADITIONAL = ("zh-tw", "zh-hk", "zh-mo", "zh-hant")


class Phrase:
    """A text of the catalogue among an error's parameters; the problem document shows it in the caller's language.

    A plain string is shown as it is, whatever it says: only code makes a Phrase, so no caller's value is ever a key.
    """

    __slots__ = ("key", "parameters")

    def __init__(self, key: str, **parameters: object) -> None:
        self.key, self.parameters = key, parameters

    def __repr__(self) -> str:
        return f"Phrase({self.key!r}, {self.parameters!r})"

    def text(self, language: Language) -> str:
        return text(self.key, language, **self.parameters)


class Label(Phrase):
    """A name that an editor gave in several languages; in one that it lacks, the Chinese one, else the key."""

    __slots__ = ("labels",)

    def __init__(self, key: str, labels: Mapping[str, str]) -> None:
        super().__init__(key)
        self.labels = labels

    def text(self, language: Language) -> str:
        return self.labels.get(language) or self.labels.get(DEFAULT) or self.key


def text(key: str, language: Language = DEFAULT, **parameters: object) -> str:
    """The text of a key with its `{parameters}` filled in; KeyError for a key that no catalogue has."""
    template = catalogue(language).get(key) or catalogue(DEFAULT)[key]
    return template.format(**parameters) if parameters else template


def has(key: str) -> bool:
    return key in catalogue(DEFAULT)


@functools.cache
def catalogue(language: Language) -> dict[str, str]:
    """All texts of one language, keyed `area.name`; the file is compiled from the features' `texts.json`."""
    texts: dict[str, str] = json.loads((Path(__file__).parent / f"{language}.json").read_text(encoding="utf-8"))
    return texts


@functools.lru_cache(maxsize=256)
def best_language(accept_language: str | None) -> Language:
    """The catalogue that fits an Accept-Language header best; zh-CN when nothing does."""
    choices = []
    for place, part in enumerate((accept_language or "").split(",")):
        tag, _, parameter = part.strip().lower().partition(";")
        quality = parameter.strip().removeprefix("q=") if parameter else "1"
        try:
            choices.append((-float(quality), place, tag))
        except ValueError:
            continue
    for _, _, tag in sorted(choices):
        if tag.startswith(TRADITIONAL):
            return "zh-TW"
        if tag.split("-")[0] == "zh":
            return "zh-CN"
        if tag.split("-")[0] == "en":
            return "en"
    return DEFAULT
