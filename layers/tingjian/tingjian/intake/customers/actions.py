"""Keeping customers: add, edit, find by full contact."""

from collections.abc import Mapping
from datetime import datetime

from tingjian.intake.customers.events import CustomerAdded, CustomerChanged
from tingjian.intake.customers.models import Contact, Customer, CustomerBody
from tingjian.intake.customers.storage import (
    contact_keys,
    contact_owners,
    customer_keys,
    customer_write,
    load_customer,
    lookup_delete,
    lookup_write,
)
from tingjian.platform.contacts import normalised_email, normalised_phone
from tingjian.platform.errors import AlreadyExistsError, DoneBeforeError, StaleError, invalid
from tingjian.platform.events import Actor, load_event
from tingjian.platform.idempotency import Idempotency
from tingjian.platform.ids import random_id
from tingjian.platform.items import Key
from tingjian.platform.records import record_change, stale
from tingjian.platform.signing import Signer
from tingjian.platform.store import Store


class ContactTakenError(AlreadyExistsError):
    """A phone or address belongs to another customer; `members["customer_id"]` names that one."""

    code = "contact_taken"


def add_customer(
    store: Store,
    signer: Signer,
    body: CustomerBody,
    *,
    actor: Actor,
    now: datetime,
    idempotency: Idempotency | None = None,
) -> Customer:
    """Add a customer. Raises ContactTakenError when a phone or address is somebody's already."""
    customer_id = idempotency.derive("customer") if idempotency else random_id()
    customer = Customer(**_normal_body(body).model_dump(), id=customer_id, version=1)
    keys = customer_keys(signer, customer)
    try:
        _refuse_taken(contact_owners(store, keys, repeat=idempotency), customer_id)
    except DoneBeforeError:
        return customer
    try:
        record_change(
            store,
            entity=f"customer#{customer_id}",
            fact=CustomerAdded,
            writes=[customer_write(customer), *(lookup_write(key, customer) for key in keys)],
            version=1,
            data={"level": customer.level},
            actor=actor,
            now=now,
            idempotency=idempotency,
        )
    except StaleError:
        _refuse_taken(contact_owners(store, keys), customer_id)
        if load_event(store, f"customer#{customer_id}", 1) is None:
            raise
    return customer


def edit_customer(
    store: Store,
    signer: Signer,
    customer_id: str,
    body: CustomerBody,
    *,
    expected: int | None,
    actor: Actor,
    now: datetime,
) -> Customer:
    """Replace what is known of a customer. Raises StaleError, ContactTakenError, CustomerNotFoundError."""
    before = load_customer(store, customer_id)
    if expected is not None and expected != before.version:
        raise stale(store, f"customer#{customer_id}", after=expected)
    after = Customer(**_normal_body(body).model_dump(), id=customer_id, version=before.version + 1)
    old, new = set(customer_keys(signer, before)), set(customer_keys(signer, after))
    _refuse_taken(contact_owners(store, new - old), customer_id)
    written = new if before.level != after.level else new - old
    record_change(
        store,
        entity=f"customer#{customer_id}",
        fact=CustomerChanged,
        writes=[
            customer_write(after),
            *(lookup_write(key, after, fresh=key not in old) for key in sorted(written, key=str)),
            *(lookup_delete(key) for key in sorted(old - new, key=str)),
        ],
        version=after.version,
        data={"level": after.level, "changed": _changed_fields(before, after)},
        actor=actor,
        now=now,
    )
    return after


def search_customers(store: Store, signer: Signer, contact: Contact) -> list[Customer]:
    """The customers that this full phone or e-mail address belongs to; masked values are found by the full one."""
    wanted = contact.in_normal_form(place="")
    found = sorted(set(contact_owners(store, contact_keys(signer, wanted)).values()))
    return [load_customer(store, customer_id) for customer_id in found]


def _normal_body(body: CustomerBody) -> CustomerBody:
    phones = tuple(normalised_phone(phone, field=f"phones.{n}") for n, phone in enumerate(body.phones))
    emails = tuple(normalised_email(email, field=f"emails.{n}") for n, email in enumerate(body.emails))
    for name, values in (("phones", phones), ("emails", emails)):
        if len(set(values)) < len(values):
            raise invalid(name, "duplicate")
    return body.model_copy(update={"phones": phones, "emails": emails})


def _refuse_taken(found: Mapping[Key, str], customer_id: str) -> None:
    others = sorted(set(found.values()) - {customer_id})
    if others:
        raise ContactTakenError(members={"customer_id": others[0]})


def _changed_fields(before: Customer, after: Customer) -> list[str]:
    return [name for name in CustomerBody.model_fields if getattr(before, name) != getattr(after, name)]
