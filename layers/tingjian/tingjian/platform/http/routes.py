"""How a feature declares its routes: a resolver of its own, and on each route who may call it.

    app = resolver()

    @app.post("/v1/tickets/<ticket>/claim", **staff(WORK))
    def claim(call: Here, ticket: str) -> Receipt: ...

Further parameters of a route are `body: SomeModel` and `query: Annotated[SomeModel, Depends(from_query(SomeModel))]`.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError as NoRouteError

from tingjian.platform import texts
from tingjian.platform.errors import NotFoundError
from tingjian.platform.http.bodies import body_of, json_from, validated
from tingjian.platform.http.frame import framing
from tingjian.platform.http.keys import Kept
from tingjian.platform.http.language import with_language
from tingjian.platform.http.problems import refusal
from tingjian.platform.rights import Right

F = TypeVar("F", bound=Callable[..., Any])


class Resolver(APIGatewayHttpResolver):
    """A resolver that gives each of its routes the current call as the first argument."""

    def route(self, *place: Any, **options: Any) -> Callable[[F], F]:
        add = super().route(*place, **options)

        def register(function: F) -> F:
            add(_given_call(self, function))
            return function

        return register


def resolver() -> Resolver:
    app = Resolver(json_body_deserializer=json_from)

    @app.not_found
    def refuse(_error: NoRouteError) -> Response[Any]:
        """The answer to a path whose parameter has a character that no id has, such as a control character."""
        event = app.current_event.raw_event
        language = texts.best_language(event["headers"].get("accept-language"))
        return with_language(refusal(NotFoundError(), language, event["rawPath"]), language)

    return app


def staff(right: Right, *, kept: Kept = False) -> dict[str, Any]:
    """The options of a route for staff; a role of the caller must have the right in some scope.

    `kept` is for a POST that writes no event from which its answer could be made again: all its answers are stored.
    They are stored `sealed` where they open something, such as a link. `never` stores not even refusals: a repeat looks
    again.
    """
    return {"middlewares": [framing(right, kept=kept)], "security": [{"staff": [right.name]}]}


def public(*, kept: Kept = False) -> dict[str, Any]:
    return {"middlewares": [framing(None, kept=kept)]}


def _given_call(app: APIGatewayHttpResolver, function: Callable[..., Any]) -> Callable[..., Any]:
    """The route as Powertools is to see it: without the call, which is no parameter of the API."""
    signature = inspect.signature(function)
    parameters = list(signature.parameters.values())
    body = signature.parameters.get("body")

    @functools.wraps(function)
    def route(**given: Any) -> Any:
        if body:
            given["body"] = validated(body.annotation, json_from(body_of(app.current_event)))
        return function(app.context["call"], **given)

    vars(route)["__signature__"] = signature.replace(parameters=parameters[1:])
    return route
