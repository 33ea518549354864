"""A request as an action wants it: when, by whom, in which language, with which key and version."""

from dataclasses import dataclass
from datetime import datetime

from tingjian.platform.errors import SignInRequiredError, VersionRequiredError
from tingjian.platform.idempotency import Idempotency
from tingjian.platform.rights import Caller, Guard
from tingjian.platform.security import SecurityFact, record_security
from tingjian.platform.store import Store
from tingjian.platform.texts import Language


@dataclass(frozen=True, slots=True)
class Call:
    """One request."""

    now: datetime
    language: Language
    store: Store
    path: str
    guard: Guard | None = None
    idempotency: Idempotency | None = None
    if_match: int | None = None
    work: str = ""
    """A challenge and its solution, where a proof of work was asked for."""
    origin: str = ""
    """The address that the request comes from; only its mark may be stored or logged (`security.origin_mark`)."""

    @property
    def who(self) -> str:
        """The id of the member of staff, or `public`."""
        return self.guard.caller.id if self.guard else "public"

    def record_security(self, fact: SecurityFact, /, **keys: str) -> None:
        """Write a line of the security log about what this request does; keys are ids and codes."""
        record_security(fact, who=self.who, origin=self.origin, **keys)

    @property
    def caller(self) -> Caller:
        """The signed-in member of staff. Raises SignInRequiredError on a public route."""
        if self.guard is None:
            raise SignInRequiredError
        return self.guard.caller

    def require_version(self) -> int:
        """The version that the edit was made on. Raises VersionRequiredError when the caller did not say."""
        if self.if_match is None:
            raise VersionRequiredError
        return self.if_match


Here = Call
"""The type of a route's first parameter."""
