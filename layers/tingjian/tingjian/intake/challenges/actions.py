"""Limits of what somebody without an account may do: by the network it comes from, and by the contact that is given."""

from datetime import datetime
from typing import Final

from tingjian.intake.challenges.models import BITS, LIFE, Challenge, is_solved
from tingjian.intake.customers.models import Contact
from tingjian.platform import resources
from tingjian.platform.errors import LinkExpiredError, LinkInvalidError, RetryLaterError
from tingjian.platform.http.call import Call
from tingjian.platform.ids import fingerprint, random_id
from tingjian.platform.limits import DAY, HOUR, Limit, count_so_far, count_within, counted, reached
from tingjian.platform.security import network_of, origin_mark
from tingjian.platform.signing import Signer

USE: Final = "work"
FREE = Limit("filed-free", 30, HOUR)
WORKED = Limit("filed-worked", 300, HOUR)
CONTACT = Limit("opened-to", 100, DAY)
"""The deliveries count under this name; a contact that so many requests of today name gets no further one."""
UPLOADS = Limit("uploads", 100, HOUR)
MESSAGES = Limit("messages", 100, HOUR)


class WorkRequiredError(RetryLaterError):
    """This network has filed what it may without a proof of work; `members` hold the challenge."""

    code = "work_required"


def new_challenge(signer: Signer, now: datetime) -> Challenge:
    """A signed challenge; nothing is stored until it is used."""
    expires_at = now + LIFE
    return Challenge(
        challenge=signer.token(USE, f"{BITS}-{random_id()}", expires_at=expires_at), bits=BITS, expires_at=expires_at
    )


def admit_filing(call: Call, contact: Contact) -> None:
    """Raise WorkRequiredError or RetryLaterError when this network or this contact has had enough of today.

    One write unit and half a read unit.
    """
    origin = _origin(call)
    if origin and counted(call.store, FREE, origin, call.now) > FREE.most:
        _require_work(call)
        count_within(call.store, WORKED, origin, call.now)
    known = contact.in_normal_form()
    to = known.email or known.phone or ""
    signer = resources.signer()
    if count_so_far(call.store, CONTACT, signer.lookup("recipient", to), call.now) >= CONTACT.most:
        raise reached(CONTACT, call.now)


def admit(call: Call, limit: Limit) -> None:
    """Raise RetryLaterError when this network has done so as often as it may."""
    origin = _origin(call)
    if origin:
        count_within(call.store, limit, origin, call.now)


def _require_work(call: Call) -> None:
    challenge, _, counter = call.work.rpartition(":")
    signer = resources.signer()
    try:
        bits = int(signer.open_token(USE, challenge, now=call.now).partition("-")[0])
    except (LinkInvalidError, LinkExpiredError):
        bits = 0
    spent = {"pk": f"work#{fingerprint(challenge)[:32]}", "sk": "spent"}
    until = int((call.now + 2 * LIFE).timestamp())
    fits = bits and is_solved(challenge, counter, bits)
    if not fits or not call.store.put_if_absent(spent | {"expires_at": until}):
        raise WorkRequiredError(1, members=new_challenge(signer, call.now).model_dump(mode="json"))


def _origin(call: Call) -> str:
    """The keyed hash of the network; empty where it is unknown or this very machine, as on a local stack."""
    return "" if network_of(call.origin).startswith(("127.", "::/")) else origin_mark(call.origin)
