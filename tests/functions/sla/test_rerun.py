"""The command that runs tickets again under other targets, over the door of intake."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urlencode

import pytest

from infra.cli import rerun
from tests.builders import MANAGER
from tests.functions.door import Knocker, opened
from tests.functions.sla.scene import by, file, say
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import Resolution
from tingjian.platform.store import Store


class Client:
    """Asks the door in this process as the operator's client asks the service."""

    def __init__(self, door: Knocker) -> None:
        self.door = door
        # A function answers one request at a time; the command line asks with several threads.
        self.one_at_a_time = Lock()

    def get(self, path: str, **query: Any) -> Any:
        asked = urlencode({name: value for name, value in query.items() if value is not None})
        with self.one_at_a_time:
            return self.door.get(f"{path}?{asked}" if asked else path, caller=MANAGER).json


@pytest.fixture
def client(centre: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:  # noqa: ARG001 - the door reads it
    with opened("intake", monkeypatch) as door:
        yield Client(door)


def test_tickets_run_again_are_counted_by_month(
    centre: Store, client: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    quick, slow = file(centre), file(centre, hours=24 * 29.7)
    say(centre, quick, 0.5, "reply")
    actions.resolve(centre, by(quick, 1), Resolution())
    actions.resolve(centre, by(slow, 24 * 40), Resolution())
    policy, calendar = tmp_path / "policy.json", tmp_path / "calendar.json"
    targets = [{"clock": "first_response", "minutes": 60}, {"clock": "resolution", "minutes": 480}]
    policy.write_text(json.dumps({"name": "eight hours", "targets": targets}))
    hours = {day: [["09:00", "13:00"], ["14:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    calendar.write_text(json.dumps({"name": "Roma", "timezone": "Europe/Rome", "hours": hours}))
    options = argparse.Namespace(team="aftersales", policy=policy, calendar=calendar, holidays="IT", until=None)

    rerun.run(options, client)  # type: ignore[arg-type]

    assert json.loads(capsys.readouterr().out) == {
        "tickets": 2,
        "months": {
            "2026-03": {"first_response_kept": 1, "resolution_kept": 1},
            "2026-04": {"first_response_missed": 1, "resolution_missed": 1},
        },
    }
