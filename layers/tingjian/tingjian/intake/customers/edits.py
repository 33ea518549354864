"""Editing a customer: what is left out stays, contacts change one by one, and what is lost can be restored. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from tingjian.intake.customers.contact_points import MOST_OF_A_KIND, ContactKind, ContactPoint, normalised_contact
from tingjian.intake.customers.models import Customer, CustomerLevel, Identifier
from tingjian.platform.contacts import EMAIL_LENGTH, MASKS
from tingjian.platform.errors import NotFoundError, invalid
from tingjian.platform.models import FOLDED, Frozen, Line
from tingjian.platform.models import Identifier as Id
from tingjian.platform.texts import Language

RESTORABLE = timedelta(days=30)
Value = Annotated[str, Field(min_length=1, max_length=EMAIL_LENGTH), FOLDED]


class LostContactNotFoundError(NotFoundError):
    """The customer lost no such contact in the last thirty days."""

    code = "lost_contact_not_found"


class NewContact(Frozen):
    """A phone or an address that a customer is to have."""

    kind: ContactKind
    value: Value


class ContactEdits(Frozen):
    """Changes of contacts, each named by its id; a contact that is not named stays."""

    add: tuple[NewContact, ...] = Field(default=(), max_length=10)
    replace: Mapping[Id, Value] = Field(default={}, max_length=20)
    remove: tuple[Id, ...] = Field(default=(), max_length=20)
    verify: tuple[Id, ...] = Field(default=(), max_length=20)


class EditCustomer(Frozen):
    """Changes of a customer; what is left out stays. An address of null is taken away.

    `provisional: false` says that staff know who it is.
    """

    name: Line | None = None
    address: Line | None = None
    level: CustomerLevel | None = None
    language: Language | None = None
    provisional: Literal[False] | None = None
    contacts: ContactEdits = ContactEdits()


class LostContact(Frozen):
    """A contact that an edit replaced or removed, with the version of the customer that lost it."""

    contact: ContactPoint
    version: int
    at: datetime

    @property
    def id(self) -> str:
        return f"{self.contact.id}.{self.version}"


class LostContactView(Frozen):
    """A lost contact, masked, with the id by which it is restored and until when that can be done."""

    id: str
    kind: ContactKind
    value: str
    at: datetime
    until: datetime

    @classmethod
    def of(cls, lost: LostContact) -> "LostContactView":
        return cls(
            id=lost.id, kind=lost.contact.kind, value=lost.contact.masked, at=lost.at, until=lost.at + RESTORABLE
        )


class LostContactList(Frozen):
    """What a customer lost, oldest first."""

    items: tuple[LostContactView, ...]


class Edited(NamedTuple):
    """The customer after an edit, and what it lost by it."""

    customer: Customer
    lost: tuple[LostContact, ...]

    def changed_fields(self, before: Customer) -> list[str]:
        names = ("name", "address", "level", "language", "provisional", "contacts")
        return [name for name in names if getattr(before, name) != getattr(self.customer, name)]


def edited_customer(before: Customer, body: EditCustomer, *, now: datetime) -> Edited:
    """The customer with these changes. Raises InvalidInputError that names the wrong field."""
    plain = body.model_dump(exclude_unset=True, exclude={"contacts", "address"}, exclude_none=True)
    if "address" in body.model_fields_set:
        if body.address and MASKS & set(body.address):
            raise invalid("address", "masked")
        plain["address"] = body.address
    if body.provisional is False:
        plain["may_be"] = ()
    contacts = _with_changes(before, body.contacts, now)
    after = before.model_copy(update={**plain, "contacts": contacts, "version": before.version + 1})
    added = [
        Identifier(new.kind, normalised_contact(new.kind, new.value, field=f"contacts.add.{place}.value"))
        for place, new in enumerate(body.contacts.add)
    ]
    after = after.with_contacts(added, "verified", now=now)
    _require_sound(after)
    if body.name is None and not before.is_named and after.contacts:
        # What stood in the place of a name was a contact, which may be gone.
        after = after.model_copy(update={"name": after.contacts[0].masked})
    return Edited(after, _lost(before, after, now))


def restored_customer(before: Customer, lost: LostContact, *, now: datetime) -> Edited:
    """The customer with a lost contact again; what took its place is lost in turn."""
    held = {contact.id: contact for contact in before.contacts} | {lost.contact.id: lost.contact}
    after = before.model_copy(update={"contacts": tuple(held.values()), "version": before.version + 1})
    _require_sound(after)
    return Edited(after, _lost(before, after, now))


def _with_changes(before: Customer, edits: ContactEdits, now: datetime) -> tuple[ContactPoint, ...]:
    held = {contact.id: contact for contact in before.contacts}
    named = [("replace", key, key) for key in edits.replace]
    named += [("remove", str(place), key) for place, key in enumerate(edits.remove)]
    named += [("verify", str(place), key) for place, key in enumerate(edits.verify)]
    for change, place, key in named:
        if key not in held:
            raise invalid(f"contacts.{change}.{place}", "unknown", value=key)
        if key in edits.remove and (key in edits.replace or key in edits.verify):
            raise invalid(f"contacts.{change}.{place}", "duplicate")
    for key, written in edits.replace.items():
        contact = held[key]
        value = normalised_contact(contact.kind, written, field=f"contacts.replace.{key}")
        if value != contact.value:
            held[key] = contact.with_value(value, now)
    for key in edits.verify:
        held[key] = held[key].model_copy(update={"standing": "verified"})
    return tuple(contact for contact in held.values() if contact.id not in edits.remove)


def _require_sound(customer: Customer) -> None:
    values = [(contact.kind, contact.value) for contact in customer.contacts]
    if len(set(values)) < len(values):
        raise invalid("contacts", "duplicate")
    for kind in ("phone", "email"):
        own = [held for held in customer.contacts if held.kind == kind and held.standing != "claimed"]
        if len(own) > MOST_OF_A_KIND:
            raise invalid("contacts.add", "too_long", max_length=MOST_OF_A_KIND)


def _lost(before: Customer, after: Customer, now: datetime) -> tuple[LostContact, ...]:
    kept = {(contact.id, contact.value) for contact in after.contacts}
    return tuple(
        LostContact(contact=contact, version=after.version, at=now)
        for contact in before.contacts
        if (contact.id, contact.value) not in kept
    )
