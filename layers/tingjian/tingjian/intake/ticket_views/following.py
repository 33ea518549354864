"""What a customer sees who follows a request: all that is public, however many notes stand between."""

from datetime import datetime

from tingjian.intake.messages.models import PUBLIC, Message
from tingjian.intake.messages.storage import load_messages
from tingjian.intake.ticket_views.models import PublicMessageList, PublicTicket, public_messages, view_public
from tingjian.intake.ticket_views.storage import load_collection
from tingjian.platform.errors import LinkInvalidError, invalid
from tingjian.platform.signing import Signer
from tingjian.platform.store import Store

PAGE = 100
SHOWN_BYTES = 1_000_000
"""An answer is cut after so much text, far below the 6 MB that a function may answer with."""


def follow_ticket(store: Store, signer: Signer, number: str, *, now: datetime) -> PublicTicket:
    """A ticket as its customer sees it. One call for most tickets; one more for each hundred further messages."""
    ticket, messages, _, cursor = load_collection(store, number)
    return view_public(ticket, _shown(store, signer, number, messages, cursor), now=now)


def messages_before(store: Store, signer: Signer, number: str, sealed: str) -> PublicMessageList:
    """Public messages before those that were shown. Raises InvalidInputError for a cursor of another ticket."""
    try:
        cursor = signer.unseal(_reader(number), sealed)
    except LinkInvalidError as error:
        raise invalid("cursor", "cursor") from error
    messages, further = load_messages(store, number, limit=PAGE, cursor=cursor)
    return _shown(store, signer, number, messages, further)


def _shown(store: Store, signer: Signer, number: str, messages: list[Message], cursor: str | None) -> PublicMessageList:
    found = list(messages)
    while cursor and _public_bytes(found) < SHOWN_BYTES:
        page, cursor = load_messages(store, number, limit=PAGE, cursor=cursor)
        found += page
    # Sealed, since a plain cursor names the note at which a page ended.
    return PublicMessageList(
        items=public_messages(found), cursor=signer.seal(_reader(number), cursor) if cursor else None
    )


def _public_bytes(messages: list[Message]) -> int:
    return sum(len(message.text.encode()) for message in messages if message.kind in PUBLIC)


def _reader(number: str) -> str:
    return f"customer of {number}"
