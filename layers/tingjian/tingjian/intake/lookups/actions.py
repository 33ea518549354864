"""Coming to a link without having one: by number and four digits of the phone, or by a code sent to the contact."""

import hmac
from datetime import datetime

from tingjian.intake.customers.storage import load_customer
from tingjian.intake.lookups.models import Attempts, Code
from tingjian.intake.lookups.storage import (
    attempts_from_item,
    attempts_key,
    code_from_item,
    code_item,
    code_key,
    code_writes,
    replace_attempts,
)
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.storage import ticket_from_item
from tingjian.platform.errors import LockedOutError, NotFoundError
from tingjian.platform.ids import is_number, random_id
from tingjian.platform.items import Item, Key
from tingjian.platform.limits import HOUR, Limit, count_within
from tingjian.platform.places import ticket_key
from tingjian.platform.signing import Signer
from tingjian.platform.store import ConditionFailedError, Store

CONTESTED = 8
"""So often a try that meets others is counted anew; then it waits as if it were locked."""
CODES_OF_TICKET = Limit("codes-of-ticket", 3, HOUR)
CODES_OF_ORIGIN = Limit("codes-of-origin", 10, HOUR)


class NoMatchError(NotFoundError):
    """Number and digits, or number and code, do not belong together; which of the two is wrong is not said."""

    code = "no_match"


def recognise(store: Store, number: str, last_four: str, *, origin: str, now: datetime) -> str:
    """The number of the ticket, if the digits are those of the phone that it came with.

    A try is counted before it is judged, so that tries at the same time gain nothing. Wrong ones lock the number for
    the network that they come from; `origin` is its keyed hash. A try at a number that is no ticket's writes nothing.
    Raises NoMatchError, LockedOutError.
    """
    ticket, attempts = _counted_try(store, _plain(number), origin, now)
    customer = load_customer(store, ticket.customer_id)
    if last_four not in customer.phone_tails(ticket.contacts, filed_at=ticket.opened_at):
        raise NoMatchError
    # Another try may have been counted meanwhile. Then this one stays counted, which only locks sooner.
    replace_attempts(store, ticket.id, attempts.opened(origin, now), now)
    return ticket.id


def send_code(store: Store, number: str, *, origin: str, now: datetime) -> None:
    """Have a code sent to the contact on file; a number that is no ticket's writes nothing. Raises RetryLaterError."""
    number = _plain(number)
    found = _load(store, number, code_key(number))
    if found is None:
        return
    _, item = found
    if origin:
        count_within(store, CODES_OF_ORIGIN, origin, now)
    count_within(store, CODES_OF_TICKET, number, now)
    code = (code_from_item(item) if item else Code()).renewed(random_id(), now)
    try:
        store.transact(code_writes(number, code, now))
    except ConditionFailedError:
        return  # Another request at the same time had a code sent.


def redeem(store: Store, signer: Signer, number: str, code: str, *, now: datetime) -> str:
    """The number of the ticket whose customer got this code; it is used up, and so it is by five wrong tries.

    Raises NoMatchError.
    """
    number = _plain(number)
    found = _load(store, number, code_key(number))
    if found is None or found[1] is None:
        raise NoMatchError
    sent = code_from_item(found[1])
    if not sent.is_open(now) or not store.put_version(code_item(number, sent.with_try(), now), sent.version):
        raise NoMatchError
    if not hmac.compare_digest(code_of(signer, number, sent.nonce), code):
        raise NoMatchError
    if not store.put_version(code_item(number, sent.with_try().used(), now), sent.version + 1):
        raise NoMatchError  # Somebody else redeemed it at the same time.
    return number


def code_of(signer: Signer, number: str, nonce: str) -> str:
    """The six digits that a customer is sent; only who holds the deployment's secret can make them of the nonce."""
    return f"{int(signer.lookup('code', f'{number}:{nonce}'), 16) % 10**6:06d}"


def _counted_try(store: Store, number: str, origin: str, now: datetime) -> tuple[Ticket, Attempts]:
    for _ in range(CONTESTED):
        found = _load(store, number, attempts_key(number))
        if found is None:
            raise NoMatchError
        ticket, item = found
        attempts = (attempts_from_item(item) if item else Attempts()).with_try(origin, now)
        if replace_attempts(store, number, attempts, now):
            return ticket, attempts
    raise LockedOutError(1)


def _load(store: Store, number: str, beside: Key) -> tuple[Ticket, Item | None] | None:
    """The ticket and the item beside it in its collection; None if there is no such ticket. One call."""
    if not is_number(number):
        return None
    found = store.get_many([ticket_key(number), beside])
    item = found.get(ticket_key(number))
    return (ticket_from_item(item), found.get(beside)) if item else None


def _plain(number: str) -> str:
    return "".join(character for character in number if character not in "- ")
