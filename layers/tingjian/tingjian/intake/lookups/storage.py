"""Tries and codes in the store: items of the ticket's collection that expire."""

from datetime import datetime, timedelta

from tingjian.intake.lookups.models import REMEMBERED, Attempts, Code, Tries
from tingjian.platform.items import Item, Key
from tingjian.platform.places import ticket_entity
from tingjian.platform.store import Store, Write
from tingjian.platform.times import epoch_seconds, instant, stamp

ATTEMPTS, CODE, SENT = "attempts", "code", "code#"
KEPT = timedelta(days=1)


def attempts_key(number: str) -> Key:
    return Key(ticket_entity(number), ATTEMPTS)


def code_key(number: str) -> Key:
    return Key(ticket_entity(number), CODE)


def attempts_item(number: str, attempts: Attempts, now: datetime) -> Item:
    key = attempts_key(number)
    return {
        "pk": key.pk,
        "sk": key.sk,
        "version": attempts.version,
        "origins": {name: _tries_item(tries) for name, tries in attempts.origins.items()},
        "whole": _tries_item(attempts.whole) if attempts.whole else {},
        "expires_at": epoch_seconds(now + REMEMBERED),
    }


def attempts_from_item(item: Item) -> Attempts:
    """The tries of an item; one of the form before this, a bare count, begins anew."""
    return Attempts(
        version=item.get("version", 0),
        origins={name: _tries_from(found) for name, found in item.get("origins", {}).items()},
        whole=_tries_from(item["whole"]) if item.get("whole") else None,
    )


def replace_attempts(store: Store, number: str, attempts: Attempts, now: datetime) -> bool:
    """Store over the version before; False if another try was counted meanwhile."""
    return store.put_version(attempts_item(number, attempts, now), attempts.version - 1)


def code_from_item(item: Item) -> Code:
    return Code(
        version=item["version"], nonce=item["nonce"], expires_at=instant(item["open_until"]), tries=item["tries"]
    )


def code_item(number: str, code: Code, now: datetime) -> Item:
    key = code_key(number)
    return {
        "pk": key.pk,
        "sk": key.sk,
        "version": code.version,
        "nonce": code.nonce,
        "open_until": stamp(code.expires_at or now),
        "tries": code.tries,
        "expires_at": epoch_seconds(now + KEPT),
    }


def code_writes(number: str, code: Code, now: datetime) -> list[Write]:
    """A new code over the one before it, and what has it sent."""
    sent: Item = {
        "pk": ticket_entity(number),
        "sk": SENT + code.nonce,
        "deliver": "code",
        "open_until": stamp(code.expires_at or now),
        "expires_at": epoch_seconds(now + KEPT),
    }
    return [Write("desk", code_item(number, code, now), expect=code.version - 1), Write("desk", sent, expect=0)]


def _tries_item(tries: Tries) -> Item:
    item: Item = {"count": tries.count, "last_at": stamp(tries.last_at)}
    if tries.locked_until:
        item["locked_until"] = stamp(tries.locked_until)
    return item | ({"opened": True} if tries.opened else {})


def _tries_from(item: Item) -> Tries:
    return Tries(
        count=item["count"],
        last_at=instant(item["last_at"]),
        locked_until=instant(item["locked_until"]) if "locked_until" in item else None,
        opened=item.get("opened", False),
    )
