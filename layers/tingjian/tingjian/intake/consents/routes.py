"""Routes of consents."""

from tingjian.intake.consents import actions
from tingjian.intake.consents.models import ConsentsView, Form
from tingjian.intake.consents.page import consents_page
from tingjian.intake.customers.consents import Consents
from tingjian.intake.customers.rights import EDIT_CUSTOMERS, READ_CUSTOMERS
from tingjian.intake.customers.storage import load_customer
from tingjian.platform.http import Here, Html, public, resolver, staff
from tingjian.platform.http.bodies import form_of
from tingjian.platform.resources import signer

app = resolver()


@app.get("/v1/customers/<customer>/consents", **staff(READ_CUSTOMERS))
def show_consents(call: Here, customer: str) -> ConsentsView:
    """Show what a customer lets us write or call about, and when."""
    return ConsentsView.of(load_customer(call.store, customer))


@app.put("/v1/customers/<customer>/consents", **staff(EDIT_CUSTOMERS))
def edit_consents(call: Here, customer: str, body: Consents) -> ConsentsView:
    """Replace opt-outs, time zone and quiet hours of a customer; If-Match names the customer's version."""
    return ConsentsView.of(actions.put_consents(call, customer, body))


@app.get("/v1/public/consents/<token>", **public())
def page(call: Here, token: str) -> Html:
    """Show the page by which a customer opts out. Changes nothing, whoever opens the link."""
    opened = actions.open_link(signer(), token, now=call.now)
    return Html(consents_page(load_customer(call.store, opened.customer).consents, opened.purpose, call.language))


@app.post("/v1/public/consents/<token>", **public())
def submit(call: Here, token: str) -> Html:
    """Take the form of that page, or the one click of a mail program (RFC 8058); the page with what holds now."""
    opened = actions.open_link(signer(), token, now=call.now)
    form = Form.of(form_of(app.current_event))
    customer, before = actions.submit_form(call.store, opened, form, now=call.now)
    return Html(consents_page(customer.consents, opened.purpose, call.language, before=before))
