from tingjian.intake.customers import actions
from tingjian.intake.customers.edits import EditCustomer, LostContactList, LostContactView
from tingjian.intake.customers.models import Contact, CustomerBody, CustomerList, CustomerView
from tingjian.intake.customers.rights import EDIT_CUSTOMERS, READ_CUSTOMERS
from tingjian.intake.customers.storage import load_customer, load_lost
from tingjian.platform.http import Here, resolver, staff
from tingjian.platform.resources import signer

app = resolver()


@app.post("/v1/customers", status_code=201, **staff(EDIT_CUSTOMERS))
def add(call: Here, body: CustomerBody) -> CustomerView:
    """Add a customer."""
    customer = actions.add_customer(
        call.store, signer(), body, actor=call.caller.actor, now=call.now, idempotency=call.idempotency
    )
    return CustomerView.of(customer)


@app.post("/v1/customers/search", **staff(READ_CUSTOMERS))
def search(call: Here, body: Contact) -> CustomerList:
    """Find customers by the full phone or e-mail address, which never stands in an address line."""
    found = actions.search_customers(call.store, signer(), body)
    return CustomerList(items=tuple(CustomerView.of(customer) for customer in found))


@app.get("/v1/customers/<customer>", **staff(READ_CUSTOMERS))
def show(call: Here, customer: str) -> CustomerView:
    """Show a customer, masked."""
    return CustomerView.of(load_customer(call.store, customer))


@app.patch("/v1/customers/<customer>", **staff(EDIT_CUSTOMERS))
def edit(call: Here, customer: str, body: EditCustomer) -> CustomerView:
    """Change what is named of a customer, contacts one by one by their ids; needs If-Match."""
    changed = actions.edit_customer(
        call.store, signer(), customer, body, expected=call.require_version(), actor=call.caller.actor, now=call.now
    )
    return CustomerView.of(changed)


@app.get("/v1/customers/<customer>/lost-contacts", **staff(EDIT_CUSTOMERS))
def lost_contacts(call: Here, customer: str) -> LostContactList:
    """List, masked, the contacts that edits took in the last thirty days."""
    return LostContactList(items=tuple(map(LostContactView.of, load_lost(call.store, customer, now=call.now))))


@app.put("/v1/customers/<customer>/lost-contacts/<lost>", **staff(EDIT_CUSTOMERS))
def restore(call: Here, customer: str, lost: str) -> CustomerView:
    """Put a lost contact back in its place; needs If-Match."""
    changed = actions.restore_contact(
        call.store, signer(), customer, lost, expected=call.require_version(), actor=call.caller.actor, now=call.now
    )
    return CustomerView.of(changed)
