"""The customer's side: follow a request by its link, or by number and the last digits of the phone."""

from datetime import datetime, timedelta

from tingjian.intake.tickets.models import IllegalMoveError
from tingjian.intake.tickets.storage import load_ticket
from tingjian.platform.signing import Signer
from tingjian.platform.store import Store
from tingjian.platform.texts import Phrase

LINK_LIFE = timedelta(days=180)


def follow_link(signer: Signer, number: str, opened_at: datetime, *, origin: str) -> str:
    """The link by which the customer follows the ticket for half a year."""
    # Behind `#`, since browsers send no fragment: the token stays out of logs and referrers.
    token = signer.token("follow", number, expires_at=opened_at + LINK_LIFE)
    return f"{origin}/app/follow.html#{token}"


def number_from_link(signer: Signer, token: str, *, now: datetime) -> str:
    """The number of the ticket that a link opens. Raises LinkInvalidError, LinkExpiredError."""
    return signer.open_token("follow", token, now=now)


def require_reopenable(store: Store, number: str, *, now: datetime) -> None:
    """Raise IllegalMoveError for spam, and when the request was finished too long ago for its customer to take up."""
    ticket = load_ticket(store, number)
    until = ticket.reopenable_until
    if ticket.close_reason == "spam" or (until and now > until):
        raise IllegalMoveError(status=Phrase(f"status.{ticket.status}"), move=Phrase("move.reopen"))
