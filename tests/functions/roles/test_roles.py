"""A role lets its door do what the door does on a tour of everything, and nothing more without a written reason."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from tests import iam
from tests.functions.roles.tour import toured
from tests.template.templates import doors

EXPLAINED_FOR_ITS_RESOURCE = {"sns:Publish"}


def idle_reasons(calls: Iterable[iam.Made], door: str) -> set[iam.Grant]:
    """Grants with a reason that the door calls all the same."""
    explained = {grant for grant in iam.grants(door) if grant.why and grant.action not in EXPLAINED_FOR_ITS_RESOURCE}
    return explained - set(iam.unused(calls, door))


@pytest.fixture(scope="module")
def calls(template: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[frozenset[iam.Made]]:
    """What the doors called on the tour."""
    with pytest.MonkeyPatch.context() as patch:
        yield toured(template, patch, tmp_path_factory.mktemp("lake"))


def test_role_allows_what_its_door_does_and_nothing_more_without_a_reason(calls: frozenset[iam.Made]) -> None:
    assert {call.door for call in calls} == set(doors()), "the tour leaves out a door"
    assert iam.refused(calls) == []
    assert [(door, grant) for door in doors() for grant in iam.unused(calls, door) if not grant.why] == []
    assert [(door, grant) for door in doors() for grant in idle_reasons(calls, door)] == []
