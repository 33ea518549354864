"""What every answer says of itself, whatever it is."""

from collections.abc import Iterator

import pytest

from tests.builders import AGENT
from tests.functions.door import Knocker, opened
from tingjian.platform.store import Store


@pytest.fixture
def intake(centre: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Knocker]:  # noqa: ARG001 - the door reads it
    """The door of intake."""
    with opened("intake", monkeypatch) as door:
        yield door


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/v1/health", None, 200),
        ("GET", "/v1/docs", None, 200),
        ("GET", "/v1/staff", None, 200),
        ("GET", "/v1/tickets/482739510664", None, 404),
        ("GET", "/v1/nothing", None, 404),
        ("GET", "/v1/tickets/\x9a\U000b3613", None, 404),
        ("POST", '/v1/tickets/"`/claim', {}, 404),
        ("PUT", "/v1/calendars/\x00", {}, 404),
        ("PUT", "/v1/tickets", {}, 405),
        ("POST", "/v1/tickets", "{", 400),
        ("POST", "/v1/tickets", {"type": "x"}, 422),
        ("GET", "/v1/tickets?unknown=1", None, 422),
        ("GET", "/v1/imports", None, 403),
        ("POST", "/v1/tickets", {"text": "x" * 300_000}, 413),
    ],
)
def test_every_answer_is_kept_by_nobody_and_sniffed_by_nobody(
    intake: Knocker, method: str, path: str, body: object, status: int
) -> None:
    answer = intake.send(method, path, body, caller=AGENT, accept_language="en")

    assert answer.status == status
    assert (answer.headers["Cache-Control"], answer.headers["X-Content-Type-Options"]) == ("no-store", "nosniff")
    assert answer.headers["Content-Language"] == "en"
    if status >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json["status"] == status


def test_wrong_method_names_those_that_there_are(intake: Knocker) -> None:
    assert intake.send("PUT", "/v1/tickets", {}, caller=AGENT).headers["Allow"] == "GET, POST"


def test_query_that_names_a_parameter_twice_is_refused(intake: Knocker) -> None:
    answer = intake.get("/v1/tickets?limit=1,2", caller=AGENT)

    assert (answer.status, [error["field"] for error in answer.json["errors"]]) == (422, ["limit"])


def test_body_that_is_nested_too_deep_is_no_json(intake: Knocker) -> None:
    assert intake.send("POST", "/v1/tickets", "[" * 100_000, caller=AGENT).status == 400
