"""The phones and e-mail addresses of a customer, each with an id of its own and how sure we are of it. Pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, NamedTuple

from tingjian.platform.contacts import base_number, has_extension, is_known_phone, normalised_email, normalised_phone
from tingjian.platform.masking import masked_email, masked_phone
from tingjian.platform.models import Frozen

TAIL = 4
MOST_OF_A_KIND = 10
MOST_CLAIMED = 10
"""How many unverified contacts later requests may leave on a customer; a stranger who goes on gets a record apart."""

ContactKind = Literal["phone", "email"]
Standing = Literal["verified", "first", "claimed"]
"""`verified` by staff; `first` came with the customer's own first request; `claimed` came with a later one."""


class ContactPoint(Frozen):
    """A phone or an address. `id` stays when the value is replaced; `since` is when this value came.

    A `doubtful` phone has the form of a number, but its range was not known when it came: new, or a slip of the pen.
    """

    id: str
    kind: ContactKind
    value: str
    standing: Standing = "verified"
    since: datetime | None = None
    doubtful: bool = False

    def with_value(self, value: str, now: datetime) -> "ContactPoint":
        """The contact as staff have written it anew."""
        changed = {"value": value, "standing": "verified", "since": now, "doubtful": is_doubtful(self.kind, value)}
        return self.model_copy(update=changed)

    @property
    def masked(self) -> str:
        return masked_phone(self.value) if self.kind == "phone" else masked_email(self.value)


class ContactView(Frozen):
    """A contact as everybody sees it: masked, with the id by which it is changed."""

    id: str
    kind: ContactKind
    value: str
    verified: bool
    doubtful: bool

    @classmethod
    def of(cls, contact: ContactPoint) -> "ContactView":
        return cls(
            id=contact.id,
            kind=contact.kind,
            value=contact.masked,
            verified=contact.standing == "verified",
            doubtful=contact.doubtful,
        )


class Reach(NamedTuple):
    """Where somebody can be written to; a phone with an extension takes no text message."""

    email: str | None
    phone: str | None


def normalised_contact(kind: ContactKind, value: str, *, field: str) -> str:
    """The value in its one form. Raises InvalidInputError that names the field."""
    return normalised_phone(value, field=field) if kind == "phone" else normalised_email(value, field=field)


def is_doubtful(kind: ContactKind, value: str) -> bool:
    """Whether a value in its one form is a phone of a range that nobody has heard of yet."""
    return kind == "phone" and not is_known_phone(value)


def chosen_contacts(contacts: Iterable[ContactPoint], chosen: Iterable[str]) -> list[ContactPoint]:
    """The contacts that a request came with, by id. Without any, those of the customer itself, verified ones first.

    A claimed contact counts for the request that brought it only: anybody can file under somebody's phone.
    """
    every, wanted = list(contacts), set(chosen)
    if own := [contact for contact in every if contact.id in wanted]:
        return own
    return [contact for standing in ("verified", "first") for contact in every if contact.standing == standing]


def reach_of(contacts: Iterable[ContactPoint]) -> Reach:
    every = list(contacts)
    email = next((contact.value for contact in every if contact.kind == "email"), None)
    phones = (contact.value for contact in every if contact.kind == "phone")
    return Reach(email, next((phone for phone in phones if not has_extension(phone)), None))


def phone_tails(contacts: Iterable[ContactPoint], filed_at: datetime) -> frozenset[str]:
    """The last four digits of phones that were there when the request was filed; one that came later opens nothing."""
    return frozenset(
        base_number(contact.value)[-TAIL:]
        for contact in contacts
        if contact.kind == "phone" and (contact.since is None or contact.since <= filed_at)
    )
