"""Editing a customer by a ticket, for a reason that is recorded."""

from tingjian.intake.customer_edits.models import EditBody, RestoreBody
from tingjian.intake.customers import actions
from tingjian.intake.customers.edits import LostContact
from tingjian.intake.customers.models import Customer
from tingjian.intake.customers.rights import EDIT_CUSTOMERS
from tingjian.intake.customers.storage import load_customer, load_lost
from tingjian.intake.reveals.actions import ground_of
from tingjian.intake.reveals.models import RevealEntry
from tingjian.intake.reveals.storage import reveal_write
from tingjian.intake.tickets.models import Ticket
from tingjian.platform.errors import AccessDeniedError
from tingjian.platform.http.call import Call
from tingjian.platform.resources import signer
from tingjian.platform.rights import Scope


def edit(call: Call, customer_id: str, body: EditBody) -> Customer:
    """Change what is named. Raises AccessDeniedError without a ticket of the customer in scope, StaleError."""
    expected = call.require_version()
    ground = _require_ground(call, customer_id)
    entry = _entry(call, customer_id, expected, body, ground)
    return actions.edit_customer(
        call.store,
        signer(),
        customer_id,
        body.changes,
        expected=expected,
        actor=call.caller.actor,
        now=call.now,
        reason=body.reason,
        beside=[reveal_write(entry)],
    )


def restore(call: Call, customer_id: str, lost_id: str, body: RestoreBody) -> Customer:
    """Put a lost contact back. Raises as `edit`, and LostContactNotFoundError."""
    expected = call.require_version()
    ground = _require_ground(call, customer_id)
    entry = _entry(call, customer_id, expected, body, ground)
    return actions.restore_contact(
        call.store,
        signer(),
        customer_id,
        lost_id,
        expected=expected,
        actor=call.caller.actor,
        now=call.now,
        reason=body.reason,
        beside=[reveal_write(entry)],
    )


def lost_contacts(call: Call, customer_id: str) -> list[LostContact]:
    _require_ground(call, customer_id)
    return load_lost(call.store, customer_id, now=call.now)


def _require_ground(call: Call, customer_id: str) -> Ticket | None:
    """The ticket by which the caller may edit; an own one only if it was filed with a contact that is the customer's.

    Raises AccessDeniedError, CustomerNotFoundError.
    """
    customer = load_customer(call.store, customer_id)
    ground = ground_of(call.store, customer_id, call.caller, EDIT_CUSTOMERS)
    if ground and ground.opened_by == call.caller.id and call.caller.widest(EDIT_CUSTOMERS) is not Scope.ALL:
        came_with = [held for held in customer.contacts if held.id in ground.contacts]
        if not any(held.standing != "claimed" for held in came_with):
            raise AccessDeniedError(right=EDIT_CUSTOMERS.name)
    return ground


def _entry(
    call: Call, customer_id: str, expected: int, body: EditBody | RestoreBody, ground: Ticket | None
) -> RevealEntry:
    return RevealEntry(
        id=f"{customer_id}.edit{expected + 1}",
        at=call.now,
        person=call.caller.id,
        customer=customer_id,
        act="edit",
        ticket=ground.id if ground else None,
        team=ground.team if ground else None,
        reason=body.reason,
        text=body.text,
    )
