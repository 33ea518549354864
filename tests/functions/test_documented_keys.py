"""What the document says of idempotency keys is what the doors do, operation by operation.

Stripe's rules for the POSTs of intake, one by one, are in intake/test_idempotency.py.
"""

import re
from typing import Any

import pytest

from tests.builders import hire
from tests.functions.door import Answer, Knocker, opened
from tests.functions.intake.conftest import intake
from tests.functions.test_hostile_texts import BODIES, DOCUMENT, operations
from tingjian.platform.rights import Caller
from tingjian.platform.store import Store

__all__ = ["intake"]
ABOVE_ALL = Caller(id="he", name="何静", roles=frozenset({"director", "admin"}))
wings = pytest.mark.parametrize("wing", ["intake", "escalation", "survey", "report"])
KEY = "#/components/parameters/Idempotency-Key"
OWN_BODIES: dict[str, dict[str, Any]] = {
    "POST /v1/calendars/{calendar}/china-holidays": {"year": 2026},
    "POST /v1/callbacks/{callback}/calls": {"result": "satisfied", "note": "已致电"},
    "POST /v1/follow-ups/{follow_up}/complete": {"result": "satisfied", "note": "已致歉"},
    "POST /v1/reports": {"from": "2026-03-02", "to": "2026-03-03"},
}
USED_UP = {
    "/v1/alerts/{alert}/acknowledge",
    "/v1/calendars/{calendar}/apply",
    "/v1/calendars/{calendar}/china-holidays",
    "/v1/callbacks/{callback}/assign",
    "/v1/callbacks/{callback}/calls",
    "/v1/callbacks/{callback}/claim",
    "/v1/customers",
    "/v1/follow-ups/{follow_up}/claim",
    "/v1/follow-ups/{follow_up}/complete",
    "/v1/imports/{import_id}/cancel",
    "/v1/imports/{import_id}/start",
    "/v1/notices/{notice}/read",
    "/v1/reports",
    "/v1/sla-policies/{policy}/apply",
    "/v1/tickets/{ticket}/claim",
    "/v1/webhooks/dead-letters/{delivery}/replay",
    "/v1/webhooks/{webhook}/rotate-secret",
    "/v1/webhooks/{webhook}/test",
}
"""POSTs whose key is used up by what this file sends: something done, or refused by the state of things."""


@pytest.fixture
def asked(centre: Store) -> Store:
    """A centre with somebody who may do everything."""
    hire(centre, ABOVE_ALL)
    return centre


def ask(door: Knocker, method: str, path: str, name: str, key: str) -> Answer:
    """A request about a thing of this name, under a key."""
    body = OWN_BODIES.get(f"{method} {path}") or BODIES.get(f"{method} {path}")
    if body is not None:
        body |= {field: name for field in ("name", "subject", "text", "note") if field in body}
        body |= {"to": "2026-03-04"} if name == "other" and "to" in body else {}
    return door.knock(method, re.sub(r"{\w+}", name, path), body, caller=ABOVE_ALL, headers={"idempotency-key": key})


def refuses_the_key(answer: Answer) -> bool:
    return answer.status == 422 and answer.json["errors"][0] | {"message": ""} == {
        "field": "Idempotency-Key",
        "code": "idempotency_key",
        "message": "",
    }


@wings
@pytest.mark.usefixtures("asked")
def test_operation_reads_the_key_exactly_where_the_document_says_so(monkeypatch: pytest.MonkeyPatch, wing: str) -> None:
    documented, read, posts = set(), set(), set()
    with opened(wing, monkeypatch) as door:
        for method, path, _ in operations(wing):
            if {"$ref": KEY} in DOCUMENT["paths"][path][method.lower()]["parameters"]:
                documented.add((method, path))
            if refuses_the_key(ask(door, method, path, "neu", "\x00")):
                read.add((method, path))
            if method == "POST":
                posts.add((method, path))

    assert read == documented == posts


@pytest.mark.parametrize(("limit", "beyond"), [("minLength", -1), ("maxLength", 1)])
@pytest.mark.usefixtures("asked")
def test_key_is_taken_up_to_the_documented_length_and_not_beyond(intake: Knocker, limit: str, beyond: int) -> None:
    length = DOCUMENT["components"]["parameters"]["Idempotency-Key"]["schema"][limit]

    taken = ask(intake, "POST", "/v1/customers", "neu", "x" * length)
    refused = ask(intake, "POST", "/v1/customers", "neu", "x" * (length + beyond))

    assert taken.status == 201
    assert refuses_the_key(refused)


@wings
@pytest.mark.usefixtures("asked")
def test_used_key_is_refused_for_another_thing(monkeypatch: pytest.MonkeyPatch, wing: str) -> None:
    posts = sorted(USED_UP & {path for _, path, _ in operations(wing)})
    with opened(wing, monkeypatch) as door:
        first = [ask(door, "POST", path, "neu", path) for path in posts]
        again = [ask(door, "POST", path, "neu", path) for path in posts]
        other = [ask(door, "POST", path, "other", path) for path in posts]

    assert [answer.said for answer in again] == [answer.said for answer in first]
    assert {(answer.status, answer.json.get("type")) for answer in other} == {
        (422, "urn:tingjian:problem:idempotency_mismatch")
    }, list(zip(posts, other, strict=True))
