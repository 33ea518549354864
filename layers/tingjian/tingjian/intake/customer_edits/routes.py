from tingjian.intake.customer_edits import actions
from tingjian.intake.customer_edits.models import EditBody, RestoreBody
from tingjian.intake.customers.edits import LostContactList, LostContactView
from tingjian.intake.customers.models import CustomerView
from tingjian.intake.customers.rights import EDIT_CUSTOMERS
from tingjian.platform.http import Here, resolver, staff

app = resolver()


@app.patch("/v1/customers/<customer>", **staff(EDIT_CUSTOMERS))
def edit(call: Here, customer: str, body: EditBody) -> CustomerView:
    """Change what is named of a customer, contacts one by one by their ids; needs If-Match."""
    return CustomerView.of(actions.edit(call, customer, body))


@app.get("/v1/customers/<customer>/lost-contacts", **staff(EDIT_CUSTOMERS))
def lost_contacts(call: Here, customer: str) -> LostContactList:
    """List, masked, the contacts that edits took in the last thirty days."""
    return LostContactList(items=tuple(map(LostContactView.of, actions.lost_contacts(call, customer))))


@app.put("/v1/customers/<customer>/lost-contacts/<lost>", **staff(EDIT_CUSTOMERS))
def restore(call: Here, customer: str, lost: str, body: RestoreBody) -> CustomerView:
    """Put a lost contact back in its place; needs If-Match."""
    return CustomerView.of(actions.restore(call, customer, lost, body))
