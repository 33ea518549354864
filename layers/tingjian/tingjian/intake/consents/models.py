"""The consents of a customer as staff read and change them, and the form by which the customer does. Pure."""

from collections.abc import Mapping, Sequence
from typing import Literal

from tingjian.intake.customers.consents import PURPOSES, Purpose
from tingjian.intake.customers.models import Customer
from tingjian.notifications.quiet import QuietHours
from tingjian.platform.errors import LinkInvalidError, invalid
from tingjian.platform.models import Frozen

LINK_USE = "consents"


class PurposeConsent(Frozen):
    """One purpose, and whether the customer lets us."""

    purpose: Purpose
    allowed: bool


class ConsentsView(Frozen):
    """The consents of a customer; `effective_quiet_hours` are those that hold where it has none of its own."""

    customer: str
    version: int
    purposes: tuple[PurposeConsent, ...]
    off: tuple[Purpose, ...]
    timezone: str | None
    quiet_hours: QuietHours | None
    effective_quiet_hours: QuietHours

    @classmethod
    def of(cls, customer: Customer) -> "ConsentsView":
        consents = customer.consents
        return cls(
            customer=customer.id,
            version=customer.version,
            purposes=tuple(PurposeConsent(purpose=one, allowed=one not in consents.off) for one in PURPOSES),
            off=consents.off,
            timezone=consents.timezone,
            quiet_hours=consents.quiet_hours,
            effective_quiet_hours=consents.quiet(),
        )


class Opened(Frozen):
    """What a link opens: a customer, and the purpose of the message that brought it."""

    customer: str
    purpose: Purpose

    @property
    def identifier(self) -> str:
        return f"{self.customer}.{self.purpose}"

    @classmethod
    def of(cls, identifier: str) -> "Opened":
        """What an identifier names. Raises LinkInvalidError."""
        customer, _, named = identifier.partition(".")
        purpose = next((one for one in PURPOSES if one == named), None)
        if not customer or purpose is None:
            raise LinkInvalidError
        return cls(customer=customer, purpose=purpose)


class Form(Frozen):
    """What a customer's form asks for.

    `one_click` is a mail program's own button (RFC 8058), `save` the page's, `undo` the page's after something was
    saved. Anything else changes nothing.
    """

    act: Literal["one_click", "save", "undo", "none"]
    off: tuple[Purpose, ...] = ()

    @classmethod
    def of(cls, fields: Mapping[str, Sequence[str]]) -> "Form":
        """What the fields of a form ask for. Raises InvalidInputError for what is no form of ours."""
        if list(fields.get("List-Unsubscribe", ())) == ["One-Click"]:
            return cls(act="one_click")
        named = set(fields.get("on", ())) | set(fields.get("off", ()))
        if not named <= set(PURPOSES):
            raise invalid("off", "enum")
        if "save" in fields:  # A browser sends only the boxes that are ticked.
            return cls(act="save", off=tuple(one for one in PURPOSES if one not in fields.get("on", ())))
        if "undo" in fields:
            return cls(act="undo", off=tuple(one for one in PURPOSES if one in fields.get("off", ())))
        return cls(act="none")
