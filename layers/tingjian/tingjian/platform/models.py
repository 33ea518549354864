"""The base of all models, and the text types that every door accepts."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

CONTROLS_ALLOWED = frozenset("\n\t")


class Frozen(BaseModel):
    """An immutable value. Its validator is built at first use, since a cold start builds none that it does not need."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


def _without_controls(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isprintable():
        return text
    for character in text:
        if unicodedata.category(character) in {"Cc", "Cs"} and character not in CONTROLS_ALLOWED:
            code = "control_character"
            raise PydanticCustomError(code, "Control characters are not allowed")
    return text


def _one_line(text: str) -> str:
    if "\n" in text or "\t" in text:
        code = "line_break"
        raise PydanticCustomError(code, "Only one line is allowed")
    return text


Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000), AfterValidator(_without_controls)
]
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_without_controls),
    AfterValidator(_one_line),
]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")]


class PageQuery(Frozen):
    """Which page of a list."""

    limit: int = Field(default=25, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=1000)
