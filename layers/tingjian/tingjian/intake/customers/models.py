"""Customers, and the phones and e-mail addresses they are known by."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Annotated, Literal, NamedTuple

from pydantic import Field as Limited

from tingjian.intake.customers.consents import Consents
from tingjian.intake.customers.contact_points import (
    ContactKind,
    ContactPoint,
    ContactView,
    Reach,
    Standing,
    chosen_contacts,
    is_doubtful,
    phone_tails,
    reach_of,
)
from tingjian.platform.contacts import EMAIL_LENGTH, PHONE_LENGTH, normalised_email, normalised_phone
from tingjian.platform.errors import invalid
from tingjian.platform.masking import masked_address
from tingjian.platform.models import FOLDED, Frozen, Line
from tingjian.platform.texts import Language

PhoneText = Annotated[str, Limited(max_length=PHONE_LENGTH), FOLDED]
EmailText = Annotated[str, Limited(max_length=EMAIL_LENGTH), FOLDED]
CustomerLevel = Literal["normal", "vip", "key"]


class Identifier(NamedTuple):
    """A phone or an address in its one form, by which somebody may be known."""

    kind: ContactKind
    value: str


class Contact(Frozen):
    """How somebody who asks can be reached; a phone or an e-mail address at least."""

    name: Line | None = None
    phone: PhoneText | None = None
    email: EmailText | None = None

    def in_normal_form(self, *, place: str = "contact", region: str = "CN") -> "Contact":
        """The contact with phone and e-mail in their one form. Raises InvalidInputError that names the wrong field."""
        phone = normalised_phone(self.phone, field=f"{place}.phone", region=region) if self.phone else None
        email = normalised_email(self.email, field=f"{place}.email") if self.email else None
        if phone is None and email is None:
            raise invalid(place, "contact")
        return Contact(name=self.name, phone=phone, email=email)

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """Phone and address of a contact in normal form, phone first."""
        phone = (Identifier("phone", self.phone),) if self.phone else ()
        return (*phone, Identifier("email", self.email)) if self.email else phone


class CustomerBody(Frozen):
    """A customer as staff add one."""

    name: Line
    phones: tuple[PhoneText, ...] = Limited(default=(), max_length=10)
    emails: tuple[EmailText, ...] = Limited(default=(), max_length=10)
    address: Line | None = None
    level: CustomerLevel = "normal"
    language: Language = "zh-CN"


class Resemblance(Frozen):
    """Somebody whom a provisional customer may be, and the kinds of contact that they have in common."""

    customer: str
    by: tuple[ContactKind, ...]


class Customer(Frozen):
    """A stored customer; `provisional` until a member of staff has checked who it is (scope row 1).

    `numbered` counts the ids that its contacts were ever given.
    """

    id: str
    version: int
    name: str
    contacts: tuple[ContactPoint, ...] = ()
    numbered: int = 0
    address: str | None = None
    level: CustomerLevel = "normal"
    language: Language = "zh-CN"
    provisional: bool = False
    may_be: tuple[Resemblance, ...] = ()
    consents: Consents = Consents()

    @property
    def phones(self) -> tuple[str, ...]:
        return tuple(contact.value for contact in self.contacts if contact.kind == "phone")

    @property
    def own_phones(self) -> tuple[str, ...]:
        """The phones that nobody merely claimed to be this customer's."""
        return tuple(held.value for held in chosen_contacts(self.contacts, ()) if held.kind == "phone")

    @property
    def emails(self) -> tuple[str, ...]:
        return tuple(contact.value for contact in self.contacts if contact.kind == "email")

    @property
    def is_named(self) -> bool:
        """Whether somebody said the name; without one, a masked contact stands in its place."""
        return self.name not in {contact.masked for contact in self.contacts}

    def contact(self, identifier: Identifier) -> ContactPoint | None:
        """The contact with this value, None if the customer has none."""
        return next((held for held in self.contacts if (held.kind, held.value) == identifier), None)

    def with_contacts(
        self, identifiers: Iterable[Identifier], standing: Standing, *, now: datetime | None, stored: bool = False
    ) -> "Customer":
        """The customer with these contacts after those that it has; `stored` ones are read, not new."""
        made = tuple(
            ContactPoint(
                id=f"c{number}",
                kind=kind,
                value=value,
                standing=standing,
                since=now,
                doubtful=not stored and is_doubtful(kind, value),
            )
            for number, (kind, value) in enumerate(identifiers, self.numbered + 1)
        )
        return self.model_copy(update={"contacts": (*self.contacts, *made), "numbered": self.numbered + len(made)})

    def reach(self, chosen: Collection[str]) -> Reach:
        """Where answers to a request go that came with these contacts (ids); else where the customer is reached."""
        return reach_of(chosen_contacts(self.contacts, chosen))

    def is_checked(self, chosen: Collection[str]) -> bool:
        """Whether staff have verified every contact that the request came with."""
        return all(held.standing == "verified" for held in chosen_contacts(self.contacts, chosen))

    def phone_tails(self, chosen: Collection[str], *, filed_at: datetime) -> frozenset[str]:
        """The last four digits by which a request without a link is recognised, those of its own phone."""
        return phone_tails(chosen_contacts(self.contacts, chosen), filed_at)


class CustomerView(Frozen):
    """A customer as everybody sees it: personal data masked (scope row 50); contacts carry the ids to change them by.

    `may_be` names customers whom a provisional one resembles; who it is, staff find out.
    """

    id: str
    version: int
    name: str
    contacts: tuple[ContactView, ...]
    phones: tuple[str, ...]
    emails: tuple[str, ...]
    address: str | None
    level: CustomerLevel
    language: Language
    provisional: bool
    may_be: tuple[Resemblance, ...]

    @classmethod
    def of(cls, customer: Customer) -> "CustomerView":
        contacts = tuple(map(ContactView.of, customer.contacts))
        return cls(
            id=customer.id,
            version=customer.version,
            name=customer.name,
            contacts=contacts,
            phones=tuple(contact.value for contact in contacts if contact.kind == "phone"),
            emails=tuple(contact.value for contact in contacts if contact.kind == "email"),
            address=masked_address(customer.address) if customer.address else None,
            level=customer.level,
            language=customer.language,
            provisional=customer.provisional,
            may_be=customer.may_be,
        )


class CustomerList(Frozen):
    """Some customers."""

    items: tuple[CustomerView, ...]
