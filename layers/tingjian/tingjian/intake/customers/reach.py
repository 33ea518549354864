"""How a customer is reached: by mail, else by text message where those are sent. Pure."""

from collections.abc import Callable, Collection
from typing import NamedTuple

from tingjian.intake.customers.models import Customer
from tingjian.notifications.deliveries.models import Way


class WayOut(NamedTuple):
    """A way to a customer, and the address or phone that it leads to."""

    way: Way
    to: str


def way_to(customer: Customer, contacts: Collection[str], *, may_text: Callable[[str], bool]) -> WayOut | None:
    """The way that messages about a request take, to what it came with (ids of contacts); None if there is none.

    `may_text` says whether text messages are sent to a phone.
    """
    reach = customer.reach(contacts)
    if reach.email:
        return WayOut("email", reach.email)
    if reach.phone and may_text(reach.phone):
        return WayOut("sms", reach.phone)
    return None
