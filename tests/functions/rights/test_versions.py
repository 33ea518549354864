"""Whatever replaces says which version it was made on; no route can forget to ask."""

import pytest

from tests.functions.rights.asking import ASKS
from tests.functions.rights.centre import Centre
from tests.functions.rights.matrix import cells, operations
from tingjian.platform.errors import VersionRequiredError
from tingjian.platform.http.versions import REPLACING, version_of

REPLACES = sorted(name for name in ASKS if name.partition(" ")[0] in REPLACING)
REFUSED_BEFORE = 422
"""What asking.py says of an operation whose body is refused before the version is looked at."""


def asked(world: Centre, name: str, version: str) -> int:
    """The status that somebody gets who may."""
    cell, operation = next(cell for cell in cells(world, name) if cell.allowed), operations()[name]
    parts = {**world.parts, **cell.thing.parts}
    path, (_, body) = operation.path.format_map(parts), cell.ask.fill(parts)
    headers = {"if-match": version}
    return world.knock(operation.wing, operation.method, path, body, caller=cell.caller, headers=headers).status


@pytest.mark.parametrize("operation", REPLACES)
def test_what_replaces_needs_the_version_it_was_made_on(world: Centre, operation: str) -> None:
    assert asked(world, operation, "") == 428


@pytest.mark.parametrize("operation", REPLACES)
def test_what_replaces_another_version_than_the_present_one_is_refused(world: Centre, operation: str) -> None:
    expected = 409 if ASKS[operation].done != REFUSED_BEFORE else REFUSED_BEFORE

    assert asked(world, operation, '"999"') == expected


@pytest.mark.parametrize("method", sorted(REPLACING))
def test_version_of_what_is_not_there_yet_is_nought(method: str) -> None:
    assert version_of(method, {"if-none-match": "*"}) == version_of(method, {"if-match": '"0"'}) == 0
    with pytest.raises(VersionRequiredError):
        version_of(method, {"if-none-match": '"1"'})
