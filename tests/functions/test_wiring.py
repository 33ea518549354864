"""What the assembly wrote down leads somewhere: every reference, every route in a process of its own."""

import importlib
import inspect
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

import pytest
from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer

from functions.escalation import assembled as escalation
from functions.intake import assembled as intake
from functions.report import assembled as report
from functions.survey import assembled as survey
from tingjian.platform.late import LateTable, function_at

ROOT = Path(__file__).parents[2]
WINGS: dict[str, ModuleType] = {"intake": intake, "escalation": escalation, "survey": survey, "report": report}
ROUTES = [
    (wing, path, method, module)
    for wing, tables in WINGS.items()
    for path, methods in tables.ROUTES.items()
    for method, module in methods.items()
]
ASK = """
import json, os, sys
from moto import mock_aws
wing, asked = sys.argv[1], json.loads(sys.argv[2])
with mock_aws():
    import importlib
    handler = importlib.import_module(f"functions.{wing}.api").handler
    before = {name for name in sys.modules if name.endswith(".routes")}
    for method, path in asked:
        event = {
            "rawPath": path, "headers": {}, "body": "{}" if method in {"POST", "PUT", "PATCH"} else None,
            "requestContext": {"http": {"method": method, "path": path}, "requestId": "1", "stage": "$default"},
        }
        answer = handler(event, None)
        print(json.dumps([method, path, answer["statusCode"]]))
    print(json.dumps(sorted({name for name in sys.modules if name.endswith(".routes")} - before)))
"""
NAMES = ("DESK_TABLE", "JOURNAL_TABLE", "FILES_BUCKET", "LAKE_BUCKET", "SIGNING_SECRET_ID", "PUBLIC_ORIGIN")
URLS = ("IMPORT_QUEUE_URL", "REPORT_QUEUE_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
ENVIRONMENT = dict.fromkeys((*NAMES, *URLS), "none") | {
    "CENTRE_TIME_ZONE": "Asia/Shanghai",
    "AWS_DEFAULT_REGION": "eu-central-1",
}


@pytest.mark.parametrize("reference", sorted({*escalation.TIMERS.values()}))
def test_timer_is_a_function_of_the_right_form(reference: str) -> None:
    fire = function_at(reference)

    assert list(inspect.signature(fire).parameters)[:3] in (["store", "item", "now"], ["_store", "item", "now"])
    assert "Firing" in str(get_type_hints(fire)["return"])


@pytest.mark.parametrize("reference", sorted({*escalation.MAILS.values()}))
def test_mail_is_a_function_of_the_right_form(reference: str) -> None:
    hints = get_type_hints(function_at(reference))

    assert [hint.__name__ for hint in hints.values()][-1] == "Rendered"
    assert next(iter(hints.values())).__name__ == "RenderContext"


@pytest.mark.parametrize("reference", sorted({one for heard in survey.LISTENERS.values() for one in heard}))
def test_listener_is_a_function_of_the_right_form(reference: str) -> None:
    assert [hint.__name__ for hint in list(get_type_hints(function_at(reference)).values())[:3]] == [
        "Store",
        "Event",
        "datetime",
    ]


@pytest.mark.parametrize(("wing", "path", "method", "module"), ROUTES)
def test_route_is_declared_by_the_module_that_the_table_names(wing: str, path: str, method: str, module: str) -> None:
    app: Any = importlib.import_module(module).app
    event = {"rawPath": path, "headers": {}, "requestContext": {"http": {"method": method, "path": path}}}

    assert wing in WINGS
    assert any(path == one and method in methods for one, methods in declared(app).items()), event


def declared(app: Any) -> dict[str, set[str]]:
    """The methods of each path that a resolver declares."""
    document = json.loads(
        app.get_openapi_json_schema(title="one", version="1", security_schemes={"staff": HTTPBearer()})
    )
    return {path: {method.upper() for method in methods} for path, methods in document["paths"].items()}


def test_reference_that_is_mistyped_is_no_function() -> None:
    table: LateTable[Any] = LateTable({"followup": escalation.TIMERS["followup"].replace("mark_", "mork_")})

    with pytest.raises(AttributeError):
        _ = table["followup"]


def asked_alone(wing: str, module: str) -> tuple[list[list[Any]], list[str]]:
    """What a fresh process answers in which only this module's paths were asked, and which routes it imported."""
    paths = [(method, path) for _, path, method, named in ROUTES if named == module and "/public/" not in path]
    asked = [(method, path.replace("{", "").replace("}", "")) for method, path in paths]
    done = subprocess.run(
        [sys.executable, "-c", ASK, wing, json.dumps(asked)],
        cwd=ROOT,
        env=os.environ | ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{module}: {done.stderr[-2000:]}"
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    return lines[:-1], lines[-1]


def test_each_feature_answers_in_a_process_where_nothing_else_was_asked() -> None:
    features = sorted({(wing, module) for wing, _, _, module in ROUTES})
    public = {"tingjian.intake.health.routes"}

    with ThreadPoolExecutor(2) as pool:
        answers = dict(zip(features, pool.map(lambda feature: alone(*feature), features), strict=True))

    for (_, module), (statuses, imported) in answers.items():
        assert imported == [module], f"asking {module} imported {imported}"
        assert statuses, module
        assert set(statuses) <= ({200} if module in public else {401}), (module, statuses)


def alone(wing: str, module: str) -> tuple[list[int], list[str]]:
    """The statuses of staff's routes, or of the public ones that read nothing, asked alone."""
    answered, imported = asked_alone(wing, module)
    return [status for _, _, status in answered], imported
