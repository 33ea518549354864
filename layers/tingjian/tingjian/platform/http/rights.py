"""The caller of a request, and whether one of the caller's roles has the route's right.

A narrow right (own, team) covers some things only. An action that answers or writes without having asked whether the
right covers the thing fails with RightNotAskedError, so that a forgotten check shows in the first test.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from tingjian.platform.errors import AccessDeniedError, SignInRequiredError
from tingjian.platform.rights import Caller, Guard, Right
from tingjian.platform.store import Store

Identify = Callable[[Store, Mapping[str, Any]], Caller]
"""Makes a caller of a token's claims. Raises SignInRequiredError for an unknown or inactive person."""


def claims_of(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the token says, which the gateway has checked; nothing without one."""
    authorizer = event["requestContext"].get("authorizer") or {}
    claims: Mapping[str, Any] = (authorizer.get("jwt") or {}).get("claims") or {}
    return claims


def guard_of(event: Mapping[str, Any], store: Store, identify: Identify, right: Right) -> Guard:
    """What watches over a request of staff. Raises SignInRequiredError."""
    claims = claims_of(event)
    if not claims:
        raise SignInRequiredError
    return Guard(identify(store, claims), right)


def require_role(guard: Guard) -> None:
    """Raise AccessDeniedError unless a role of the caller has the route's right in some scope."""
    if not guard.caller.widest(guard.right):
        raise AccessDeniedError(right=guard.right.name)


def require_asked(guard: Guard | None, status: int) -> None:
    """Raise RightNotAskedError if the answer tells of a thing that the right was not checked against."""
    # A conflict tells of the thing too: who changed it, and which fields.
    if guard and (status < HTTPStatus.BAD_REQUEST or status == HTTPStatus.CONFLICT):
        guard.require_asked()
