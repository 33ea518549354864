"""A caller's value is shown as it is: none is looked up in the catalogue, and none is a template."""

import importlib
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.builders import DESK, JOURNAL, emulated_aws, make_centre, make_tables
from tests.functions.door import opened
from tests.functions.escalation.scene import open_one
from tingjian.platform.rights import Caller
from tingjian.platform.signing import Signer
from tingjian.platform.store import Store

DOCUMENT = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text(encoding="utf-8"))
ADMIN = Caller(id="wu", name="吴刚", roles=frozenset({"manager", "admin"}))
SIGNED = Signer(b"s" * 64)
HOSTILE = {"text:foo": "wort:foo", "text:": "wort:", "{x}": "[x]"}
"""What is sent, and a value of the same characters that never meant anything: both get the same status."""

CONTACT = {"phone": "13812345678", "name": "王芳"}
PERIOD = {"from": "2026-03-02", "to": "2026-03-03"}
TARGET = {"clock": "resolution", "minutes": 60, "warn_at": [80]}
MATCH = {"types": ["complaint"], "priorities": ["high"], "channels": ["web"], "teams": ["aftersales"]}
POLICY = {"name": "投诉", "match": MATCH, "calendar": "always", "targets": [TARGET]}
RUNG = {"share": 80, "tell": ["lead"], "task": {"department": "warehouse", "request": "请核对"}}
LABELS = {"zh-CN": "级别"}
FIELD = {"key": "level", "labels": LABELS, "kind": "choice", "choices": ["1", "2"]}
MAPPING = {
    "case": "Case ID",
    "activity": "Activity",
    "timestamp": "Complete Timestamp",
    "activities": {"Close": "close"},
}
BODIES: dict[str, dict[str, Any]] = {
    "POST /v1/public/tickets": {
        "type": "complaint",
        "subject": "一",
        "text": "文字",
        "contact": CONTACT | {"email": "wang@example.com"},
        "order_number": "A-1",
        "fields": {"level": "1", "promised_at": "2090-01-01T00:00:00+08:00", "detail": "x"},
        "attachments": ["never-uploaded"],
        "channel": "web",
    },
    "POST /v1/public/tickets/lookup": {"number": "4827-3951-0664", "phone_last_four": "5678"},
    "POST /v1/public/attachments": {"name": "a.pdf", "content_type": "application/pdf", "size_bytes": 10},
    "POST /v1/public/tickets/{token}/messages": {"text": "文字", "attachments": ["never-uploaded"]},
    "POST /v1/public/tickets/{token}/reopen": {"reason": "no"},
    "POST /v1/public/surveys/{token}/answer": {"score": 1, "outcome": "solved", "reasons": ["slow"], "text": "x"},
    "POST /v1/tickets": {
        "type": "complaint",
        "subject": "一",
        "text": "文字",
        "contact": CONTACT,
        "channel": "phone",
        "priority": "high",
        "team": "aftersales",
        "assignee": "chen",
        "due_at": "2090-01-01T00:00:00+08:00",
        "fields": {"level": "1"},
    },
    "PATCH /v1/tickets/{ticket}": {"type": "feedback", "priority": "high", "subject": "一", "fields": {"level": "1"}},
    "POST /v1/tickets/{ticket}/assign": {"team": "aftersales", "assignee": "chen"},
    "POST /v1/tickets/{ticket}/wait": {"note": "x"},
    "POST /v1/tickets/{ticket}/notes": {"text": "文字", "attachments": ["never-uploaded"]},
    "POST /v1/tickets/{ticket}/replies": {"text": "文字"},
    "POST /v1/tickets/{ticket}/links": {"ticket": "4827-3951-0664"},
    "POST /v1/tickets/{ticket}/handoffs": {"department": "warehouse", "request": "x"},
    "POST /v1/tickets/{ticket}/handoffs/{number}/reroute": {"department": "warehouse", "reason": "x"},
    "POST /v1/tickets/{ticket}/resolve": {"reply": "x", "fields": {"cause": "late"}},
    "POST /v1/tickets/{ticket}/close": {"reason": "duplicate", "fields": {"verified": True}},
    "POST /v1/customers": {"name": "王芳", "phones": ["13812345679"], "emails": ["w@example.com"]},
    "POST /v1/customers/search": {"phone": "13812345678", "email": "w@example.com"},
    "PUT /v1/staff/{person}": {"name": "陈", "email": "c@example.com", "roles": ["agent"], "teams": ["aftersales"]},
    "PUT /v1/teams/{team}": {"name": "组", "lead": "zhao", "manager": "wu", "kind": "team"},
    "PUT /v1/ticket-types/{key}": {"labels": LABELS, "team": "aftersales", "priority": "high", "fields": [FIELD]},
    "POST /v1/imports": {"name": "旧", "mapping": MAPPING | {"time_zone": "Europe/Rome", "type": "complaint"}},
    "PUT /v1/calendars/{calendar}": {
        "name": "夜",
        "timezone": "Asia/Shanghai",
        "hours": {"mon": [["09:00", "18:00"]]},
        "closed": ["2026-05-01"],
        "extra": {"2026-05-09": [["09:00", "12:00"]]},
    },
    "PUT /v1/sla-policies/{policy}": POLICY,
    "POST /v1/sla-policies/preview": {"policy": "complaint", "body": POLICY},
    "PUT /v1/ladders/{ladder}": {
        "name": "梯",
        "reach": {"clocks": ["resolution"]},
        "rungs": [RUNG],
        "quiet_hours": {"starts": "22:00", "ends": "08:00", "timezone": "Asia/Shanghai"},
    },
    "PUT /v1/notices/preferences": {"mail": ["warning"], "quiet_hours": {"starts": "22:00", "ends": "08:00"}},
    "POST /v1/webhooks": {"url": "https://example.com/h", "name": "x", "events": ["ticket.opened"]},
    "PUT /v1/surveys/questionnaires/{type}": {
        "question": LABELS,
        "reasons": [{"key": "slow", "labels": LABELS}],
        "channel": "sms",
    },
    "POST /v1/reports": PERIOD | {"name": "x", "format": "xlsx", "language": "en", "team": "aftersales"},
}


QUERIES = {"from": "2026-03-02", "to": "2026-03-03"}
TABLES = {
    name: importlib.import_module(f"functions.{name}.assembled").ROUTES
    for name in ("intake", "escalation", "survey", "report")
}


def wing(path: str) -> str:
    return next(name for name, table in TABLES.items() if path in table)


def operations(name: str) -> Iterator[tuple[str, str, list[str]]]:
    """Method, path and query parameters of each operation of a wing."""
    for path, methods in DOCUMENT["paths"].items():
        if wing(path) == name:
            for method, operation in methods.items():
                parameters = operation.get("parameters", [])
                yield method.upper(), path, [entry["name"] for entry in parameters if entry.get("in") == "query"]


def changed(body: Any, value: str) -> Iterator[Any]:
    """The body with one of its strings, or one of its keys, replaced; each place once."""
    if isinstance(body, str):
        yield value
    elif isinstance(body, list):
        for place, member in enumerate(body):
            for other in changed(member, value):
                yield [*body[:place], other, *body[place + 1 :]]
    elif isinstance(body, dict):
        for name, member in body.items():
            for other in changed(member, value):
                yield body | {name: other}
            yield {key: content for key, content in body.items() if key != name} | {value: member}


def requests(name: str, made: dict[str, str], value: str) -> Iterator[tuple[str, str, Any]]:
    """Every request of a wing with the value in one place of its path, query or body."""
    for method, path, queries in operations(name):
        named = re.findall(r"{(\w+)}", path)
        usual = {parameter: made.get(parameter, "neu") for parameter in named}
        body = BODIES.get(f"{method} {path}")
        for parameter in named:
            yield method, path.format(**usual | {parameter: value}), body
        for query in queries:
            others = "".join(f"&{other}={QUERIES[other]}" for other in queries if other in QUERIES and other != query)
            yield method, f"{path.format(**usual)}?{query}={value}{others}", None
        for other in changed(body, value) if body else ():
            yield method, path.format(**usual), other


@pytest.fixture(scope="module")
def documented() -> set[str]:
    """The operations that take a body."""
    return {
        f"{method.upper()} {path}"
        for path, methods in DOCUMENT["paths"].items()
        for method, operation in methods.items()
        if "requestBody" in operation
    }


def test_bodies_are_those_of_operations(documented: set[str]) -> None:
    assert set(BODIES) <= documented


def statuses(name: str, value: str, template: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What a fresh centre answers to each request of a wing with the value."""
    with emulated_aws():
        client = boto3.client("dynamodb")
        make_tables(client, template)
        centre = Store(client, DESK, JOURNAL)
        make_centre(centre)
        made = {"ticket": open_one(centre, at=datetime.now(UTC).replace(microsecond=0))}
        made["token"] = SIGNED.token("follow", made["ticket"], expires_at=datetime.now(UTC) + timedelta(days=1))
        with opened(name, monkeypatch) as door:
            return [door.send(*request, caller=ADMIN).status for request in requests(name, made, value)]


@pytest.mark.usefixtures("region")
@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("name", ["intake", "escalation", "survey", "report"])
def test_value_of_a_caller_is_refused_as_any_other_wrong_value(
    template: dict[str, Any], monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    sent = list(requests(name, {}, value))

    answered = statuses(name, value, template, monkeypatch)
    expected = statuses(name, HOSTILE[value], template, monkeypatch)

    assert len(sent) > 5
    assert max(answered) < 500
    assert [both for *both, a, e in zip(sent, answered, expected, strict=True) if a != e] == []


def test_value_of_a_caller_comes_back_as_it_was_sent(centre: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = open_one(centre, at=datetime.now(UTC).replace(microsecond=0))

    with opened("intake", monkeypatch) as door:
        answer = door.post(
            f"/v1/tickets/{ticket}/links", {"ticket": "text:status.new"}, caller=ADMIN, accept_language="en"
        )

    assert (answer.status, answer.json["errors"][0]["message"]) == (422, "There is no text:status.new.")
