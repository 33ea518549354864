"""The demo: a centre at work, in which nothing is late on the first day."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto.dynamodb.models.table import Table

from infra.cli.setup import put_defaults
from infra.demo.centre import LEADS, PEOPLE, TEAMS
from infra.demo.history import live
from tests.builders import DESK, JOURNAL, emulated_aws, make_tables
from tests.functions.rights.centre import _copied
from tingjian.people.staff.actions import put_staff, put_team
from tingjian.people.staff.models import StaffBody, TeamBody
from tingjian.platform.events import SYSTEM
from tingjian.platform.signing import Signer
from tingjian.platform.store import Store, from_wire
from tingjian.platform.times import stamp

REQUESTS = 50
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="module")
def items(template: dict[str, Any]) -> list[dict[str, Any]]:
    """What stands in Desk after the demo was made, twice."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.delenv("AWS_ENDPOINT_URL", raising=False)
        patch.setattr(Table, "__deepcopy__", _copied, raising=False)  # Moto's own way copies every item.
        with emulated_aws():
            client = boto3.client("dynamodb")
            make_tables(client, template)
            store = Store(client, DESK, JOURNAL)
            made: dict[str, Any] = {"expected": None, "actor": SYSTEM, "now": NOW}
            for team, (name, kind) in TEAMS.items():
                put_team(store, team, TeamBody.model_validate({"name": name, "kind": kind}), **made)
            put_defaults(store, team="aftersales", team_name="售后组", now=NOW)
            for person in PEOPLE:
                body = StaffBody(name=person.name, roles=person.roles, teams=person.teams, subject=person.id)
                put_staff(store, person.id, body, **made)
            for team, lead in LEADS.items():
                name, kind = TEAMS[team]
                body_ = TeamBody.model_validate({"name": name, "kind": kind, "lead": lead})
                put_team(store, team, body_, **made)
            for later in (timedelta(), timedelta(seconds=1)):
                assert len(list(live(store, Signer(b"s" * 64), now=NOW + later, requests=REQUESTS))) == REQUESTS
            pages = client.get_paginator("scan").paginate(TableName=DESK)
            return [from_wire(item) for page in pages for item in page["Items"]]


def test_demo_has_all_its_requests_once_and_open_ones_in_every_state(items: list[dict[str, Any]]) -> None:
    tickets = [item for item in items if item["sk"] == "ticket"]
    states = Counter(ticket["status"] for ticket in tickets)

    assert len(tickets) == REQUESTS
    assert set(states) == {"new", "open", "waiting", "resolved", "closed"}
    assert min(states.values()) >= 2
    assert any(ticket.get("reopened") and ticket["status"] == "open" for ticket in tickets)
    assert any(ticket.get("blockers") and ticket["status"] == "open" for ticket in tickets)
    assert any(ticket["status"] == "new" and not ticket.get("assignee") for ticket in tickets)


def test_nothing_of_the_demo_is_late_on_the_first_day(items: list[dict[str, Any]]) -> None:
    timers = [item for item in items if item.get("due_at") and not item["sk"].startswith(("survey#", "delivery"))]
    late = [item for item in timers if item["due_at"] <= stamp(NOW)]
    follow_ups = [item for item in items if item["sk"] == "followup" and item["state"] != "done"]

    assert [(item["pk"], item["sk"], item["due_at"]) for item in late] == []
    assert len(follow_ups) >= 2
    assert all(item["due_at"] > stamp(NOW + timedelta(hours=20)) for item in follow_ups)
