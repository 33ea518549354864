"""Bodies and query strings: how large, whether readable, and nothing in them that the route does not know."""

from collections.abc import Callable
from typing import Any, TypeVar

import pydantic_core
from aws_lambda_powertools.event_handler.request import Request
from aws_lambda_powertools.utilities.data_classes.common import BaseProxyEvent
from pydantic import BaseModel, ValidationError

from tingjian.platform.errors import MalformedRequestError, PayloadTooLargeError, invalid
from tingjian.platform.problems import input_error

M = TypeVar("M", bound=BaseModel)
LIMIT_BYTES = 256 * 1024
MOST_FIELDS = 100
SMALLEST, LARGEST = 1e-30, 10**15
"""The bounds of a number, its sign apart."""


def body_of(event: BaseProxyEvent) -> str:
    """The body as text. Raises PayloadTooLargeError, or MalformedRequestError for one that is no text."""
    if len(event.body or "") > LIMIT_BYTES * (4 / 3 if event.is_base64_encoded else 1):
        raise PayloadTooLargeError(limit_kilobytes=LIMIT_BYTES // 1024)
    try:
        body = event.decoded_body or ""
        size = len(body.encode())
    except ValueError as error:
        raise MalformedRequestError from error
    if size > LIMIT_BYTES:
        raise PayloadTooLargeError(limit_kilobytes=LIMIT_BYTES // 1024)
    return body


def form_of(event: BaseProxyEvent) -> dict[str, list[str]]:
    """The fields of a form that a browser sends, each with its values. Raises InvalidInputError."""
    from urllib.parse import parse_qs  # noqa: PLC0415 - few pages have forms

    try:
        return parse_qs(body_of(event), max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise invalid("form", "invalid") from error


def json_from(text: str) -> Any:
    """The value of a JSON text. Raises MalformedRequestError, or InvalidInputError for a number out of bounds."""
    try:
        value = pydantic_core.from_json(text, allow_inf_nan=False)
    except ValueError as error:
        raise MalformedRequestError from error
    _require_bounded(value, "")
    return value


def _require_bounded(value: Any, place: str) -> None:
    """Raise InvalidInputError for a number that the store cannot hold exactly, wherever it stands."""
    if isinstance(value, dict):
        for name, member in value.items():
            _require_bounded(member, f"{place}.{name}" if place else name)
    elif isinstance(value, list):
        for number, member in enumerate(value):
            _require_bounded(member, f"{place}.{number}")
    elif isinstance(value, int | float) and not (value == 0 or SMALLEST <= abs(value) <= LARGEST):
        raise invalid(place, "number_bounds")


def validated(model: type[M], value: Any) -> M:
    """The model of a value. Raises InvalidInputError that names each wrong field."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise input_error(error.errors(include_url=False, include_input=False)) from error


def from_query(model: type[M]) -> Callable[[Request], M]:
    """What makes this model of a query string; a resolver's own query models let unknown parameters pass."""

    def query_of(request: Request) -> M:
        return validated(model, request.query_parameters or {})

    return query_of
