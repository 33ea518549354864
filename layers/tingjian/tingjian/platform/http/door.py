"""An HTTP door: it finds the feature whose route is asked for, and imports that one alone."""

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError as NoRouteError

from tingjian.platform import telemetry, texts
from tingjian.platform.errors import MethodNotAllowedError, NotFoundError
from tingjian.platform.http.language import with_language
from tingjian.platform.http.problems import refusal
from tingjian.platform.http.rights import Identify

PART_BYTES = 400
"""The longest part of a path."""


@dataclass(slots=True)
class Door:
    """`table` says by path and method which module declares a route; `identify` makes a caller of a token's claims."""

    table: Mapping[str, Mapping[str, str]]
    identify: Identify
    nowhere: APIGatewayHttpResolver = field(default_factory=APIGatewayHttpResolver)

    def __post_init__(self) -> None:
        self.nowhere.not_found(self._refuse)

    def __call__(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        """Answer an API Gateway event (payload 2.0). Unexpected errors propagate."""
        telemetry.logger().append_keys(request_id=event["requestContext"].get("requestId", ""))
        module = self._methods(event["rawPath"]).get(event["requestContext"]["http"]["method"])
        resolver = importlib.import_module(module).app if module else self.nowhere
        resolver.context["identify"] = self.identify
        # JSON is the only type that we read, whatever a client calls it; headers come in lower case.
        headers = (event.get("headers") or {}) | {"content-type": "application/json"}
        body = event.get("body") or "{}"
        answer: dict[str, Any] = resolver.resolve({**event, "headers": headers, "body": body}, context)
        return answer

    def import_all(self) -> None:
        for methods in self.table.values():
            for module in methods.values():
                importlib.import_module(module)

    def _methods(self, path: str) -> Mapping[str, str]:
        """The modules of a path by method; a literal path wins over one with parameters.

        No id is as long as `PART_BYTES`; a longer one could be no key of the store.
        """
        if any(len(part.encode(errors="surrogatepass")) > PART_BYTES for part in path.split("/")):
            return {}
        return self.table.get(path) or next(self._matching(path.split("/")), {})

    def _matching(self, given: list[str]) -> Iterator[Mapping[str, str]]:
        for pattern, methods in self.table.items():
            wanted = pattern.split("/")
            if len(wanted) == len(given) and all(
                w == g or (w[:1] == "{" and g) for w, g in zip(wanted, given, strict=True)
            ):
                yield methods

    def _refuse(self, _error: NoRouteError) -> Response[Any]:
        event = self.nowhere.current_event.raw_event
        methods = self._methods(event["rawPath"])
        language = texts.best_language(event["headers"].get("accept-language"))
        response = refusal(MethodNotAllowedError() if methods else NotFoundError(), language, event["rawPath"])
        if methods:
            response.headers["Allow"] = ", ".join(sorted(methods))
        return with_language(response, language)
