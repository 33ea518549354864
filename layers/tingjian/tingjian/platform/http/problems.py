"""Errors as RFC 9457 problem documents."""

import json
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.depends import DependencyResolutionError
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError

from tingjian.platform import telemetry
from tingjian.platform.errors import AccessDeniedError, RepeatedAnswerError, TingjianError
from tingjian.platform.problems import from_validation, problem_of, status_of


def refusing(app: APIGatewayHttpResolver, next_middleware: NextMiddleware) -> Response[Any]:
    """Answer an error that was raised on purpose; anything else propagates."""
    try:
        return next_middleware(app)
    except RequestValidationError as error:
        # The first part of a place says `body` or `path`, which is not the field's name.
        return refusal(app, from_validation(entry | {"loc": entry["loc"][1:]} for entry in error.errors()))
    except DependencyResolutionError as error:
        if isinstance(error.__cause__, TingjianError):
            return refusal(app, error.__cause__)
        raise
    except TingjianError as error:
        return refusal(app, error)


def refusal(app: APIGatewayHttpResolver, error: TingjianError) -> Response[Any]:
    """The answer to an error: its problem document, or the stored answer that a repeat gets again."""
    status, path = status_of(error), app.current_event.path
    kind = "application/problem+json" if status >= HTTPStatus.BAD_REQUEST else "application/json"
    if isinstance(error, RepeatedAnswerError):
        return Response(status, content_type=kind, body=error.answer)
    if isinstance(error, AccessDeniedError):
        telemetry.record("AccessDenied", path=path, caller=app.context.get("caller", ""))
    problem = problem_of(error, language=app.context["language"], instance=path)
    return Response(status, content_type=kind, body=json.dumps(problem, ensure_ascii=False))
