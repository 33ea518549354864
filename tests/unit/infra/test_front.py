from typing import Any

import pytest

from infra.local.front import Backends, inner_path, list_cookies

BACKENDS = Backends(api_id="a1b2", web_bucket="pages")


@pytest.mark.parametrize(
    ("path", "inner"),
    [
        ("/v1/tickets", "/_aws/execute-api/a1b2/$default/v1/tickets"),
        ("/v1/tickets/T-1/messages", "/_aws/execute-api/a1b2/$default/v1/tickets/T-1/messages"),
        ("/app/", "/pages/app/index.html"),
        ("/app/desk/", "/pages/app/desk/index.html"),
        ("/app/desk/main.js", "/pages/app/desk/main.js"),
        ("/application/x", None),
        ("/v10/tickets", None),
        ("/", None),
    ],
)
def test_inner_path_leads_api_and_pages_and_leaves_the_rest(path: str, inner: str | None) -> None:
    assert inner_path(path, BACKENDS) == inner


def test_cookies_leave_the_headers_for_a_list_of_their_own() -> None:
    event: dict[str, Any] = {"version": "2.0", "headers": {"cookie": "a=1; b=2", "accept": "*/*"}}

    list_cookies(event)

    assert event == {"version": "2.0", "headers": {"accept": "*/*"}, "cookies": ["a=1", "b=2"]}


@pytest.mark.parametrize(
    "event", [{"version": "2.0", "headers": {}}, {"version": "1.0", "headers": {"cookie": "a=1"}}, {"Records": []}]
)
def test_cookies_of_other_events_are_left_alone(event: dict[str, Any]) -> None:
    before = {**event, "headers": dict(event["headers"])} if "headers" in event else dict(event)

    list_cookies(event)

    assert event == before
