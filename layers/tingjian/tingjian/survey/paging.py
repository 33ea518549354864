"""Places in the lists of this wing: `<0 or 1>#<time>#<id>`, both in the index and as what a client sends back."""

import re

from tingjian.intake.tickets.storage import LAST
from tingjian.platform.errors import invalid

PLACE = re.compile(r"[01]#\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#[0-9]{12}-[0-9]{1,8}", re.ASCII)


def span(prefix: str, after: str | None, *, forward: bool) -> tuple[str, str]:
    """The first and last place that a page may hold. Raises InvalidInputError for an `after` of another."""
    if after is None:
        return prefix, prefix + LAST
    if not after.startswith(prefix) or not PLACE.fullmatch(after):
        raise invalid("cursor", "cursor")
    below = after[:-1] + chr(ord(after[-1]) - 1) + LAST
    return (after + "\x00", prefix + LAST) if forward else (prefix, below)
