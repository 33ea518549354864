"""Whatever stands in whichever field, in a path, a query or a body: a refusal or success, never a failure."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import boto3
import pytest

from tests.builders import DESK, JOURNAL, emulated_aws, make_centre, make_tables
from tests.functions.door import opened
from tests.functions.escalation.scene import open_one
from tests.functions.test_hostile_texts import ADMIN, SIGNED, wing
from tests.hostile import Sent, hostile_requests, operations
from tingjian.intake.tickets.storage import load_ticket
from tingjian.platform.store import Store


def queries_of(path: str) -> dict[str, str]:
    return {
        name: unquote(value)
        for name, _, value in (part.partition("=") for part in path.partition("?")[2].split("&"))
        if name
    }


def test_every_operation_is_asked_with_something_hostile() -> None:
    asked = {sent.operation for sent in hostile_requests({})}
    without_input = {
        f"{method} {path}"
        for method, path, op in operations()
        if not ("{" in path or "requestBody" in op or any(entry.get("in") == "query" for entry in op["parameters"]))
    }

    assert asked | without_input == {f"{method} {path}" for method, path, _ in operations()}


@pytest.mark.usefixtures("region")
@pytest.mark.parametrize("name", ["intake", "escalation", "survey", "report"])
def test_no_value_in_any_field_is_a_failure(
    template: dict[str, Any], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with emulated_aws():
        client = boto3.client("dynamodb")
        make_tables(client, template)
        centre = Store(client, DESK, JOURNAL)
        make_centre(centre)
        ticket = open_one(centre, at=datetime.now(UTC).replace(microsecond=0))
        until = datetime.now(UTC) + timedelta(days=1)
        made = {
            "ticket": ticket,
            "customer": load_ticket(centre, ticket).customer_id,
            "token": SIGNED.token("follow", ticket, expires_at=until),
        }
        failed = []
        with opened(name, monkeypatch) as door:
            for sent in hostile_requests(made):
                if wing(sent.operation.partition(" ")[2]) == name:
                    version = load_ticket(centre, ticket).version if sent.method == "PATCH" else 0
                    failed += [f"{sent.operation} {sent.place}: {found}" for found in _failure(door, sent, version)]

    assert failed == []


def _failure(door: Any, sent: Sent, version: int) -> list[str]:
    event_path = unquote(sent.path.partition("?")[0])
    headers = {"if-match": f'"{version}"'} if sent.method in {"PUT", "PATCH"} else {}
    try:
        answer = door.knock_raw(
            sent.method, event_path, queries_of(sent.path), sent.body, caller=ADMIN, headers=headers
        )
    except Exception as error:  # noqa: BLE001 - a 5xx
        return [f"{type(error).__name__} {error}"[:300]]
    return [] if answer.status < 500 else [answer.text[:300]]
