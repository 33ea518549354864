"""Idempotency keys: the same key with the same request gives the same answer and one effect (Stripe's rules).

A key is used up by the transaction that does what it was sent for: one more member, written by `Store.transact`, names
the event that holds the receipt. A refusal is stored at the same place, so that its repeat is refused alike, and so is
the answer of a POST whose answer no event can tell again. See docs/decisions/0005-idempotency.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tingjian.platform.errors import IdempotencyMismatchError
from tingjian.platform.ids import derived_id, fingerprint
from tingjian.platform.items import Item, Key
from tingjian.platform.times import epoch, instant

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
        """Where the answer under this key is stored."""
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
            "expires_at": epoch(now + KEPT),
        }


def used_by(event: Item) -> Item | None:
    """What marks the key of the request behind an event of Journal as used; None without a key, and for history.

    It stands for 26 hours at the place where a refusal would stand, and names the event, which holds the receipt.
    """
    if "request" not in event or event.get("imported"):
        return None
    return {
        "pk": f"idempotency#{event['request'].partition(':')[0]}",
        "sk": "answer",
        "request": event["request"],
        "entity": event["pk"],
        "version": int(event["sk"]),
        "expires_at": epoch(instant(event["recorded_at"]) + KEPT),
    }


def mark_of(idempotency: Idempotency | None) -> str | None:
    """The mark for an event, None without a key."""
    return idempotency.mark if idempotency else None
