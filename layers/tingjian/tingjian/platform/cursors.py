"""Cursors of lists from which their reader does not see everything.

Such a page can end at a thing that it left out, whose key tells what it is: a ticket's number, and when it is due. What
the reader gets is sealed, so that nobody reads it and nobody else can use it.
"""

from tingjian.platform import resources
from tingjian.platform.errors import LinkInvalidError, invalid
from tingjian.platform.rights import Caller

MARK = "~"
"""What a sealed cursor begins with; no other does."""


def seal_cursor(cursor: str | None, caller: Caller) -> str | None:
    return MARK + resources.signer().seal(caller.id, cursor) if cursor else None


def open_cursor(cursor: str | None, caller: Caller) -> str | None:
    """The cursor that this caller got, sealed or not. Raises InvalidInputError for somebody else's."""
    if cursor is None or not cursor.startswith(MARK):
        return cursor
    try:
        return resources.signer().unseal(caller.id, cursor.removeprefix(MARK))
    except LinkInvalidError as error:
        raise invalid("cursor", "cursor") from error
