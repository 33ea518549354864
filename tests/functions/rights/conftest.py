"""One centre for all cells."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.functions.rights.centre import Centre, made_centre


@pytest.fixture(scope="package")
def world(template: dict[str, Any]) -> Iterator[Centre]:
    """A centre whose state every cell leaves as it was."""
    with made_centre(template) as centre:
        yield centre
