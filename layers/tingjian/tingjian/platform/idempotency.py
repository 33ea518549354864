"""Idempotency keys: the same key with the same request gives the same answer and one effect (Stripe's rules).

A key is used up by the transaction that does what it was sent for: `Store.transact` is given its `KeyUse`, and writes
one more member that names the event which holds the receipt. A refusal is stored at the same place, so that its repeat
is refused alike, and so is the answer of a POST whose answer no event can tell again. See
docs/decisions/0005-idempotency.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tingjian.platform.errors import IdempotencyMismatchError
from tingjian.platform.ids import derived_id, fingerprint
from tingjian.platform.items import Item, Key
from tingjian.platform.times import epoch_seconds

KEPT = timedelta(hours=26)


@dataclass(frozen=True, slots=True)
class Idempotency:
    """A caller's key, hashed with the caller it belongs to, and the fingerprint of the request it came with."""

    key: str
    request: str

    @classmethod
    def of(cls, *, caller: str, key: str, request: Iterable[str]) -> "Idempotency":
        """The key of this caller for this request (method, path, body)."""
        return cls(fingerprint("key", caller, key)[:16], fingerprint("request", *request)[:16])

    def derive(self, *kind: str) -> str:
        """The id of the thing that this request makes."""
        return derived_id(*kind, self.key)

    @property
    def mark(self) -> str:
        """What an event remembers of the request that caused it."""
        return f"{self.key}:{self.request}"

    @property
    def answer_key(self) -> Key:
        return Key(f"idempotency#{self.key}", "answer")

    def check(self, mark: str | None) -> None:
        """Refuse a key that came before with another request. Raises IdempotencyMismatchError."""
        if mark != self.mark:
            raise IdempotencyMismatchError

    def answer_item(self, *, status: int, answer: str, now: datetime) -> Item:
        """The stored answer; it expires after 26 hours."""
        return {
            "pk": self.answer_key.pk,
            "sk": self.answer_key.sk,
            "status": status,
            "answer": answer,
            "request": self.mark,
            "expires_at": epoch_seconds(now + KEPT),
        }


@dataclass(frozen=True, slots=True)
class KeyUse:
    """The use of a key: which event holds the receipt of what was done under it, and when that was recorded."""

    key: Idempotency
    entity: str
    version: int
    recorded_at: datetime

    def item(self) -> Item:
        """What marks the key as used: it stands for 26 hours at the place where a refusal would stand."""
        place = self.key.answer_key
        return {
            "pk": place.pk,
            "sk": place.sk,
            "request": self.key.mark,
            "entity": self.entity,
            "version": self.version,
            "expires_at": epoch_seconds(self.recorded_at + KEPT),
        }


def mark_of(idempotency: Idempotency | None) -> str | None:
    """The mark for an event, None without a key."""
    return idempotency.mark if idempotency else None
