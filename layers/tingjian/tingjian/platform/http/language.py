"""The language of an answer, by the Accept-Language header."""

from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware

from tingjian.platform import texts

STANDING = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""Headers of every answer."""


def speaking(app: APIGatewayHttpResolver, next_middleware: NextMiddleware) -> Response[Any]:
    """Choose the language, and name it on the answer."""
    language = texts.negotiated(app.current_event.headers.get("accept-language"))
    app.context["language"] = language
    response = next_middleware(app)
    response.headers |= STANDING | {"Content-Language": language}
    return response
