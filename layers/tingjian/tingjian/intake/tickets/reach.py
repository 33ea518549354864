"""Whether an answer can reach the customer of a ticket. One that cannot is refused, and not recorded as an answer."""

from tingjian.intake.customers.reach import way_to
from tingjian.intake.customers.storage import customer_from_item
from tingjian.intake.tickets.models import Ticket
from tingjian.platform.errors import FieldError, InvalidInputError
from tingjian.platform.places import customer_key
from tingjian.platform.settings import TextMessageSettings
from tingjian.platform.store import Store


class CustomerUnreachableError(InvalidInputError):
    """No message would reach the customer; the error of the field `spoken` says what is missing."""

    code = "customer_unreachable"

    def __init__(self, missing: FieldError) -> None:
        super().__init__([missing])


def require_way(store: Store, ticket: Ticket) -> None:
    """Raise CustomerUnreachableError unless a message would reach the customer. One call, half a read unit."""
    found = store.get(customer_key(ticket.customer_id), consistent=False)
    if found is None or ticket.imported:
        raise CustomerUnreachableError(FieldError("spoken", "no_customer_to_reach"))
    customer = customer_from_item(found)
    if way_to(customer, ticket.contacts, may_text=TextMessageSettings.read().reaches) is None:
        lacks_sms = FieldError("spoken", "no_email_and_no_text_messages")
        raise CustomerUnreachableError(
            lacks_sms if customer.reach(ticket.contacts).phone else FieldError("spoken", "no_email_and_no_phone")
        )
