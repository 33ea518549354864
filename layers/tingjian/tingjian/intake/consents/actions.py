"""Changing what a customer may be contacted about: by staff with a version, by the customer with a signed link."""

from datetime import datetime, timedelta

from tingjian.intake.consents.events import ConsentsChanged
from tingjian.intake.consents.models import LINK_USE, Form, Opened
from tingjian.intake.customers.consents import Consents, Purpose
from tingjian.intake.customers.models import Customer
from tingjian.intake.customers.rights import EDIT_CUSTOMERS
from tingjian.intake.customers.storage import customer_write, load_customer
from tingjian.intake.reveals.actions import ground_of
from tingjian.platform.changes import load_and_write
from tingjian.platform.errors import StaleError
from tingjian.platform.events import Actor
from tingjian.platform.http.call import Call
from tingjian.platform.records import record_change
from tingjian.platform.signing import Signer
from tingjian.platform.store import Store

CUSTOMER = Actor(kind="customer")
LINK_DAYS = 400
"""Long, because an opt-out must work from a mail that somebody finds a year later."""


def consents_link(signer: Signer, customer_id: str, purpose: Purpose, *, origin: str, now: datetime) -> str:
    """The link of a message: it opens the page, and one POST to it opts out of the message's purpose."""
    opened = Opened(customer=customer_id, purpose=purpose)
    token = signer.token(LINK_USE, opened.identifier, expires_at=now + timedelta(days=LINK_DAYS))
    return f"{origin}/v1/public/consents/{token}"


def open_link(signer: Signer, token: str, *, now: datetime) -> Opened:
    """What a link opens. Raises LinkInvalidError, LinkExpiredError."""
    return Opened.of(signer.open_token(LINK_USE, token, now=now))


def put_consents(call: Call, customer_id: str, body: Consents) -> Customer:
    """Replace the consents of a customer. Raises AccessDeniedError without a ticket of it in scope, StaleError."""
    expected = call.require_version()
    before = load_customer(call.store, customer_id)
    ground_of(call.store, customer_id, call.caller, EDIT_CUSTOMERS)
    return _save(call.store, before, body, actor=call.caller.actor, now=call.now, expected=expected)


def submit_form(store: Store, opened: Opened, form: Form, *, now: datetime) -> tuple[Customer, Consents]:
    """Do what a customer's form asks for, as often as it is sent; the customer, and its consents before."""

    def write(before: Customer) -> tuple[Customer, Consents]:
        consents = before.consents
        if form.act == "none":
            return before, consents
        off = (*consents.off, opened.purpose) if form.act == "one_click" else form.off
        wanted = consents.model_copy(update={"off": off})
        return _save(store, before, wanted, actor=CUSTOMER, now=now), consents

    return load_and_write(store, lambda: load_customer(store, opened.customer), write, again_on=StaleError)


def _save(
    store: Store, before: Customer, wanted: Consents, *, actor: Actor, now: datetime, expected: int | None = None
) -> Customer:
    wanted, had = wanted.in_normal_form(), before.consents
    changed = [name for name in ("off", "timezone", "quiet_hours") if getattr(wanted, name) != getattr(had, name)]
    if not changed and expected in {None, before.version}:
        return before
    after = before.model_copy(update={"consents": wanted, "version": before.version + 1})
    record_change(
        store,
        entity=f"customer#{before.id}",
        fact=ConsentsChanged,
        writes=[customer_write(after)],
        version=after.version,
        data={
            "changed": changed,
            "off": list(wanted.off),
            "opted_out": [one for one in wanted.off if one not in had.off],
            "opted_in": [one for one in had.off if one not in wanted.off],
        },
        actor=actor,
        now=now,
        expected=expected,
    )
    return after
