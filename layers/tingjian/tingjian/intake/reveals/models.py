"""What a reveal asks for, and what it shows. Pure."""

from typing import Literal

from tingjian.platform.models import Frozen, Line

Field = Literal["phones", "emails", "address"]


class Reveal(Frozen):
    """Which masked field to show, and why."""

    field: Field
    reason: Line


class Revealed(Frozen):
    """The full values."""

    values: tuple[str, ...]
