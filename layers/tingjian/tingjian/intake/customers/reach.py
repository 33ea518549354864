"""How a customer is reached: by mail, else by text message where those are sent. Pure."""

from typing import NamedTuple

from tingjian.intake.customers.models import Customer
from tingjian.notifications.deliveries.models import Way


class WayOut(NamedTuple):
    """A way to a customer, and the address or phone that it leads to."""

    way: Way
    to: str


def way_to(customer: Customer, *, sms: bool) -> WayOut | None:
    """The way that messages to the customer take; None if there is none. `sms` says whether text messages are sent."""
    if customer.emails:
        return WayOut("email", customer.emails[0])
    if customer.phones and sms:
        return WayOut("sms", customer.phones[0])
    return None
