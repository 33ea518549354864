"""Validation of path and body by the resolver's own middleware, its errors as the product's."""

from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.event_handler.middlewares.openapi_validation import OpenAPIRequestValidationMiddleware
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError

from tingjian.platform.problems import input_error

POWERTOOLS = OpenAPIRequestValidationMiddleware()  # type: ignore[no-untyped-call]


def answer_if_valid(app: APIGatewayHttpResolver, next_middleware: NextMiddleware) -> Response[Any]:
    """The answer to a valid request. Raises InvalidInputError that names each wrong field."""
    try:
        return POWERTOOLS(app, next_middleware)
    except RequestValidationError as error:
        # The first part of a place says `body` or `path`, which is not the field's name.
        raise input_error(entry | {"loc": entry["loc"][1:]} for entry in error.errors()) from error
