"""Cursors of lists of which the caller may see only a part.

A page of such a list can end at an item that the caller may not see, and the item's key tells a ticket's number and due
time. Therefore the cursor is encrypted, and only the same caller can use it.
"""

from tingjian.platform import resources
from tingjian.platform.errors import LinkInvalidError, invalid
from tingjian.platform.rights import Caller

MARK = "~"
"""The first character of a sealed cursor, and of no plain one."""


def seal_cursor(cursor: str | None, caller: Caller) -> str | None:
    return MARK + resources.signer().seal(caller.id, cursor) if cursor else None


def open_cursor(cursor: str | None, caller: Caller) -> str | None:
    """The cursor in plain, sealed or not. Raises InvalidInputError if it was sealed for another caller."""
    if cursor is None or not cursor.startswith(MARK):
        return cursor
    try:
        return resources.signer().unseal(caller.id, cursor.removeprefix(MARK))
    except LinkInvalidError as error:
        raise invalid("cursor", "cursor") from error
