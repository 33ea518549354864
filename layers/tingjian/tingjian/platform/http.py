"""HTTP doors: a route is a typed function. Here its arguments are bound, its caller checked, its answer written.

A route's parameters say what it needs: `call: Call`, `body: SomeModel`, `query: SomeModel`, and path parameters by
name. Its return annotation is the answer's model. The same declarations give the OpenAPI document. Routing is our own
forty lines, since Powertools' resolver costs a quarter of a cold start: docs/decisions/0006-http-door.md.
"""

import base64
import contextlib
import importlib
import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from pydantic import BaseModel, ValidationError

from tingjian.platform import resources, telemetry, texts
from tingjian.platform.errors import (
    AccessDeniedError,
    DoneBeforeError,
    MalformedRequestError,
    MethodNotAllowedError,
    NotFoundError,
    PayloadTooLargeError,
    RepeatedAnswerError,
    SignInRequiredError,
    StaleError,
    TingjianError,
    VersionRequiredError,
    invalid,
)
from tingjian.platform.idempotency import Idempotency
from tingjian.platform.models import Frozen
from tingjian.platform.problems import STORED, from_validation, problem_of, status_of
from tingjian.platform.rights import Caller
from tingjian.platform.store import Store
from tingjian.platform.texts import Language
from tingjian.platform.times import milliseconds

BODY_LIMIT_BYTES = 256 * 1024
KEY_LIMIT = 255


class StoreNames(Protocol):
    """The part of a door's settings that every door has."""

    @property
    def desk_table(self) -> str:
        """The table of the present."""

    @property
    def journal_table(self) -> str:
        """The table of the past."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request, as an action wants it: when, by whom, in which language, with which key and version."""

    now: datetime
    language: Language
    store: Store
    path: str
    caller_or_none: Caller | None = None
    idempotency: Idempotency | None = None
    if_match: int | None = None

    @property
    def caller(self) -> Caller:
        """The signed-in member of staff. Raises SignInRequiredError on a public route."""
        if self.caller_or_none is None:
            raise SignInRequiredError
        return self.caller_or_none

    def required_version(self) -> int:
        """The version that the edit was made on. Raises VersionRequiredError when the caller did not say."""
        if self.if_match is None:
            raise VersionRequiredError
        return self.if_match


@dataclass(frozen=True, slots=True)
class Html:
    """An answer that is a page."""

    text: str


@dataclass(frozen=True, slots=True)
class Route:
    """A declared route, as the door and the OpenAPI document know it."""

    method: str
    path: str
    right: str | None
    status: int
    function: Callable[..., Any]
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    answer: type[BaseModel] | None
    path_parameters: tuple[str, ...]
    kept: bool


Identify = Callable[[Store, Mapping[str, Any]], Caller]


@dataclass(slots=True)
class Door:
    """An HTTP door: `settings` reads the environment, `identify` turns a token's claims into a caller.

    `modules` says which module declares the routes below a path. It is imported by the first request that needs it, so
    that a cold start pays for the routes it serves and no others.
    """

    settings: Callable[[], StoreNames]
    identify: Identify
    modules: dict[str, str] = field(default_factory=dict)
    _routes: list[Route] = field(default_factory=list)
    _by_path: dict[str, dict[str, Route]] = field(default_factory=dict)

    def __call__(self, event: dict[str, Any], _context: object) -> dict[str, Any]:
        """Answer an API Gateway event (payload 2.0). Unexpected errors propagate."""
        telemetry.logger().append_keys(request_id=event["requestContext"].get("requestId", ""))
        headers = event.get("headers") or {}
        language = texts.negotiated(headers.get("accept-language"))
        if self.modules:
            self._load(event["rawPath"])
        methods, parameters = self._found(event["rawPath"])
        route = methods.get(event["requestContext"]["http"]["method"])
        if route is None:
            return _unknown(methods, event, language)
        return self._answer(route, parameters, event, headers, language)

    @property
    def routes(self) -> list[Route]:
        """All routes, with every module loaded."""
        self._load("/")
        return self._routes

    def load_all(self) -> None:
        """Have every route declared, as a snapshot wants it."""
        self._load("/")

    def _load(self, path: str) -> None:
        """Have the routes at and below a path declared."""
        for prefix in [prefix for prefix in self.modules if prefix.startswith(path) or path.startswith(prefix)]:
            importlib.import_module(self.modules.pop(prefix))

    def _found(self, path: str) -> tuple[dict[str, Route], dict[str, str]]:
        """The routes of a path by method, and the path's parameters; a literal path wins over one with parameters."""
        literal = self._by_path.get(path)
        if literal:
            return literal, {}
        given = path.split("/")
        for pattern, methods in self._by_path.items():
            wanted = pattern.split("/")
            if len(wanted) == len(given) and all(
                w == g or (w[:1] == "{" and g) for w, g in zip(wanted, given, strict=True)
            ):
                return methods, {w[1:-1]: g for w, g in zip(wanted, given, strict=True) if w[:1] == "{"}
        return {}, {}

    def get(self, path: str, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Declare a GET route; see `route`."""
        return self.route("GET", path, **options)

    def post(self, path: str, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Declare a POST route; see `route`."""
        return self.route("POST", path, **options)

    def put(self, path: str, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Declare a PUT route; see `route`."""
        return self.route("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Declare a PATCH route; see `route`."""
        return self.route("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Declare a DELETE route; see `route`."""
        return self.route("DELETE", path, **options)

    def route(
        self, method: str, path: str, *, right: str | None = None, status: int = 200, kept: bool = False
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Declare a route. `right` is what the caller's role must have in some scope; None makes the route public.

        `kept` is for a POST that writes nothing by which its repeat would be known: the door then keeps its answers.
        """

        def declare(function: Callable[..., Any]) -> Callable[..., Any]:
            route = _described(method, path, right, status, function, kept=kept)
            self._routes.append(route)
            self._by_path.setdefault(path, {})[method] = route
            return function

        return declare

    def _answer(
        self,
        route: Route,
        parameters: Mapping[str, str],
        event: Mapping[str, Any],
        headers: Mapping[str, str],
        language: Language,
    ) -> dict[str, Any]:
        call: Call | None = None
        try:
            raw = _raw_body(event) if route.body else ""
            call = self._call(route, event, headers, language, raw)
            arguments: dict[str, Any] = dict(parameters)
            if route.body:
                arguments["body"] = _parsed(route.body, raw)
            if route.query:
                arguments["query"] = _queried(route.query, event)
        except TingjianError as error:
            return _refused(error, event, language, call)
        try:
            return _done(route, call, arguments, event, language)
        except TingjianError as error:
            return _refused(error, event, language, call)

    def _call(
        self, route: Route, event: Mapping[str, Any], headers: Mapping[str, str], language: Language, raw: str
    ) -> Call:
        settings = self.settings()
        store = resources.store(settings.desk_table, settings.journal_table)
        caller = None
        if route.right:
            caller = self.identify(store, _claims(event))
            if not caller.scope(route.right):
                raise AccessDeniedError(right=route.right)
        return Call(
            now=milliseconds(datetime.now(UTC)),
            language=language,
            store=store,
            path=event["rawPath"],
            caller_or_none=caller,
            idempotency=_idempotency(route, event, headers, raw, caller),
            if_match=_version(headers.get("if-match")),
        )


def _refused(error: TingjianError, event: Mapping[str, Any], language: Language, call: Call | None) -> dict[str, Any]:
    if isinstance(error, AccessDeniedError):
        caller = call.caller_or_none if call else None
        telemetry.record("AccessDenied", path=event["rawPath"], caller=caller.id if caller else "")
    if isinstance(error, RepeatedAnswerError):
        return _written(error.status, _media_type(error.status), error.answer, language)
    problem = problem_of(error, language=language, instance=event["rawPath"])
    status = status_of(error)
    return _written(status, _media_type(status), json.dumps(problem, ensure_ascii=False), language)


def _done(
    route: Route, call: Call, arguments: Mapping[str, Any], event: Mapping[str, Any], language: Language
) -> dict[str, Any]:
    """The route's answer. A refusal that the state of things decided is kept, so that its repeat is refused alike."""
    if route.kept:
        _repeat(call)
    try:
        response = _response(route.status, _called(route, call, arguments), language)
    except STORED as error:
        if isinstance(error, StaleError) and call.if_match is None:
            raise  # It lost against others at the same moment; a repeat may try again.
        response = _refused(error, event, language, call)
    else:
        if not route.kept:
            return response
    if call.idempotency:
        kept = call.idempotency.answer_item(status=response["statusCode"], answer=response["body"], now=call.now)
        if not call.store.put_if_absent(kept, "answer" if route.kept else "pk"):
            _repeat(call)
            if not route.kept:  # Its twin did meanwhile what it was refused.
                return _response(route.status, route.function(call, **arguments), language)
    return response


def _called(route: Route, call: Call, arguments: Mapping[str, Any]) -> object:
    """What the route returns. One that lost may have lost to its own twin, and finds what that one did."""
    try:
        return route.function(call, **arguments)
    except StaleError:
        if call.idempotency is None or call.if_match is not None:
            raise
        return route.function(call, **arguments)


def _repeat(call: Call) -> None:
    """Raise RepeatedAnswerError if an answer under the call's key is stored."""
    if call.idempotency:
        with contextlib.suppress(DoneBeforeError):
            call.store.get_many([], repeat=call.idempotency)


def _media_type(status: int) -> str:
    return "application/problem+json" if status >= 400 else "application/json"  # noqa: PLR2004 - HTTP's own line


def _unknown(methods: Mapping[str, Route], event: Mapping[str, Any], language: Language) -> dict[str, Any]:
    if not methods:
        return _refused(NotFoundError(), event, language, None)
    answer = _refused(MethodNotAllowedError(), event, language, None)
    answer["headers"]["Allow"] = ", ".join(sorted(methods))
    return answer


def _described(
    method: str, path: str, right: str | None, status: int, function: Callable[..., Any], *, kept: bool
) -> Route:
    signature = inspect.signature(function)
    annotations = {name: parameter.annotation for name, parameter in signature.parameters.items()}
    answer = signature.return_annotation
    return Route(
        method=method,
        path=path,
        right=right,
        status=status,
        function=function,
        body=annotations.get("body"),
        query=annotations.get("query"),
        answer=answer if isinstance(answer, type) and issubclass(answer, BaseModel) else None,
        path_parameters=tuple(name for name in annotations if name not in {"call", "body", "query"}),
        kept=kept,
    )


def _claims(event: Mapping[str, Any]) -> Mapping[str, Any]:
    authorizer = event["requestContext"].get("authorizer") or {}
    claims: Mapping[str, Any] | None = (authorizer.get("jwt") or {}).get("claims")
    if not claims:
        raise SignInRequiredError
    return claims


def _raw_body(event: Mapping[str, Any]) -> str:
    body = event.get("body") or ""
    if len(body) > BODY_LIMIT_BYTES * (4 / 3 if event.get("isBase64Encoded") else 1):
        raise PayloadTooLargeError(limit_kilobytes=BODY_LIMIT_BYTES // 1024)
    if event.get("isBase64Encoded"):
        try:
            return base64.b64decode(body).decode()
        except ValueError as error:
            raise MalformedRequestError from error
    return str(body)


def _parsed(model: type[BaseModel], raw: str) -> BaseModel:
    try:
        return model.model_validate_json(raw or "{}")
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        if any(entry["type"] == "json_invalid" for entry in found):
            raise MalformedRequestError from error
        raise from_validation(found) from error


def _queried(model: type[BaseModel], event: Mapping[str, Any]) -> BaseModel:
    try:
        return model.model_validate(event.get("queryStringParameters") or {})
    except ValidationError as error:
        raise from_validation(error.errors(include_url=False, include_input=False)) from error


def _idempotency(
    route: Route, event: Mapping[str, Any], headers: Mapping[str, str], raw: str, caller: Caller | None
) -> Idempotency | None:
    key = headers.get("idempotency-key")
    if key is None or route.method != "POST":
        return None
    if not 1 <= len(key) <= KEY_LIMIT or not key.isprintable():
        raise invalid("Idempotency-Key", "idempotency_key")
    return Idempotency.of(caller=caller.id if caller else "public", key=key, request=("POST", event["rawPath"], raw))


def _version(header: str | None) -> int | None:
    if header is None:
        return None
    digits = header.removeprefix("W/").strip('"')
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):  # noqa: PLR2004 - more than any version
        raise invalid("If-Match", "version")
    return int(digits)


def _response(status: int, answer: object, language: Language) -> dict[str, Any]:
    if answer is None:
        return _written(204, "application/json", "", language)
    if isinstance(answer, Html):
        return _written(status, "text/html; charset=utf-8", answer.text, language)
    if not isinstance(answer, Frozen):
        message = f"a route answered with a {type(answer).__name__}"
        raise TypeError(message)
    response = _written(status, "application/json", answer.model_dump_json(exclude_none=True), language)
    version = getattr(answer, "version", None)
    if version is not None:
        response["headers"]["ETag"] = f'"{version}"'
    location = getattr(answer, "location", None)
    if location is not None:
        response["headers"]["Location"] = location
    return response


def _written(status: int, content_type: str, body: str, language: Language) -> dict[str, Any]:
    headers = {
        "Content-Type": content_type,
        "Cache-Control": "no-store",
        "Content-Language": language,
        "X-Content-Type-Options": "nosniff",
    }
    return {"statusCode": status, "headers": headers, "body": body, "isBase64Encoded": False}
