"""What a door finds late works in a process that has imported nothing else: no feature leans on another's import."""

import json
import re
import subprocess
import sys
from importlib import import_module
from typing import Any

import pytest

from functions.escalation.assembled import MAILS, TIMERS
from functions.survey.assembled import LISTENERS
from infra.assemble.house import ROOT
from tests.builders import MANAGER
from tests.functions.door import request_event
from tests.template.templates import doors
from tingjian.people.staff.models import Staff
from tingjian.people.staff.storage import staff_write
from tingjian.platform.wire import to_wire

WINGS = ("intake", "escalation", "survey", "report")
ROUTES = {wing: import_module(f"functions.{wing}.assembled").ROUTES for wing in WINGS}
FEATURES = sorted(
    {(wing, module) for wing, table in ROUTES.items() for methods in table.values() for module in methods.values()}
)
REFERENCES = sorted({*TIMERS.values(), *MAILS.values(), *(name for names in LISTENERS.values() for name in names)})
HANDLERS = sorted(door["Handler"].removesuffix(".handler") + ":handler" for door in doors().values())
PERSON = to_wire(
    staff_write(
        Staff(id=MANAGER.id, version=1, name=MANAGER.name, roles=tuple(MANAGER.roles), subject=f"sub-{MANAGER.id}")
    ).item
)
VARIABLES = {name: "x" for door in doors().values() for name in door["Environment"]["Variables"]} | {
    "CENTRE_TIME_ZONE": "Asia/Shanghai",
    "WEBHOOK_LOOPBACK": "off",
    "SEND_SMS": "off",
    "POWERTOOLS_LOG_LEVEL": "CRITICAL",
}


def in_a_fresh_process(**job: Any) -> dict[str, list[Any]]:
    """What a process says that does this job and nothing else."""
    features = [module for _, module in FEATURES]
    given = json.dumps({"person": PERSON, "features": features, "door": "", "requests": [], "references": [], **job})
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'layers/tingjian'}", "PATH": "", **VARIABLES}
    done = subprocess.run(
        [sys.executable, "-m", "tests.functions.fresh", given],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said: dict[str, list[Any]] = json.loads(done.stdout.splitlines()[-1])
    return said


@pytest.mark.parametrize(("wing", "module"), FEATURES, ids=[module for _, module in FEATURES])
def test_route_answers_where_nothing_but_its_feature_was_asked_for(wing: str, module: str) -> None:
    asked = [
        (method, re.sub(r"\{[^}]*\}", "1", path))
        for path, methods in ROUTES[wing].items()
        for method, served_by in methods.items()
        if served_by == module
    ]
    requests = [request_event(method, path, {}, caller=MANAGER, headers={}) for method, path in asked]

    said = in_a_fresh_process(door=f"functions.{wing}.api", requests=requests)

    assert [(one, status) for one, status in zip(asked, said["statuses"], strict=True) if status >= 500] == []
    assert said["routes"] == [module]


@pytest.mark.parametrize("reference", [*REFERENCES, *HANDLERS])
def test_reference_is_found_where_nothing_else_was_imported(reference: str) -> None:
    assert in_a_fresh_process(references=[reference])["routes"] == []
