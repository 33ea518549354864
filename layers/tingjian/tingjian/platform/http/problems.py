"""Errors as RFC 9457 problem documents."""

import json
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.depends import DependencyResolutionError

from tingjian.platform.errors import RepeatedAnswerError, RetryLaterError, TingjianError
from tingjian.platform.problems import problem_of, status_of
from tingjian.platform.texts import Language

PUBLIC = "/v1/public/"


def shown_path(path: str) -> str:
    """The path as answers, logs and stores may have it: without the token that opens a customer's thing."""
    if not path.startswith(PUBLIC):
        return path
    return "/".join("{token}" if "." in part else part for part in path.split("/"))


def refusal(error: TingjianError, language: Language, path: str) -> Response[Any]:
    """The problem document of an error; for a RepeatedAnswerError the stored answer."""
    status = status_of(error)
    kind = "application/problem+json" if status >= HTTPStatus.BAD_REQUEST else "application/json"
    if isinstance(error, RepeatedAnswerError):
        return Response(status, content_type=kind, body=error.answer)
    problem = problem_of(error, language=language, instance=path)
    response = Response[Any](status, content_type=kind, body=json.dumps(problem, ensure_ascii=False))
    if isinstance(error, RetryLaterError):
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    return response


def own_error(error: Exception) -> TingjianError:
    """The error if it is the product's own. Any other error is raised again."""
    # Powertools wraps what a dependency of a route raises.
    found = error.__cause__ if isinstance(error, DependencyResolutionError) else error
    if not isinstance(found, TingjianError):
        raise error
    return found
