"""Who calls, and whether a role of theirs has the route's right.

A narrow right (own, team) covers some things only. An action that answers or writes without having asked whether it
covers this one ends in RightNotAskedError: forgetting to ask is loud.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware

from tingjian.platform import resources
from tingjian.platform.errors import AccessDeniedError, SignInRequiredError
from tingjian.platform.http.call import Call
from tingjian.platform.http.keys import idempotency_of
from tingjian.platform.http.versions import version_of
from tingjian.platform.rights import Guard, Right
from tingjian.platform.times import milliseconds


def calling(right: Right | None) -> Callable[[APIGatewayHttpResolver, NextMiddleware], Response[Any]]:
    """What makes a Call of the request; `right` is what the caller must have in some scope, None makes it public."""

    def middleware(app: APIGatewayHttpResolver, next_middleware: NextMiddleware) -> Response[Any]:
        event, store, caller, guard = app.current_event, resources.store(), None, None
        if right:
            caller = app.context["identify"](store, _claims(event.raw_event))
            app.context["caller"] = caller.id
            if not caller.widest(right):
                raise AccessDeniedError(right=right.name)
            guard = Guard(caller, right)
            store = store.guarded(guard)
        call = Call(
            now=milliseconds(datetime.now(UTC)),
            language=app.context["language"],
            store=store,
            path=event.path,
            caller_or_none=caller,
            idempotency=idempotency_of(event, caller.id if caller else "public"),
            if_match=version_of(event.headers.get("if-match")),
        )
        app.context["call"] = call
        response = next_middleware(app)
        if guard and response.status_code < HTTPStatus.BAD_REQUEST:
            guard.require_asked()
        return response

    return middleware


def _claims(event: Mapping[str, Any]) -> Mapping[str, Any]:
    claims: Mapping[str, Any] | None = event["requestContext"].get("authorizer", {}).get("jwt", {}).get("claims")
    if not claims:
        raise SignInRequiredError
    return claims
