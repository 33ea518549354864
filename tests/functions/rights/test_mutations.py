"""The matrix fails when a check is gone."""

from types import ModuleType
from typing import Any

import pytest

from tests.builders import AGENT
from tests.functions.rights.centre import Centre
from tests.functions.rights.lists import LISTINGS, pages, seen_and_hidden
from tests.functions.rights.matrix import cells, faults, operations
from tingjian.intake.customers import contact_points
from tingjian.intake.customers import models as customers
from tingjian.intake.reveals.rights import REVEAL_CUSTOMERS
from tingjian.intake.tickets import lists
from tingjian.intake.tickets.rights import WORK_TICKETS
from tingjian.platform.rights import ALL, Caller, Guard, RightNotAskedError, Scope

NOTE, SHOW = "POST /v1/tickets/{ticket}/notes", "GET /v1/tickets/{ticket}"
REVEAL, CUSTOMER = "POST /v1/customers/{customer}/reveal", "GET /v1/customers/{customer}"
QUIET = {"require_asked": lambda *_args: None}
FORGETFUL = {"require": lambda *_args, **_place: None}


def fails(world: Centre, operation: str) -> bool:
    """Whether a cell of the operation is wrong."""
    before = world.state
    fault = next(faults(world, cells(world, operation)), None)
    world.put_back(before)
    return fault is not None


def substitute(patch: pytest.MonkeyPatch, owner: Any, functions: dict[str, Any]) -> None:
    """Put these in the place of the owner's own."""
    for name, function in functions.items():
        patch.setattr(owner, name, function)


@pytest.mark.parametrize("operation", [NOTE, SHOW, REVEAL])
@pytest.mark.parametrize(
    "mutant",
    [
        {Caller: {"may": lambda *_args, **_place: True}},
        {Caller: {"widest": lambda *_args: ALL}},
        {Caller: {"_reaches": lambda *_args: True}},
        {Caller: FORGETFUL | {"may": lambda *_args, **_place: True}, Guard: QUIET},
    ],
)
def test_matrix_sees_that_a_check_is_gone(
    world: Centre, monkeypatch: pytest.MonkeyPatch, operation: str, mutant: dict[type, dict[str, Any]]
) -> None:
    for owner, functions in mutant.items():
        substitute(monkeypatch, owner, functions)

    assert fails(world, operation)


@pytest.mark.parametrize(
    ("right", "role", "operation"), [(REVEAL_CUSTOMERS, "agent", REVEAL), (WORK_TICKETS, "agent", NOTE)]
)
def test_matrix_sees_that_a_right_was_widened(
    world: Centre, monkeypatch: pytest.MonkeyPatch, right: Any, role: str, operation: str
) -> None:
    monkeypatch.setitem(right.scopes, role, Scope.ALL)

    assert fails(world, operation)


@pytest.mark.parametrize(
    ("module", "mask"),
    [(contact_points, "masked_phone"), (contact_points, "masked_email"), (customers, "masked_address")],
)
def test_matrix_sees_that_a_mask_is_gone(
    world: Centre, monkeypatch: pytest.MonkeyPatch, module: ModuleType, mask: str
) -> None:
    monkeypatch.setattr(module, mask, lambda full: full)

    assert fails(world, CUSTOMER)


def test_lists_see_that_their_filter_is_gone(world: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    tickets = LISTINGS[0]
    monkeypatch.setattr(Caller, "covered", lambda _caller, _right, things, _place: list(things))
    _, hidden = seen_and_hidden(world, tickets, "agent")

    told = "".join(pages(world, tickets, "assignee=sun", AGENT))

    assert any(number in told for number in hidden)


@pytest.mark.parametrize("query", ["assignee=sun", "customer_id={customer}"])
def test_lists_see_that_a_cursor_tells(world: Centre, monkeypatch: pytest.MonkeyPatch, query: str) -> None:
    tickets, parts = LISTINGS[0], world.things["of one customer"][0].parts
    monkeypatch.setattr(lists, "seal_cursor", lambda cursor, _caller: cursor)
    _, hidden = seen_and_hidden(world, tickets, "agent")

    told = "".join(pages(world, tickets, query.format_map(parts), AGENT))

    assert any(number in told for number in hidden)


def test_action_that_forgets_to_ask_answers_nothing_and_writes_nothing(
    world: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgetful = [
        name for name, operation in operations().items() if operation.right in {"tickets.read", "tickets.work"}
    ]
    monkeypatch.setattr(Caller, "require", lambda *_args, **_place: None)
    before = world.state
    for operation in sorted(name for name in forgetful if name != "GET /v1/tickets"):
        refused = [cell for cell in cells(world, operation) if cell.who == "agent" and not cell.allowed]
        refused = [cell for cell in refused if not cell.ask.before]
        for cell in refused:
            with pytest.raises(RightNotAskedError):
                cell.knock(world)

            assert world.state == before, cell
