"""Whether a customer may be contacted now. Pure, and without a call where the customer is loaded."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tingjian.intake.customers.consents import HOME_ZONE, Purpose
from tingjian.intake.customers.models import Customer


@dataclass(frozen=True, slots=True)
class Allowed:
    """The customer may be contacted now."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The customer may not be contacted about this at all."""

    reason: Literal["opted_out"] = "opted_out"


@dataclass(frozen=True, slots=True)
class Later:
    """Quiet hours last until `at`."""

    at: datetime


Permission = Allowed | Refused | Later


def may_contact(customer: Customer, purpose: Purpose, now: datetime, *, zone: str = HOME_ZONE) -> Permission:
    """Whether a customer may be written to or called now about this; `zone` is the centre's.

    An opt-out goes before quiet hours: nobody has to wait for what is never done.
    """
    if purpose in customer.consents.off:
        return Refused()
    until = customer.consents.quiet(zone).until(now)
    return Later(until) if until and until > now else Allowed()
