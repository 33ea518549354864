"""The customer's side: follow a request by its link, or by number and the last digits of the phone."""

from datetime import datetime, timedelta

from tingjian.intake.customers.storage import load_customer
from tingjian.intake.tickets.models import IllegalMoveError
from tingjian.intake.tickets.storage import TicketNotFoundError, load_ticket
from tingjian.platform.errors import LockedOutError, NotFoundError
from tingjian.platform.ids import is_number
from tingjian.platform.items import Key
from tingjian.platform.places import ticket_entity
from tingjian.platform.signing import Signer
from tingjian.platform.store import Store
from tingjian.platform.texts import Phrase
from tingjian.platform.times import epoch_seconds

TRIES = 5
LOCKED = timedelta(minutes=30)
LINK_LIFE = timedelta(days=180)


class NoMatchError(NotFoundError):
    """Number and digits do not belong together; which of the two is wrong is not said."""

    code = "no_match"


def follow_link(signer: Signer, number: str, opened_at: datetime, *, origin: str) -> str:
    """The link by which the customer follows the ticket for half a year."""
    # Behind `#`, since browsers send no fragment: the token stays out of logs and referrers.
    token = signer.token("follow", number, expires_at=opened_at + LINK_LIFE)
    return f"{origin}/app/follow.html#{token}"


def recognise(store: Store, number: str, last_four: str, *, now: datetime) -> str:
    """The number of the ticket, if the digits are those of its customer's phone.

    Five wrong tries lock the number for half an hour, for every caller. Raises NoMatchError, LockedOutError.
    """
    number = "".join(character for character in number if character not in "- ")
    if not is_number(number):
        raise NoMatchError
    key = Key(ticket_entity(number), "attempts")
    attempts = store.get(key)
    if attempts and attempts["tries"] >= TRIES and attempts["expires_at"] > epoch_seconds(now):
        raise LockedOutError(minutes=int(LOCKED.total_seconds() // 60))
    # An unknown number counts as a wrong try too, so that the answer does not tell which numbers exist.
    if not _is_of_customer(store, number, last_four):
        _count_try(store, key, now=now, afresh=attempts is None or attempts["expires_at"] <= epoch_seconds(now))
        raise NoMatchError
    return number


def number_from_link(signer: Signer, token: str, *, now: datetime) -> str:
    """The number of the ticket that a link opens. Raises LinkInvalidError, LinkExpiredError."""
    return signer.open_token("follow", token, now=now)


def require_reopenable(store: Store, number: str, *, now: datetime) -> None:
    """Raise IllegalMoveError for spam, and when the request was finished too long ago for its customer to take up."""
    ticket = load_ticket(store, number)
    until = ticket.reopenable_until
    if ticket.close_reason == "spam" or (until and now > until):
        raise IllegalMoveError(status=Phrase(f"status.{ticket.status}"), move=Phrase("move.reopen"))


def _is_of_customer(store: Store, number: str, last_four: str) -> bool:
    try:
        ticket = load_ticket(store, number)
    except TicketNotFoundError:
        return False
    return last_four in load_customer(store, ticket.customer_id).last_four()


def _count_try(store: Store, key: Key, *, now: datetime, afresh: bool) -> None:
    # The SDK repeats this ADD when a reply is lost. The count then runs ahead: the lock comes earlier, never later.
    until = epoch_seconds(now + LOCKED)
    tries = "SET expires_at = :until, tries = :one" if afresh else "SET expires_at = :until ADD tries :one"
    store.client.update_item(
        TableName=store.desk,
        Key=key.attributes(),
        UpdateExpression=tries,
        ExpressionAttributeValues={":until": {"N": str(until)}, ":one": {"N": "1"}},
    )
