"""Idempotency keys: the same key with the same request gives the same answer and one effect (Stripe's rules).

The key is stored in the same transaction as the change that the request makes: `Store.transact` takes a `KeyUse`, and
adds an item that names the event from which the receipt can be made again. A refusal is stored under the same item key,
so that a repeat is refused alike; so is the answer of a POST that writes no event. See
docs/decisions/0005-idempotency.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tingjian.platform.errors import IdempotencyMismatchError
from tingjian.platform.ids import derived_id, fingerprint
from tingjian.platform.items import Item, Key
from tingjian.platform.times import epoch_seconds

# A client may repeat for a day; two hours more, so that no repeat meets a key that expires just then.
ANSWERS_KEPT = timedelta(hours=26)


@dataclass(frozen=True, slots=True)
class Idempotency:
    """A caller's key and the fingerprint of its request. The key is hashed together with the caller's id."""

    key: str
    request: str

    @classmethod
    def of(cls, *, caller: str, key: str, request: Iterable[str]) -> "Idempotency":
        """The key of this caller for this request (method, path, body)."""
        return cls(fingerprint("key", caller, key)[:16], fingerprint("request", *request)[:16])

    def derive(self, *kind: str) -> str:
        """The id of the thing that this request makes: a repeat derives the same id and finds the thing."""
        return derived_id(*kind, self.key)

    @property
    def mark(self) -> str:
        """The text by which an event names the request that caused it."""
        return f"{self.key}:{self.request}"

    @property
    def answer_key(self) -> Key:
        return Key(f"idempotency#{self.key}", "answer")

    def check(self, mark: str | None) -> None:
        """Raise IdempotencyMismatchError if the key was used for another request."""
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
            "expires_at": epoch_seconds(now + ANSWERS_KEPT),
        }


@dataclass(frozen=True, slots=True)
class KeyUse:
    """The use of a key by a request: the event that it wrote, and when."""

    key: Idempotency
    entity: str
    version: int
    recorded_at: datetime

    def item(self) -> Item:
        """The item that marks the key as used, for 26 hours."""
        # A refusal is stored under this item key too: of a change and a refusal under one key, only one can be written.
        place = self.key.answer_key
        return {
            "pk": place.pk,
            "sk": place.sk,
            "request": self.key.mark,
            "entity": self.entity,
            "version": self.version,
            "expires_at": epoch_seconds(self.recorded_at + ANSWERS_KEPT),
        }


def mark_of(idempotency: Idempotency | None) -> str | None:
    """The mark for an event, None without a key."""
    return idempotency.mark if idempotency else None
