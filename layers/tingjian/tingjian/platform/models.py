"""The base of all models, and the types of texts, numbers and times that every door accepts."""

import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from tingjian.platform.folding import folded, folded_order, readable_line, readable_text

CONTROLS_ALLOWED = frozenset("\n\t")
FIRST_YEAR, LAST_YEAR = 1970, 2199
"""The years that a caller's instant may lie in; any zone and any working time around them can be counted."""


class Frozen(BaseModel):
    """An immutable value. Its validator is built at first use, since a cold start builds none that it does not need.

    An error does not quote the value that is wrong: one that nobody expected ends in the log.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", defer_build=True, allow_inf_nan=False, hide_input_in_errors=True
    )


def _on_texts(change: Callable[[str], str]) -> BeforeValidator:
    """Change a text before it is checked; what is no text stays, and is refused as such."""
    return BeforeValidator(lambda value: change(value) if isinstance(value, str) else value)


def in_bounds(moment: datetime) -> datetime:
    """The instant, if its year is one that can be counted with. Raises PydanticCustomError."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        code = "year_bounds"
        raise PydanticCustomError(code, f"The year must lie between {FIRST_YEAR} and {LAST_YEAR}")
    return moment


def in_every_zone(moment: datetime) -> datetime:
    """The instant, if every zone has a date for it. Raises PydanticCustomError."""
    try:
        day = timedelta(days=1)
        _ = moment.astimezone(UTC) - day, moment.astimezone(UTC) + day
    except OverflowError as error:
        code = "year_bounds"
        raise PydanticCustomError(code, "The year is out of bounds") from error
    return moment


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


# A change before the check stands last: pydantic applies those from the right, and keeps the constraints in its core.
FOLDED = _on_texts(folded)
"""For a text that is matched: however it was typed, it is compared and stored in one form."""
Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000),
    AfterValidator(_without_controls),
    _on_texts(readable_text),
]
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_without_controls),
    AfterValidator(_one_line),
    _on_texts(readable_line),
]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")]
OrderNumber = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$"),
    _on_texts(folded_order),
]
Instant = Annotated[AwareDatetime, AfterValidator(in_bounds)]
AnyInstant = Annotated[AwareDatetime, AfterValidator(in_every_zone)]
"""An instant that is only counted with, and stored nowhere."""


class PageQuery(Frozen):
    """Which page of a list."""

    limit: int = Field(default=25, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=1000)
