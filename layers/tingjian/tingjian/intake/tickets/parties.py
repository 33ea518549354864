"""Whose request it is: the customer found or added, and the contacts that the request came with.

docs/decisions/0019-who-is-who.md says why contacts that contradict each other join nobody.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from tingjian.intake.customers.contact_points import MOST_CLAIMED
from tingjian.intake.customers.events import CustomerAdded, CustomerChanged
from tingjian.intake.customers.holders import Lookup, Match, match_holders
from tingjian.intake.customers.models import Contact, Customer, Identifier
from tingjian.intake.customers.storage import (
    CustomerNotFoundError,
    contact_facts,
    customer_from_item,
    customer_write,
    load_customer,
    load_lookups,
    lookup_changes,
    name_mark,
)
from tingjian.platform.chains import ChainEnd
from tingjian.platform.errors import invalid
from tingjian.platform.events import Actor, event_write, load_event
from tingjian.platform.ids import random_id
from tingjian.platform.masking import masked_email, masked_phone
from tingjian.platform.places import customer_key
from tingjian.platform.signing import Signer
from tingjian.platform.store import Store, Write
from tingjian.platform.texts import Language


class Party(NamedTuple):
    """Whose request it is, as far as opening it needs to know, and the writes that make it so.

    `contacts` are the ids of what the request came with; none when it was filed by the customer's id alone.
    """

    id: str
    level: str
    contacts: tuple[str, ...] = ()
    writes: Sequence[Write] = ()


class Filing(NamedTuple):
    """Who files, when, in which language."""

    actor: Actor
    now: datetime
    language: Language


def party_by_id(store: Store, signer: Signer, customer_id: str, contact: Contact | None, filing: Filing) -> Party:
    """The customer with this id, and with this contact if the request names one. One call, four with a new contact."""
    key = customer_key(customer_id)
    found = store.get_many([key])
    if not found:
        raise invalid("customer_id", "unknown", value=customer_id)
    customer = customer_from_item(found[key])
    if contact is None:
        return Party(customer.id, customer.level)
    return _with_contact(store, signer, customer, contact, filing)


def party_by_contact(store: Store, signer: Signer, contact: Contact, filing: Filing) -> Party:
    """The customer to whom the contact belongs, else a provisional one. One call for one who brings nothing new."""
    lookups = load_lookups(store, signer, contact.identifiers)
    match = match_holders(lookups, name_mark(signer, contact.name))
    if match.customer is None:
        return _provisional_party(signer, contact, lookups, match, filing)
    held = [lookup.held_by(match.customer) for lookup in lookups]
    known = [holder for holder in held if holder]
    if len(known) == len(held) and (known[0].name or not contact.name):
        return Party(match.customer, known[0].level, tuple(holder.contact for holder in known))
    try:
        customer = load_customer(store, match.customer)
    except CustomerNotFoundError:  # Erased since; who comes again is somebody new.
        return _provisional_party(signer, contact, lookups, Match(None), filing)
    if _is_full(customer, contact):
        return _provisional_party(signer, contact, lookups, match, filing)
    return _with_contact(store, signer, customer, contact, filing)


def _is_full(customer: Customer, contact: Contact) -> bool:
    claimed = sum(held.standing == "claimed" for held in customer.contacts)
    new = sum(customer.contact(identifier) is None for identifier in contact.identifiers)
    return bool(new) and claimed + new > MOST_CLAIMED


def _with_contact(store: Store, signer: Signer, before: Customer, contact: Contact, filing: Filing) -> Party:
    """The customer who came with this contact; what is new of it is kept as claimed, until staff verify it."""
    new = [identifier for identifier in contact.identifiers if before.contact(identifier) is None]
    named = contact.name if contact.name and not before.is_named else before.name
    after = before.with_contacts(new, "claimed", now=filing.now)
    after = after.model_copy(update={"name": named, "version": before.version + 1})
    own = tuple(held.id for identifier in contact.identifiers if (held := after.contact(identifier)))
    if not new and named == before.name:
        return Party(before.id, before.level, own)
    every = [Identifier(held.kind, held.value) for held in after.contacts]
    lookups = load_lookups(store, signer, every)
    newest = load_event(store, f"customer#{before.id}", before.version)
    changed = [*(["name"] if named != before.name else []), *(["contacts"] if new else [])]
    event = ChainEnd(f"customer#{before.id}", before.version, newest.hash if newest else "").next_event(
        CustomerChanged,
        now=filing.now,
        actor=filing.actor,
        data={
            "level": after.level,
            "changed": changed,
            "added": contact_facts(signer, after.contacts[len(before.contacts) :]),
        },
    )
    writes = [customer_write(after), event_write(event), *lookup_changes(signer, lookups, before, after)]
    return Party(after.id, after.level, own, writes)


def _provisional_party(
    signer: Signer, contact: Contact, lookups: Sequence[Lookup], match: Match, filing: Filing
) -> Party:
    shown = masked_phone(contact.phone) if contact.phone else masked_email(contact.email or "")
    customer = Customer(
        id=random_id(),
        version=1,
        name=contact.name or shown,
        language=filing.language,
        provisional=True,
        may_be=match.hints,
    ).with_contacts(contact.identifiers, "first", now=filing.now)
    data = {"level": customer.level, "provisional": True, "may_be": [hint.customer for hint in match.hints]}
    event = ChainEnd(f"customer#{customer.id}").next_event(CustomerAdded, now=filing.now, actor=filing.actor, data=data)
    writes = [customer_write(customer), event_write(event), *lookup_changes(signer, lookups, None, customer)]
    return Party(customer.id, customer.level, tuple(held.id for held in customer.contacts), writes)
