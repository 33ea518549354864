"""A door in front of a small centre."""

from tests.functions.intake.conftest import intake

__all__ = ["intake"]
