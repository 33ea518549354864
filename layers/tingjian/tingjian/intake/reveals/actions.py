from datetime import datetime

from tingjian.intake.customers.models import Customer
from tingjian.intake.customers.storage import load_customer
from tingjian.intake.reveals.events import ContactRevealed
from tingjian.intake.reveals.models import PersonalField, Reveal, RevealEntry, RevealList, RevealQuery
from tingjian.intake.reveals.rights import LIST_REVEALS, REVEAL_CUSTOMERS
from tingjian.intake.reveals.storage import list_reveals, reveal_write
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.storage import list_party
from tingjian.platform.changes import load_and_write
from tingjian.platform.cursors import open_cursor, seal_cursor
from tingjian.platform.errors import AccessDeniedError, StaleError
from tingjian.platform.events import last_event
from tingjian.platform.idempotency import Idempotency
from tingjian.platform.limits import HOUR, Limit, count_within
from tingjian.platform.records import record_change
from tingjian.platform.rights import Caller, Right, Scope
from tingjian.platform.store import Store

NEWEST_TICKETS = 100
"""How many of a customer's newest tickets are looked at: as many as one call takes."""
OF_PERSON = Limit("reveals-of-person", 30, HOUR)


def reveal(
    store: Store,
    customer_id: str,
    body: Reveal,
    *,
    caller: Caller,
    now: datetime,
    idempotency: Idempotency | None = None,
) -> tuple[str, ...]:
    """The full value of one personal field; the reveal and its reason are an event (scope row 50; A3, C53).

    Raises AccessDeniedError unless the caller's right covers a ticket of the customer, CustomerNotFoundError,
    RetryLaterError after so many in an hour. A repeat is no further event. It reads the value anew, since personal
    data is stored in one place only.
    """
    customer = load_customer(store, customer_id)
    ground = ground_of(store, customer_id, caller, REVEAL_CUSTOMERS)
    shown = _values(customer, body.field, ground, caller)
    entity = f"customer-access#{customer_id}"
    counted = False

    def newest_version() -> int:
        nonlocal counted
        newest = last_event(store, entity)
        store.get_many([], repeat=idempotency)
        if not counted:
            # Counted before anything is shown, so that reveals at the same time gain nothing.
            count_within(store, OF_PERSON, caller.id, now)
            counted = True
        return newest.version if newest else 0

    def write(version: int) -> None:
        entry = RevealEntry(
            id=f"{customer_id}.{version + 1}",
            at=now,
            person=caller.id,
            customer=customer_id,
            field=body.field,
            ticket=ground.id if ground else None,
            team=ground.team if ground else None,
            reason=body.reason,
            text=body.text,
        )
        record_change(
            store,
            entity=entity,
            fact=ContactRevealed,
            writes=[reveal_write(entry)],
            version=version + 1,
            data={"field": body.field, "reason": body.reason, "customer": customer_id, "ticket": entry.ticket},
            actor=caller.actor,
            now=now,
            idempotency=idempotency,
        )

    load_and_write(store, newest_version, write, receipt=lambda _: None, again_on=StaleError)
    return shown


def list_for_lead(store: Store, query: RevealQuery, *, caller: Caller) -> RevealList:
    """The reveals by tickets of the reader's teams. Raises AccessDeniedError for a foreign team."""
    if query.team:
        caller.require(LIST_REVEALS, team=query.team)
    entries, page = list_reveals(store, query, open_cursor(query.cursor, caller))
    shown = caller.covered(LIST_REVEALS, entries, lambda entry: (entry.team or "", None))
    whole = caller.scope(LIST_REVEALS) is Scope.ALL
    return RevealList(items=tuple(shown), cursor=page.cursor if whole else seal_cursor(page.cursor, caller))


def ground_of(store: Store, customer_id: str, caller: Caller, right: Right) -> Ticket | None:
    """The ticket by which the caller may: the newest in scope that somebody else filed, else an own one.

    Of a right to all none is needed. An own one counts for the contact that it was filed with only: otherwise whoever
    files a ticket for a customer could see everything. Raises AccessDeniedError. Two calls.
    """
    tickets, _ = list_party(store, "party", customer_id, limit=NEWEST_TICKETS, cursor=None)
    whole = caller.scope(right) is Scope.ALL
    covered = [ticket for ticket in tickets if caller.may(right, team=ticket.team, owner=ticket.assignee)]
    by_others = [ticket for ticket in covered if whole or ticket.opened_by != caller.id]
    found = next(iter(by_others or [ticket for ticket in covered if ticket.contacts]), None)
    if found is None and not whole:
        raise AccessDeniedError(right=right.name)
    return found


def _values(customer: Customer, field: PersonalField, ground: Ticket | None, caller: Caller) -> tuple[str, ...]:
    own = ground is not None and ground.opened_by == caller.id and caller.widest(REVEAL_CUSTOMERS) is not Scope.ALL
    if field == "address":
        if own:
            raise AccessDeniedError(right=REVEAL_CUSTOMERS.name)
        return (customer.address,) if customer.address else ()
    kind = "phone" if field == "phones" else "email"
    return tuple(
        held.value
        for held in customer.contacts
        if held.kind == kind and (not own or (ground is not None and held.id in ground.contacts))
    )
