"""Retirements in the store: an item each, timed by the sweep until nothing is left to move."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from tingjian.escalation.retirements.models import Retirement
from tingjian.platform.items import Item, Key
from tingjian.platform.places import ACTIVE
from tingjian.platform.store import Store, Write
from tingjian.platform.timers import timer_fields

RETIREMENT = "retirement#"
SOON = timedelta(seconds=5)


def retirement_key(name: str) -> Key:
    return Key(RETIREMENT + name, "retirement")


def find_retirement(store: Store, name: str) -> Retirement | None:
    item = store.get(retirement_key(name))
    return retirement_from_item(item) if item else None


def retirement_write(retirement: Retirement, now: datetime) -> Write:
    """The member of a transaction that stores a retirement; it is due again soon until it is done."""
    key = retirement_key(retirement.name)
    item: Item = {"pk": key.pk, "sk": key.sk, "version": retirement.version, "document": retirement.model_dump_json()}
    if retirement.finished_at is None:
        item |= timer_fields(key.pk, now + SOON)
    return Write("desk", item, expect=retirement.version - 1)


def retirement_from_item(item: Item) -> Retirement:
    return Retirement.model_validate(json.loads(item["document"]))


def open_numbers(
    store: Store, index: str, partitions: Sequence[str], place: tuple[str, str | None], limit: int
) -> tuple[list[str], tuple[str, str | None] | None]:
    """Numbers of open tickets from a place on, and where to go on; None at the end. One call."""
    left = sorted(partition for partition in partitions if partition >= place[0])
    if not left:
        return [], None
    cursor = place[1] if left[0] == place[0] else None
    page = store.query(left[0], index=index, prefix=ACTIVE, limit=limit, cursor=cursor)
    numbers = [item["pk"].removeprefix("ticket#") for item in page.items if item["sk"] == "ticket"]
    if page.cursor is not None:
        return numbers, (left[0], page.cursor)
    return numbers, (left[1], None) if len(left) > 1 else None
