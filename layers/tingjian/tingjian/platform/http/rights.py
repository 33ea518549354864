"""Who calls, and whether a role of theirs has the route's right.

A narrow right (own, team) covers some things only. An action that answers or writes without having asked whether it
covers this one ends in RightNotAskedError: forgetting to ask is loud.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from tingjian.platform.errors import AccessDeniedError, SignInRequiredError
from tingjian.platform.rights import Caller, Guard, Right
from tingjian.platform.store import Store

Identify = Callable[[Store, Mapping[str, Any]], Caller]
"""What turns a token's claims into a caller. Raises SignInRequiredError for somebody unknown or inactive."""


def guard_of(event: Mapping[str, Any], store: Store, identify: Identify, right: Right) -> Guard:
    """What watches over a request of staff. Raises SignInRequiredError, AccessDeniedError."""
    authorizer = event["requestContext"].get("authorizer") or {}
    claims = (authorizer.get("jwt") or {}).get("claims")
    if not claims:
        raise SignInRequiredError
    caller = identify(store, claims)
    if not caller.widest(right):
        raise AccessDeniedError(right=right.name)
    return Guard(caller, right)


def require_asked(guard: Guard | None, status: int) -> None:
    """Raise RightNotAskedError before an answer, or a conflict, tells of a thing that nobody asked about."""
    if guard and (status < HTTPStatus.BAD_REQUEST or status == HTTPStatus.CONFLICT):
        guard.require_asked()
