"""Customers, and the phones and e-mail addresses they are known by."""

import re
from typing import Literal

from pydantic import Field as Limited

from tingjian.platform.errors import invalid
from tingjian.platform.masking import masked_address, masked_email, masked_phone
from tingjian.platform.models import Frozen, Line
from tingjian.platform.texts import Language

EMAIL = re.compile(r"^[^@\s<>()\[\],;:\"\\]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")
EMAIL_LENGTH = 254
PHONE_LENGTH = 32
TAIL = 4

Level = Literal["normal", "vip", "key"]


class Contact(Frozen):
    """How somebody who asks can be reached; a phone or an e-mail address at least."""

    name: Line | None = None
    phone: str | None = Limited(default=None, max_length=PHONE_LENGTH)
    email: str | None = Limited(default=None, max_length=EMAIL_LENGTH)

    def normalised(self, *, place: str = "contact", region: str = "CN") -> "Contact":
        """The contact with phone and e-mail in their one form. Raises InvalidInputError that names the wrong field."""
        phone = normalised_phone(self.phone, field=f"{place}.phone", region=region) if self.phone else None
        email = normalised_email(self.email, field=f"{place}.email") if self.email else None
        if phone is None and email is None:
            raise invalid(place, "contact")
        return Contact(name=self.name, phone=phone, email=email)


class CustomerBody(Frozen):
    """What staff write of a customer."""

    name: Line
    phones: tuple[str, ...] = Limited(default=(), max_length=10)
    emails: tuple[str, ...] = Limited(default=(), max_length=10)
    address: Line | None = None
    level: Level = "normal"
    language: Language = "zh-CN"


class Customer(CustomerBody):
    """A stored customer; `provisional` until a member of staff has checked who it is (scope row 1)."""

    id: str
    version: int
    provisional: bool = False

    def last_four(self) -> frozenset[str]:
        """The last four digits of every phone, by which a customer without a link is recognised."""
        return frozenset(phone[-TAIL:] for phone in self.phones)


class Reveal(Frozen):
    """Which masked field to show, and why."""

    field: Literal["phones", "emails", "address"]
    reason: Line


class Revealed(Frozen):
    """The full values."""

    values: tuple[str, ...]


class CustomerView(Frozen):
    """A customer as everybody sees it: personal data masked (scope row 50)."""

    id: str
    version: int
    name: str
    phones: tuple[str, ...]
    emails: tuple[str, ...]
    address: str | None
    level: Level
    language: Language
    provisional: bool

    @classmethod
    def of(cls, customer: Customer) -> "CustomerView":
        """The masked view."""
        return cls(
            id=customer.id,
            version=customer.version,
            name=customer.name,
            phones=tuple(masked_phone(phone) for phone in customer.phones),
            emails=tuple(masked_email(email) for email in customer.emails),
            address=masked_address(customer.address) if customer.address else None,
            level=customer.level,
            language=customer.language,
            provisional=customer.provisional,
        )


class CustomerList(Frozen):
    """Some customers."""

    items: tuple[CustomerView, ...]


def normalised_phone(phone: str, *, field: str, region: str = "CN") -> str:
    """The phone in E.164 form (`+8613812345678`). Raises InvalidInputError that names the field."""
    import phonenumbers  # noqa: PLC0415 - its tables are large, and most requests carry no phone

    try:
        parsed = phonenumbers.parse(phone, region)
    except phonenumbers.NumberParseException as error:
        raise invalid(field, "phone") from error
    if not phonenumbers.is_possible_number(parsed) or not phonenumbers.is_valid_number(parsed):
        raise invalid(field, "phone")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def normalised_email(email: str, *, field: str) -> str:
    """The address in lower case. Raises InvalidInputError that names the field."""
    cleaned = email.strip().lower()
    if len(cleaned) > EMAIL_LENGTH or not cleaned.isprintable() or not EMAIL.match(cleaned):
        raise invalid(field, "email")
    return cleaned
