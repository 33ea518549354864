"""What the API doors really ask of AWS, beside what their roles allow."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.builders import DESK
from tests.functions.rights.centre import WINGS, Centre
from tests.functions.rights.matrix import cells, faults, operations
from tests.template.templates import as_list, statements
from tingjian.platform import resources

MEMBERS = {"Put": "PutItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem", "Update": "UpdateItem"}
Call = tuple[str, str]
REASONS = {
    ("dynamodb:Query", "journal"): "a loser of a race is told who was first and what they changed",
    (
        "dynamodb:GetItem",
        "journal",
    ): "a repeat is answered from the first one's event",
    ("dynamodb:BatchGetItem", "desk"): "several items at once, with the idempotency key beside them",
    ("dynamodb:DeleteItem", "desk"): "look-ups of a contact that is taken away, webhooks that are removed",
    ("dynamodb:UpdateItem", "desk"): "wrong tries at a number are counted",
    ("dynamodb:PutItem", "desk"): "every change, and the answers that are stored under a key",
    ("dynamodb:PutItem", "journal"): "every change has its event",
}
"""Why a door may do what asking each operation once does not show: it takes a race, a repeat or another state."""


@contextmanager
def recorded() -> Iterator[set[Call]]:
    """The actions on tables and indexes that are called in the block, as IAM names them."""
    calls: set[Call] = set()

    def keep(params: dict[str, Any], model: Any, **_: object) -> None:
        calls.update(_calls(model.name, params))

    events = resources.dynamodb().meta.events
    events.register("provide-client-params.dynamodb", keep)
    yield calls
    events.unregister("provide-client-params.dynamodb", keep)


def _calls(name: str, params: dict[str, Any]) -> Iterator[Call]:
    if name == "TransactWriteItems":
        for member in params["TransactItems"]:
            [(kind, what)] = member.items()
            yield f"dynamodb:{MEMBERS[kind]}", _table(what["TableName"])
    elif name == "BatchGetItem":
        yield from (("dynamodb:BatchGetItem", _table(table)) for table in params["RequestItems"])
    else:
        index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
        yield f"dynamodb:{name}", _table(params["TableName"]) + index


def _table(name: str) -> str:
    return "desk" if name == DESK else "journal"


def allowed(door: str) -> set[Call]:
    """What the door's role allows of the tables."""
    names = {"DeskArn": "desk", "JournalArn": "journal"}
    found: set[Call] = set()
    for statement in statements(door):
        for resource in as_list(statement.get("Resource", [])):
            named = str(resource if isinstance(resource, str) else next(iter(resource.values())))
            for parameter, table in names.items():
                if parameter in named:
                    part = named.partition("}")[2]
                    found |= {(action, table + part) for action in as_list(statement["Action"])}
    return {call for call in found if call[0].startswith("dynamodb:")}


@pytest.fixture(scope="module")
def called(world: Centre) -> dict[str, set[Call]]:
    """What each API door calls when every operation is asked once by somebody who may."""
    found: dict[str, set[Call]] = {wing: set() for wing in WINGS}
    for name, operation in operations().items():
        may = [cell for cell in cells(world, name) if cell.allowed]
        cell = next((cell for cell in may if cell.expected == cell.ask.done), may[0])
        with recorded() as calls:
            assert list(faults(world, [cell])) == []
        found[operation.wing] |= calls
    return found


@pytest.mark.parametrize("wing", WINGS)
def test_role_covers_what_the_door_calls(called: dict[str, set[Call]], wing: str) -> None:
    assert called[wing], "nothing was recorded"
    assert called[wing] - allowed(f"{wing.title()}Api") == set()


@pytest.mark.parametrize("wing", WINGS)
def test_role_has_nothing_more_without_a_reason(called: dict[str, set[Call]], wing: str) -> None:
    more = allowed(f"{wing.title()}Api") - called[wing]

    assert {call for call in more if call not in REASONS and "/index/" not in call[1]} == set()
