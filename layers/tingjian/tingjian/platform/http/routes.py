"""How a feature declares its routes: a resolver of its own, and on each route who may call it.

    app = resolver()

    @app.post("/v1/tickets/<ticket>/claim", **staff(WORK))
    def claim(call: Here, ticket: str) -> Receipt: ...

Further parameters of a route are `body: SomeModel` and `query: Annotated[SomeModel, Depends(queried(SomeModel))]`.
"""

from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.event_handler.middlewares.openapi_validation import OpenAPIRequestValidationMiddleware

from tingjian.platform.http.answers import writing
from tingjian.platform.http.bodies import json_from, reading
from tingjian.platform.http.keys import keeping
from tingjian.platform.http.language import speaking
from tingjian.platform.http.problems import refusing
from tingjian.platform.http.rights import calling
from tingjian.platform.rights import Right

VALIDATING = OpenAPIRequestValidationMiddleware()  # type: ignore[no-untyped-call]


def resolver() -> APIGatewayHttpResolver:
    """The resolver of one feature's routes."""
    app = APIGatewayHttpResolver(json_body_deserializer=json_from)
    app.use([speaking, refusing, reading])
    return app


def staff(right: Right, *, kept: bool = False) -> dict[str, Any]:
    """The options of a route for staff; a role of the caller must have the right in some scope.

    `kept` is for a POST that writes nothing by which its repeat would be known: all its answers are stored then.
    """
    return _options(right, kept=kept) | {"security": [{"staff": [right.name]}]}


def public(*, kept: bool = False) -> dict[str, Any]:
    """The options of a route for everybody."""
    return _options(None, kept=kept)


def _options(right: Right | None, *, kept: bool) -> dict[str, Any]:
    # Rights come before validation: who may not call learns nothing about the body.
    return {"middlewares": [calling(right), VALIDATING, keeping(always=kept), writing]}
