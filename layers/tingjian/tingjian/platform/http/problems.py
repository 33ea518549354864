"""Errors as RFC 9457 problem documents."""

import json
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.depends import DependencyResolutionError

from tingjian.platform.errors import RepeatedAnswerError, TingjianError
from tingjian.platform.problems import problem_of, status_of
from tingjian.platform.texts import Language


def refusal(error: TingjianError, language: Language, path: str) -> Response[Any]:
    """The answer to an error: its problem document, or the stored answer that a repeat gets again."""
    status = status_of(error)
    kind = "application/problem+json" if status >= HTTPStatus.BAD_REQUEST else "application/json"
    if isinstance(error, RepeatedAnswerError):
        return Response(status, content_type=kind, body=error.answer)
    problem = problem_of(error, language=language, instance=path)
    return Response(status, content_type=kind, body=json.dumps(problem, ensure_ascii=False))


def own_error(error: Exception) -> TingjianError:
    """The product's own error, also where a dependency of the route raised it; any other is raised again."""
    found = error.__cause__ if isinstance(error, DependencyResolutionError) else error
    if not isinstance(found, TingjianError):
        raise error
    return found
