"""Answers: what a route returns, written by pydantic itself."""

from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools.event_handler import Response

from tingjian.platform.http.versions import etag_of
from tingjian.platform.models import Frozen

PAGE = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none';"
        " base-uri 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}
"""Headers of every page."""


@dataclass(frozen=True, slots=True)
class Html:
    """An answer that is a page. It loads and sends nothing but what is our own, and tells nobody where it was."""

    text: str
    status: int = 200


def write_answer(response: Response[Any]) -> Response[Any]:
    """The route's model as JSON without its nulls; nothing at all is a 204."""
    answer = response.body
    if answer is None:
        response.status_code, response.body = 204, ""
    elif isinstance(answer, Html):
        response.status_code, response.body = answer.status, answer.text
        response.headers |= {"Content-Type": "text/html; charset=utf-8"} | PAGE
    elif isinstance(answer, Frozen):
        response.headers |= etag_of(answer)
        response.body = answer.model_dump_json(exclude_none=True)
    else:
        message = f"a route answered with a {type(answer).__name__}"
        raise TypeError(message)
    return response
