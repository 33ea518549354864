"""Places: the keys of what several areas read, and the bounds of a page in an ordered list. Pure.

A prefix names whose partitions (`ticket#…`) or sort keys (`message#…`) those are; every feature keeps its own as
constants of its `storage.py`.
"""

import re

from tingjian.platform.errors import invalid
from tingjian.platform.items import Key

TICKET, CUSTOMER = "ticket#", "customer#"
LAST = "\x7f"
"""Sorts after every character of a key, so that `prefix + LAST` is the upper bound of a prefix."""
ACTIVE, FINISHED = "0#", "1#"
"""The beginning of a sort key in a list: active items sort before finished ones."""


def ticket_entity(number: str) -> str:
    """The partition of a ticket, its messages, hand-offs, alerts and surveys; also the name of its chain of events."""
    return TICKET + number


def ticket_key(number: str) -> Key:
    return Key(ticket_entity(number), "ticket")


def customer_key(customer_id: str) -> Key:
    return Key(CUSTOMER + customer_id, "customer")


def page_bounds(prefix: str, after: str | None, *, form: re.Pattern[str], forward: bool) -> tuple[str, str]:
    """The first and the last place that a page may hold: those of a prefix, beyond the place `after`.

    `form` is what a place looks like. Raises InvalidInputError for an `after` of another form or prefix.
    """
    if after is None:
        return prefix, prefix + LAST
    if not after.startswith(prefix) or not form.fullmatch(after):
        raise invalid("cursor", "cursor")
    return (after + "\x00", prefix + LAST) if forward else (prefix, _place_below(after))


def _place_below(place: str) -> str:
    # BETWEEN includes its bounds, and the place itself was on the page before. Its greatest predecessor is the bound.
    return place[:-1] + chr(ord(place[-1]) - 1) + LAST
