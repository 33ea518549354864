"""A door to callback plans, with a centre behind it."""

from collections.abc import Iterator

import pytest

from tests.functions.door import Knocker, opened
from tests.functions.survey.callback_plans.hearing import Stream
from tingjian.platform.store import Store


@pytest.fixture
def door(centre: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Knocker]:  # noqa: ARG001 - the door reads it
    """The door of survey."""
    with opened("survey", monkeypatch) as made:
        yield made


@pytest.fixture
def stream(centre: Store) -> Stream:
    """The stream of this test's Journal."""
    return Stream(centre.client)
