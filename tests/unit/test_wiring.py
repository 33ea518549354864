"""Every reference in a door's table leads to what the door expects there, and one that is mistyped is seen."""

from typing import Any

import pytest

from functions.escalation import assembled as escalation
from functions.intake import assembled as intake
from functions.report import assembled as report
from functions.survey import assembled as survey
from infra.assemble.house import house_at, reference
from tests.unit.wiring import LISTENER, MAIL, TIMER, Shape, function_faults, route_faults

WINGS: dict[str, Any] = {"intake": intake, "escalation": escalation, "survey": survey, "report": report}
TABLES = {
    "timers": (escalation.TIMERS, TIMER),
    "mails": (escalation.MAILS, MAIL),
    "listeners": (survey.LISTENERS, LISTENER),
}
ALERTS = "tingjian.escalation.alerts.timers"
ROUTES = "tingjian.intake.handoffs.routes"
HANDOFFS = "/v1/handoffs"


@pytest.mark.parametrize(("table", "shape"), TABLES.values(), ids=TABLES)
def test_functions_are_there_and_are_called_as_they_want(table: dict[str, Any], shape: Shape) -> None:
    assert table
    assert list(function_faults(table, shape)) == []


@pytest.mark.parametrize("wing", WINGS)
def test_routes_are_declared_where_the_door_looks_for_them(wing: str) -> None:
    assert list(route_faults(wing, WINGS[wing].ROUTES)) == []


def test_whatever_features_declare_is_in_a_table() -> None:
    house = house_at()

    assert {op.path: op.wing for op in house.operations} == {
        path: wing for wing, assembled in WINGS.items() for path in assembled.ROUTES
    }
    assert {timer.kind: reference(timer.fire) for _, timer in house.timers} == escalation.TIMERS
    assert {mail.template: reference(mail.write) for _, mail in house.mails} == escalation.MAILS
    heard = {(listener.fact.__name__, reference(listener.hear)) for _, listener in house.listeners}
    assert heard == {(fact, name) for fact, names in survey.LISTENERS.items() for name in names}
    assert {name for _, name in heard} >= survey.IMPORTED


@pytest.mark.parametrize(
    ("mistyped", "shape", "says"),
    [
        (f"{ALERTS}:fire_tickets", TIMER, "is nothing"),
        ("tingjian.escalation.alert.timers:fire_ticket", TIMER, "is nothing"),
        (f"{ALERTS}.fire_ticket", TIMER, "is nothing"),
        (f"{ALERTS}:alert_from_item", TIMER, "cannot be called"),
        ("tingjian.platform.store:claim_timer", TIMER, "cannot be called"),
        (escalation.MAILS["notice"], TIMER, "has context: <class"),
        (escalation.MAILS["notice"], LISTENER, "has context: <class"),
        (escalation.TIMERS["ticket"], MAIL, "cannot be called"),
        ("tingjian.survey.surveys.listeners:issue_survey", LISTENER, "cannot be called"),
        ("tingjian.survey.surveys.listeners:issue", MAIL, "has store: <class"),
    ],
)
def test_mistyped_function_is_seen(mistyped: str, shape: Shape, says: str) -> None:
    faults = list(function_faults({"name": mistyped}, shape))

    assert faults
    assert all(says in fault for fault in faults[:1])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({HANDOFFS: {"POST": ROUTES}}, f"{ROUTES} declares no POST {HANDOFFS}"),
        (
            {HANDOFFS: {"GET": "tingjian.intake.types.routes"}},
            f"tingjian.intake.types.routes declares no GET {HANDOFFS}",
        ),
        ({"/v1/handofs": {"GET": ROUTES}}, f"{ROUTES} declares no GET /v1/handofs"),
        ({HANDOFFS: {"GET": "tingjian.intake.handoff.routes"}}, "tingjian.intake.handoff.routes has no routes"),
        ({HANDOFFS: {"GET": "tingjian.intake.handoffs.models"}}, "tingjian.intake.handoffs.models has no routes"),
        ({HANDOFFS: {}}, f"GET {HANDOFFS} of {ROUTES} is not routed"),
    ],
)
def test_mistyped_route_is_seen(change: dict[str, dict[str, str]], says: str) -> None:
    assert any(fault.startswith(says) for fault in route_faults("intake", intake.ROUTES | change))
