"""Tries at a ticket's number, and codes sent to its customer: what is counted, and when it locks. Pure."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field, StringConstraints

from tingjian.intake.tickets.bodies import Number
from tingjian.platform.errors import LockedOutError
from tingjian.platform.models import Frozen

TRIES = 5
"""So many wrong tries lock the number for the network that they come from."""
TRIES_OF_ALL = 20
"""So many from anywhere lock it for every network that has not opened it before."""
LOCKS = (timedelta(minutes=30), timedelta(hours=2), timedelta(days=1))
REMEMBERED = timedelta(days=7)
CODE_LIFE = timedelta(minutes=10)
CODE_TRIES = 5


class CodeWanted(Frozen):
    """The number of the ticket whose customer is to get a code."""

    number: Number


class CodeSent(Frozen):
    """The same for every number: whether there is such a ticket, and a way to its customer, is not said."""

    expires_in_seconds: int


class CodeEntered(Frozen):
    """The ticket's number, and the code that its customer got."""

    number: Number
    code: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{6}$")]


class Tries(Frozen):
    """Tries since the last right one; `opened` says whether there was one ever."""

    count: int = 0
    last_at: datetime
    locked_until: datetime | None = None
    opened: bool = False

    def with_try(self, now: datetime, most: int) -> "Tries":
        """One more. Every time that `most` are reached it locks, longer each time."""
        count = self.count + 1
        lock = LOCKS[min(count // most, len(LOCKS)) - 1] if count % most == 0 else None
        return self.model_copy(update={"count": count, "last_at": now, "locked_until": now + lock if lock else None})

    def wait(self, now: datetime) -> timedelta:
        return max(self.locked_until - now, timedelta()) if self.locked_until else timedelta()


class Attempts(Frozen):
    """The tries at one ticket, by a keyed hash of the network they come from, and those of all networks together."""

    version: int = 0
    origins: dict[str, Tries] = Field(default={})
    whole: Tries | None = None

    def with_try(self, origin: str, now: datetime) -> "Attempts":
        """One more try, counted before anybody looks whether it is right. Raises LockedOutError."""
        own = self.origins.get(origin) or Tries(last_at=now)
        whole = self.whole or Tries(last_at=now)
        wait = own.wait(now) if own.opened else max(own.wait(now), whole.wait(now))
        if wait:
            raise LockedOutError(-int(-wait.total_seconds() // 1))
        kept = {name: tries for name, tries in self.origins.items() if now - tries.last_at < REMEMBERED}
        return Attempts(
            version=self.version + 1,
            origins=kept | {origin: own.with_try(now, TRIES)},
            whole=whole if own.opened else whole.with_try(now, TRIES_OF_ALL),
        )

    def opened(self, origin: str, now: datetime) -> "Attempts":
        """The last try of this network was right: it is forgiven, and strangers lock it out no more."""
        whole = self.whole
        if whole and not self.origins[origin].opened:
            whole = whole.model_copy(update={"count": max(whole.count - 1, 0), "locked_until": None})
        right = Tries(last_at=now, opened=True)
        return Attempts(version=self.version + 1, origins=self.origins | {origin: right}, whole=whole)


class Code(Frozen):
    """A code that was sent: it is derived from the nonce, so that no store holds it."""

    version: int = 0
    nonce: str = ""
    expires_at: datetime | None = None
    tries: int = 0

    def renewed(self, nonce: str, now: datetime) -> "Code":
        return Code(version=self.version + 1, nonce=nonce, expires_at=now + CODE_LIFE)

    def is_open(self, now: datetime) -> bool:
        return self.expires_at is not None and now < self.expires_at and self.tries < CODE_TRIES

    def with_try(self) -> "Code":
        return self.model_copy(update={"version": self.version + 1, "tries": self.tries + 1})

    def used(self) -> "Code":
        return self.model_copy(update={"version": self.version + 1, "tries": CODE_TRIES})
