"""The language of an answer, by the Accept-Language header."""

from typing import Any

from aws_lambda_powertools.event_handler import Response

from tingjian.platform.texts import Language

STANDING = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""Headers of every answer."""


def with_language(response: Response[Any], language: Language) -> Response[Any]:
    response.headers |= STANDING | {"Content-Language": language}
    return response
