"""A centre with a ticket on its clocks."""

import pytest

from tests.functions.escalation.scene import Scene, open_one
from tingjian.platform.store import Store


@pytest.fixture
def scene(centre: Store) -> Scene:
    """An unclaimed ticket: first response in 60 minutes, resolution in 72 hours."""
    return Scene(centre, open_one(centre))
