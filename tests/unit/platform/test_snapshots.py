"""Snapshots of the doors: what is in them, and what must not be."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

DOORS = ["functions.intake.api", "functions.escalation.api", "functions.survey.api", "functions.report.api"]


@pytest.fixture(scope="module", params=DOORS)
def life(request: pytest.FixtureRequest) -> Any:
    """What a door has after its import and after the hooks, without any setting in its environment."""
    child = Path(__file__).with_name("snapshot_child.py")
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(
        [sys.executable, child, request.param], env=environment, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_import_of_a_door_makes_no_client_no_secret_and_no_random_state(life: Any) -> None:
    assert life["imported"] == {"made": [], "sdk": False}


def test_snapshot_holds_all_that_is_imported_late_and_still_no_client(life: Any) -> None:
    assert life["stored"] == {"made": [], "sdk": True, "late": []}


def test_restored_door_draws_its_own_random_numbers(life: Any) -> None:
    assert life["reseeded"] is True


def test_door_needs_no_hooks_where_the_runtime_has_none() -> None:
    assert importlib.util.find_spec("snapshot_restore_py") is None
