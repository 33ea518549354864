"""Customers, and the phones and e-mail addresses they are known by."""

from typing import Annotated, Literal

from pydantic import Field as Limited

from tingjian.platform.contacts import EMAIL_LENGTH, PHONE_LENGTH, normalised_email, normalised_phone
from tingjian.platform.errors import invalid
from tingjian.platform.masking import masked_address, masked_email, masked_phone
from tingjian.platform.models import FOLDED, Frozen, Line
from tingjian.platform.texts import Language

TAIL = 4
PhoneText = Annotated[str, Limited(max_length=PHONE_LENGTH), FOLDED]
EmailText = Annotated[str, Limited(max_length=EMAIL_LENGTH), FOLDED]

CustomerLevel = Literal["normal", "vip", "key"]


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


class CustomerBody(Frozen):
    """What staff write of a customer."""

    name: Line
    phones: tuple[PhoneText, ...] = Limited(default=(), max_length=10)
    emails: tuple[EmailText, ...] = Limited(default=(), max_length=10)
    address: Line | None = None
    level: CustomerLevel = "normal"
    language: Language = "zh-CN"


class Customer(CustomerBody):
    """A stored customer; `provisional` until a member of staff has checked who it is (scope row 1)."""

    id: str
    version: int
    provisional: bool = False

    def last_four(self) -> frozenset[str]:
        """The last four digits of every phone, by which a customer without a link is recognised."""
        return frozenset(phone[-TAIL:] for phone in self.phones)


class CustomerView(Frozen):
    """A customer as everybody sees it: personal data masked (scope row 50)."""

    id: str
    version: int
    name: str
    phones: tuple[str, ...]
    emails: tuple[str, ...]
    address: str | None
    level: CustomerLevel
    language: Language
    provisional: bool

    @classmethod
    def of(cls, customer: Customer) -> "CustomerView":
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
