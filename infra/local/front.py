"""The front door: pages and API on one origin, as CloudFront joins them on AWS; requests as API Gateway shapes them."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any, NamedTuple


class Backends(NamedTuple):
    """Where the front door leads: the id of the HTTP API and the name of the bucket of pages."""

    api_id: str
    web_bucket: str


def inner_path(path: str, backends: Backends) -> str | None:
    """Return the emulator's own path for a public one, or None where the front door has nothing to say."""
    if path.startswith("/v1/"):
        return f"/_aws/execute-api/{backends.api_id}/$default{path}"
    if path.startswith("/app/"):
        return f"/{backends.web_bucket}{path}{'index.html' if path.endswith('/') else ''}"
    return None


def list_cookies(event: MutableMapping[str, Any]) -> None:
    """Move the cookies of an HTTP API event (payload 2.0) into their own list, where API Gateway puts them."""
    headers = event.get("headers")
    if event.get("version") == "2.0" and headers and "cookie" in headers:
        event["cookies"] = [cookie.strip() for cookie in headers.pop("cookie").split(";")]
