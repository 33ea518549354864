"""A door to callback plans, with a centre behind it."""

from collections.abc import Iterator

import pytest

from tests.functions.door import Knocker, opened


@pytest.fixture
def door(centre: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Knocker]:  # noqa: ARG001 - the door reads it
    """The door of survey."""
    with opened("survey", monkeypatch) as made:
        yield made
