"""How a feature declares its routes: a resolver of its own, and on each route who may call it.

    app = resolver()

    @app.post("/v1/tickets/<ticket>/claim", **staff(WORK))
    def claim(call: Here, ticket: str) -> Receipt: ...

Further parameters of a route are `body: SomeModel` and `query: Annotated[SomeModel, Depends(from_query(SomeModel))]`.
"""

from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError as NoRouteError

from tingjian.platform import texts
from tingjian.platform.errors import NotFoundError
from tingjian.platform.http.bodies import json_from
from tingjian.platform.http.language import with_language
from tingjian.platform.http.middlewares import answering, framing, validating
from tingjian.platform.http.problems import refusal
from tingjian.platform.rights import Right


def resolver() -> APIGatewayHttpResolver:
    app = APIGatewayHttpResolver(json_body_deserializer=json_from)

    @app.not_found
    def refuse(_error: NoRouteError) -> Response[Any]:
        """The answer to a path whose parameter has a character that no id has, such as a control character."""
        event = app.current_event.raw_event
        language = texts.best_language(event["headers"].get("accept-language"))
        return with_language(refusal(NotFoundError(), language, event["rawPath"]), language)

    return app


def staff(right: Right, *, kept: bool = False) -> dict[str, Any]:
    """The options of a route for staff; a role of the caller must have the right in some scope.

    `kept` is for a POST that writes no event from which its answer could be made again: all its answers are stored.
    """
    return _options(right, kept=kept) | {"security": [{"staff": [right.name]}]}


def public(*, kept: bool = False) -> dict[str, Any]:
    return _options(None, kept=kept)


def _options(right: Right | None, *, kept: bool) -> dict[str, Any]:
    # Rights come before validation: who may not call learns nothing about the body.
    return {"middlewares": [framing(right), validating, answering(always=kept)]}
