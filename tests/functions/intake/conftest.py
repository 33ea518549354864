"""The HTTP door of intake, in front of a small centre."""

from collections.abc import Iterator

import pytest

from tests.functions.door import Knocker, opened
from tingjian.platform.store import Store


@pytest.fixture
def intake(centre: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Knocker]:  # noqa: ARG001 - the door reads it
    """The door, for anybody to knock at."""
    with opened("intake", monkeypatch) as door:
        yield door
