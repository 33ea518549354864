"""Keeping customers: add, edit, restore what an edit lost, find by full contact."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from tingjian.intake.customers.contact_points import Standing
from tingjian.intake.customers.edits import (
    EditCustomer,
    Edited,
    LostContactNotFoundError,
    edited_customer,
    restored_customer,
)
from tingjian.intake.customers.events import CustomerAdded, CustomerChanged
from tingjian.intake.customers.holders import Lookup
from tingjian.intake.customers.models import Contact, Customer, CustomerBody, Identifier
from tingjian.intake.customers.storage import (
    contact_facts,
    customer_write,
    load_customer,
    load_lookups,
    load_lost,
    lookup_changes,
    lost_delete,
    lost_write,
)
from tingjian.platform.contacts import normalised_email, normalised_phone
from tingjian.platform.errors import AlreadyExistsError, DoneBeforeError, StaleError, invalid
from tingjian.platform.events import Actor, load_event
from tingjian.platform.idempotency import Idempotency
from tingjian.platform.ids import random_id
from tingjian.platform.records import record_change, stale
from tingjian.platform.signing import Signer
from tingjian.platform.store import Store, Write


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
    identifiers = _identifiers(body)
    plain = body.model_dump(exclude={"phones", "emails"})
    customer = Customer(**plain, id=customer_id, version=1).with_contacts(identifiers, "verified", now=now)
    try:
        lookups = load_lookups(store, signer, identifiers, repeat=idempotency)
        refuse_taken(lookups, customer_id, {"verified", "first"})
    except DoneBeforeError:
        return customer
    try:
        record_change(
            store,
            entity=f"customer#{customer_id}",
            fact=CustomerAdded,
            writes=[customer_write(customer), *lookup_changes(signer, lookups, None, customer)],
            version=1,
            data={"level": customer.level},
            actor=actor,
            now=now,
            idempotency=idempotency,
        )
    except StaleError:
        refuse_taken(load_lookups(store, signer, identifiers), customer_id, {"verified", "first"})
        if load_event(store, f"customer#{customer_id}", 1) is None:
            raise
    return customer


def edit_customer(
    store: Store,
    signer: Signer,
    customer_id: str,
    body: EditCustomer,
    *,
    expected: int,
    actor: Actor,
    now: datetime,
    reason: str,
    beside: Sequence[Write] = (),
) -> Customer:
    """Change what is named. Raises StaleError, ContactTakenError, CustomerNotFoundError, InvalidInputError."""
    before = load_customer(store, customer_id)
    if expected != before.version:
        raise stale(store, f"customer#{customer_id}", after=expected)
    return _save(
        store, signer, before, edited_customer(before, body, now=now), beside, reason=reason, actor=actor, now=now
    )


def restore_contact(
    store: Store,
    signer: Signer,
    customer_id: str,
    lost_id: str,
    *,
    expected: int,
    actor: Actor,
    now: datetime,
    reason: str,
    beside: Sequence[Write] = (),
) -> Customer:
    """Put a lost contact back. Raises LostContactNotFoundError, StaleError, ContactTakenError."""
    before = load_customer(store, customer_id)
    if expected != before.version:
        raise stale(store, f"customer#{customer_id}", after=expected)
    lost = next((lost for lost in load_lost(store, customer_id, now=now) if lost.id == lost_id), None)
    if lost is None:
        raise LostContactNotFoundError
    edited = restored_customer(before, lost, now=now)
    beside = [lost_delete(customer_id, lost), *beside]
    return _save(store, signer, before, edited, beside, reason=reason, actor=actor, now=now)


def _save(
    store: Store,
    signer: Signer,
    before: Customer,
    edited: Edited,
    beside: Iterable[Write],
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Customer:
    after, changed = edited.customer, edited.changed_fields(before)
    if not changed:
        return before
    held = {Identifier(held.kind, held.value): held for customer in (before, after) for held in customer.contacts}
    new = [held for held in after.contacts if before.contact(Identifier(held.kind, held.value)) is None]
    lookups = load_lookups(store, signer, held)
    fresh = {(held.kind, signer.lookup(held.kind, held.value)) for held in new}
    refuse_taken([lookup for lookup in lookups if lookup.mark in fresh], before.id, {"verified"})
    facts = {
        "added": contact_facts(signer, new),
        "lost": contact_facts(signer, [lost.contact for lost in edited.lost]),
    }
    record_change(
        store,
        entity=f"customer#{before.id}",
        fact=CustomerChanged,
        writes=[
            customer_write(after),
            *lookup_changes(signer, lookups, before, after),
            *(lost_write(after.id, lost) for lost in edited.lost),
            *beside,
        ],
        version=after.version,
        data={"level": after.level, "changed": changed, "reason": reason}
        | {name: found for name, found in facts.items() if found},
        actor=actor,
        now=now,
    )
    return after


def search_customers(store: Store, signer: Signer, contact: Contact) -> list[Customer]:
    """The customers that this full phone or e-mail address leads to; masked values are found by the full one."""
    wanted = contact.in_normal_form(place="")
    lookups = load_lookups(store, signer, wanted.identifiers)
    found = dict.fromkeys(holder.customer for lookup in lookups for holder in lookup.holders)
    return [load_customer(store, customer_id) for customer_id in found]


def refuse_taken(lookups: Iterable[Lookup], customer_id: str, standings: set[Standing]) -> None:
    """Raise ContactTakenError if another customer holds one of the contacts with one of these standings."""
    for lookup in lookups:
        for holder in lookup.holders:
            if holder.customer != customer_id and holder.standing in standings:
                raise ContactTakenError(members={"customer_id": holder.customer})


def _identifiers(body: CustomerBody) -> list[Identifier]:
    phones = [normalised_phone(phone, field=f"phones.{n}") for n, phone in enumerate(body.phones)]
    emails = [normalised_email(email, field=f"emails.{n}") for n, email in enumerate(body.emails)]
    for name, values in (("phones", phones), ("emails", emails)):
        if len(set(values)) < len(values):
            raise invalid(name, "duplicate")
    return [Identifier("phone", phone) for phone in phones] + [Identifier("email", email) for email in emails]
