"""Every operation, by everybody, on everything: what the table of scopes promises is what the doors do."""

import pytest

from tests.functions.rights.asking import ASKS, OF_NOBODY_ELSE
from tests.functions.rights.centre import Centre
from tests.functions.rights.matrix import cells, faults, narrowly_refused, operations
from tests.functions.rights.needs import NEEDS
from tests.functions.rights.scopes import SCOPES, WIDTH
from tingjian.platform.assembled import RIGHTS


@pytest.mark.parametrize("operation", sorted(operations()))
def test_operation_answers_whom_the_table_allows_and_nobody_else(world: Centre, operation: str) -> None:
    assert operation in ASKS, "say in asking.py how it is asked"

    assert list(faults(world, cells(world, operation))) == []


@pytest.mark.parametrize("operation", sorted(operations()))
def test_narrow_right_refuses_somebody_who_has_it(world: Centre, operation: str) -> None:
    right = operations()[operation].right
    narrow = right is not None and bool({"own", "team"} & set(SCOPES[right].values()))

    assert bool(narrowly_refused(world, operation)) == (narrow and operation not in OF_NOBODY_ELSE)


def test_operations_need_the_rights_that_the_table_says() -> None:
    assert {name: operation.right for name, operation in operations().items()} == NEEDS


def test_features_grant_what_the_table_says() -> None:
    granted = {right: {role: WIDTH[scope] for role, scope in roles.items()} for right, roles in RIGHTS.items()}

    assert granted == {
        right: {role: scope for role, scope in roles.items() if scope != "-"} for right, roles in SCOPES.items()
    }


def test_nothing_is_asked_that_is_no_operation() -> None:
    assert set(ASKS) == set(operations())
