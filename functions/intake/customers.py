"""Routes of customers."""

from functions.intake.door import door, signer
from tingjian.intake.customers import actions
from tingjian.intake.customers.models import Contact, CustomerBody, CustomerList, CustomerView
from tingjian.intake.customers.storage import load_customer
from tingjian.intake.reveals import actions as reveals
from tingjian.intake.reveals.models import Reveal, Revealed
from tingjian.platform.http import Call


@door.post("/v1/customers", right="customers.edit", status=201)
def add(call: Call, body: CustomerBody) -> CustomerView:
    """Add a customer."""
    customer = actions.add_customer(
        call.store, signer(), body, actor=call.caller.actor, now=call.now, idempotency=call.idempotency
    )
    return CustomerView.of(customer)


@door.post("/v1/customers/search", right="customers.read")
def search(call: Call, body: Contact) -> CustomerList:
    """Find customers by the full phone or e-mail address, which never stands in an address line."""
    found = actions.search_customers(call.store, signer(), body)
    return CustomerList(items=tuple(CustomerView.of(customer) for customer in found))


@door.get("/v1/customers/{customer}", right="customers.read")
def show(call: Call, customer: str) -> CustomerView:
    """Show a customer, masked."""
    return CustomerView.of(load_customer(call.store, customer))


@door.put("/v1/customers/{customer}", right="customers.edit")
def edit(call: Call, customer: str, body: CustomerBody) -> CustomerView:
    """Replace what is known of a customer; needs If-Match."""
    changed = actions.edit_customer(
        call.store, signer(), customer, body, expected=call.required_version(), actor=call.caller.actor, now=call.now
    )
    return CustomerView.of(changed)


@door.post("/v1/customers/{customer}/reveal", right="customers.reveal")
def reveal(call: Call, customer: str, body: Reveal) -> Revealed:
    """Show one masked field in full, with a reason that is recorded."""
    values = reveals.reveal(
        call.store,
        customer,
        body.field,
        body.reason,
        caller=call.caller,
        now=call.now,
        idempotency=call.idempotency,
    )
    return Revealed(values=values)
