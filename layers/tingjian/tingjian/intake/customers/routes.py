from tingjian.intake.customers import actions
from tingjian.intake.customers.models import Contact, CustomerBody, CustomerList, CustomerView
from tingjian.intake.customers.rights import EDIT_CUSTOMERS, READ_CUSTOMERS
from tingjian.intake.customers.storage import load_customer
from tingjian.platform.http import Here, resolver, staff
from tingjian.platform.resources import signer

app = resolver()


@app.post("/v1/customers", status_code=201, **staff(EDIT_CUSTOMERS))
def add(call: Here, body: CustomerBody) -> CustomerView:
    """Add a customer."""
    call.caller.require_some(EDIT_CUSTOMERS)
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
