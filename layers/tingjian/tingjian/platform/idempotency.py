"""Idempotency keys: the same key with the same request gives the same answer and one effect (Stripe's rules).

A key costs no item of its own when things go well. What a POST makes gets its id from the key (`Idempotency.derive`),
and what a POST changes keeps the keys of its last day (`Keys`), both written by the business transaction itself. Only a
refusal is stored apart, so that its repeat is refused alike, and the answer of a POST that writes nothing else. See
docs/decisions/0005-idempotency.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tingjian.platform.errors import IdempotencyMismatchError
from tingjian.platform.ids import derived_id, fingerprint
from tingjian.platform.items import Item, Key
from tingjian.platform.times import epoch

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


Keys = tuple[tuple[str, int, int], ...]
"""Keys used on a thing lately: (key, version that it made, seconds since 1970)."""


def version_made_by(keys: Keys, idempotency: Idempotency | None) -> int | None:
    """The version that this key made before, if it did."""
    if idempotency is None:
        return None
    return next((version for key, version, _ in keys if key == idempotency.key), None)


def keys_with(keys: Keys, idempotency: Idempotency | None, *, version: int, now: datetime) -> Keys:
    """The keys with one more, and without those older than 26 hours."""
    oldest = epoch(now - KEPT)
    kept = tuple(entry for entry in keys if entry[2] >= oldest)
    return (*kept, (idempotency.key, version, epoch(now))) if idempotency else kept


def mark_of(idempotency: Idempotency | None) -> str | None:
    """The mark for an event, None without a key."""
    return idempotency.mark if idempotency else None


def keys_from(stored: list[list[Any]]) -> Keys:
    """The keys of a stored item."""
    return tuple((str(key), int(version), int(at)) for key, version, at in stored)
