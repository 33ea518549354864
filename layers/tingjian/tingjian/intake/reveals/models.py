"""What a reveal asks for, and what it shows. Pure."""

from typing import Literal

from tingjian.platform.models import Frozen, Line

PersonalField = Literal["phones", "emails", "address"]


class Reveal(Frozen):
    """Which masked field to show, and why."""

    field: PersonalField
    reason: Line


class Revealed(Frozen):
    """The full values."""

    values: tuple[str, ...]
