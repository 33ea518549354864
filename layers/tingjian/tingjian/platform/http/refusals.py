"""Which refusals are lines of the security log: who was refused, where, and from which network."""

from collections.abc import Mapping
from typing import Any

from tingjian.platform import errors
from tingjian.platform.errors import TingjianError
from tingjian.platform.http.origins import origin_of
from tingjian.platform.http.rights import claims_of
from tingjian.platform.rights import Guard
from tingjian.platform.security import SecurityFact, record_security

FACTS: Mapping[type[TingjianError], SecurityFact] = {
    errors.AccessDeniedError: "AccessDenied",
    errors.SignInRequiredError: "SignInRefused",
    errors.LinkInvalidError: "LinkRefused",
    errors.LockedOutError: "LockedOut",
}


def record_refusal(error: TingjianError, event: Mapping[str, Any], guard: Guard | None) -> None:
    """Log the refusals that tell of somebody who tries doors; other errors are everyday life."""
    fact = next((FACTS[kind] for kind in type(error).__mro__ if kind in FACTS), None)
    if fact is not None:
        keys = {"path": _place(event, guard)} | _right(error)
        record_security(fact, who=_who(event, guard), origin=origin_of(event), **keys)


def _who(event: Mapping[str, Any], guard: Guard | None) -> str:
    """The member of staff; else the subject of a token that names nobody active, or the public."""
    if guard:
        return guard.caller.id
    subject = str(claims_of(event).get("sub", ""))
    return f"subject#{subject}" if subject else "public"


def _place(event: Mapping[str, Any], guard: Guard | None) -> str:
    # The path of a customer holds a link that opens the ticket: such a one is told by its route.
    return str(event["rawPath"] if guard else event.get("routeKey", ""))


def _right(error: TingjianError) -> dict[str, str]:
    right = error.parameters.get("right")
    return {"right": str(right)} if right else {}
