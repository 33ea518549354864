from datetime import datetime

from tingjian.intake.customers.storage import load_customer
from tingjian.intake.reveals.events import ContactRevealed
from tingjian.intake.reveals.models import PersonalField
from tingjian.intake.reveals.rights import REVEAL_CUSTOMERS
from tingjian.intake.tickets.storage import list_party
from tingjian.platform.changes import load_and_write
from tingjian.platform.errors import AccessDeniedError, StaleError
from tingjian.platform.events import last_event
from tingjian.platform.idempotency import Idempotency
from tingjian.platform.records import record_change
from tingjian.platform.rights import Caller, Scope
from tingjian.platform.store import Store

NEWEST_TICKETS = 100
"""How many of a customer's newest tickets are looked at: as many as one call takes."""


def reveal(
    store: Store,
    customer_id: str,
    field: PersonalField,
    reason: str,
    *,
    caller: Caller,
    now: datetime,
    idempotency: Idempotency | None = None,
) -> tuple[str, ...]:
    """The full value of one personal field; the reveal and its reason are an event (scope row 50; A3, C53).

    Raises AccessDeniedError unless the caller's right covers a ticket of the customer, CustomerNotFoundError.
    A repeat is no further event. It reads the value anew, since personal data is stored in one place only.
    """
    customer = load_customer(store, customer_id)
    _require_ticket(store, customer_id, caller)
    values = {"phones": customer.phones, "emails": customer.emails, "address": (customer.address or "",)}[field]
    entity = f"customer-access#{customer_id}"

    def newest_version() -> int:
        newest = last_event(store, entity)
        store.get_many([], repeat=idempotency)
        return newest.version if newest else 0

    def write(version: int) -> None:
        record_change(
            store,
            entity=entity,
            fact=ContactRevealed,
            writes=[],
            version=version + 1,
            data={"field": field, "reason": reason, "customer": customer_id},
            actor=caller.actor,
            now=now,
            idempotency=idempotency,
        )

    load_and_write(store, newest_version, write, receipt=lambda _: None, again_on=StaleError)
    return tuple(value for value in values if value)


def _require_ticket(store: Store, customer_id: str, caller: Caller) -> None:
    """Raise AccessDeniedError unless one of the customer's newest tickets is in the caller's scope.

    No call for a right to all, two calls for a narrower one.
    """
    if caller.scope(REVEAL_CUSTOMERS) is Scope.ALL:
        return
    tickets, _ = list_party(store, "party", customer_id, limit=NEWEST_TICKETS, cursor=None)
    if not any(caller.may(REVEAL_CUSTOMERS, team=ticket.team, owner=ticket.assignee) for ticket in tickets):
        raise AccessDeniedError(right=REVEAL_CUSTOMERS.name)
