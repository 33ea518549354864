"""Customers in the store. Personal data stands in the customer's items only; look-up items carry keyed hashes."""

import unicodedata
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Any

from tingjian.intake.customers.contact_points import ContactKind, ContactPoint
from tingjian.intake.customers.edits import RESTORABLE, LostContact
from tingjian.intake.customers.holders import Holder, Lookup
from tingjian.intake.customers.models import Customer, Identifier, Resemblance
from tingjian.platform.errors import NotFoundError
from tingjian.platform.idempotency import Idempotency
from tingjian.platform.items import Item, Key
from tingjian.platform.places import customer_key
from tingjian.platform.signing import Signer
from tingjian.platform.store import Store, Write
from tingjian.platform.times import epoch_seconds, instant, stamp

LOOKUP, LOST = "lookup#", "lost#"


class CustomerNotFoundError(NotFoundError):
    """There is no customer with this id."""

    code = "customer_not_found"


def lookup_key(signer: Signer, kind: str, value: str) -> Key:
    """Where the holders of a phone (`phone`) or address (`email`) are found."""
    return Key(f"{LOOKUP}{kind}#{signer.lookup(kind, value)}", "lookup")


def name_mark(signer: Signer, name: str | None) -> str:
    """The keyed hash of a name, the same however it is spaced and capitalised; empty without one."""
    folded = "".join(unicodedata.normalize("NFKC", name or "").casefold().split())
    return signer.lookup("name", folded) if folded else ""


def load_customer(store: Store, customer_id: str, *, repeat: Idempotency | None = None) -> Customer:
    """A customer by id. Raises CustomerNotFoundError, DoneBeforeError."""
    key = customer_key(customer_id)
    item = store.get_many([key], repeat=repeat).get(key) if repeat else store.get(key)
    if item is None:
        raise CustomerNotFoundError
    return customer_from_item(item)


def load_lookups(
    store: Store, signer: Signer, identifiers: Iterable[Identifier], *, repeat: Idempotency | None = None
) -> list[Lookup]:
    """The look-up of each phone or address. One call; one more when an item of an older form is among them.

    Raises RepeatedAnswerError, DoneBeforeError.
    """
    wanted = {identifier: lookup_key(signer, *identifier) for identifier in identifiers}
    found = store.get_many(list(wanted.values()), repeat=repeat)
    old = {item["customer"] for item in found.values() if "customer" in item}
    customers = store.get_many([customer_key(customer) for customer in old]) if old else {}
    known = {item.id: item for item in map(customer_from_item, customers.values())}
    return [lookup_from_item(signer, identifier, key, found.get(key), known.get) for identifier, key in wanted.items()]


def customer_write(customer: Customer) -> Write:
    return Write("desk", customer_item(customer), expect=customer.version - 1)


def customer_item(customer: Customer) -> Item:
    key = customer_key(customer.id)
    item: Item = {"pk": key.pk, "sk": key.sk} | customer.model_dump(exclude={"id", "contacts", "may_be", "consents"})
    item["contacts"] = [contact_map(contact) for contact in customer.contacts]
    if consents := customer.consents.model_dump(exclude_defaults=True):
        item["consents"] = consents
    if customer.may_be:
        item["may_be"] = [{"customer": hint.customer, "by": list(hint.by)} for hint in customer.may_be]
    return item


def holder_of(signer: Signer, customer: Customer, contact: ContactPoint) -> Holder:
    return Holder(
        customer=customer.id,
        contact=contact.id,
        level=customer.level,
        name=name_mark(signer, customer.name) if customer.is_named else "",
        standing=contact.standing,
    )


def lookup_write(lookup: Lookup) -> Write:
    """The member of a transaction that stores a look-up over the version before it, or deletes one without holders."""
    # An item of the older form has no version to be compared.
    expect = lookup.version if lookup.version >= 0 else None
    item: Item = {"pk": lookup.key.pk, "sk": lookup.key.sk, "version": max(lookup.version, 0) + 1}
    if not lookup.holders:
        return Write("desk", item, expect=expect, kind="delete")
    item["holders"] = [holder.model_dump(exclude_defaults=True) for holder in lookup.holders]
    return Write("desk", item, expect=expect)


def fresh_lookups(signer: Signer, customer: Customer) -> list[Lookup]:
    """The look-ups of a customer whose contacts lead nowhere yet."""
    return [Lookup(lookup_key(signer, held.kind, held.value), held.kind) for held in customer.contacts]


def lookup_changes(
    signer: Signer, lookups: Collection[Lookup], before: Customer | None, after: Customer
) -> list[Write]:
    """The members of a transaction by which the phones and addresses of a customer lead to it as it is now.

    `lookups` are those of everything that it had and has.
    """
    had = {lookup_key(signer, held.kind, held.value) for held in before.contacts} if before else set()
    has = {lookup_key(signer, held.kind, held.value): holder_of(signer, after, held) for held in after.contacts}
    writes = []
    for lookup in lookups:
        changed = lookup
        if lookup.key in has:
            changed = lookup.with_holder(has[lookup.key])
        elif lookup.key in had:
            changed = lookup.without_holder(after.id)
        if changed != lookup:
            writes.append(lookup_write(changed))
    return writes


def contact_facts(signer: Signer, contacts: Iterable[ContactPoint]) -> list[dict[str, str]]:
    """What events say of contacts: the id, the kind and the keyed hash, never the value."""
    return [{"contact": held.id, "kind": held.kind, "hash": signer.lookup(held.kind, held.value)} for held in contacts]


def customer_from_item(item: Item) -> Customer:
    body = {name: value for name, value in item.items() if name not in {"pk", "sk", "phones", "emails"}}
    body["contacts"] = [contact_from_map(contact) for contact in item.get("contacts", ())]
    body["may_be"] = [Resemblance.model_validate(hint) for hint in item.get("may_be", ())]
    customer = Customer.model_validate(body | {"id": item["pk"].removeprefix("customer#")})
    if "contacts" in item:
        return customer
    # The older form had two lists of values. Their order gives the same ids whenever it is read.
    old = [Identifier("phone", phone) for phone in item.get("phones", ())]
    old += [Identifier("email", email) for email in item.get("emails", ())]
    return customer.with_contacts(old, "first" if customer.provisional else "verified", now=None, stored=True)


def lost_write(customer_id: str, lost: LostContact) -> Write:
    """The member of a transaction that keeps a lost contact; its message tells whoever has the contact of the loss."""
    item: Item = {"pk": customer_key(customer_id).pk, "sk": LOST + lost.id, "version": lost.version}
    item |= {"contact": contact_map(lost.contact), "at": stamp(lost.at), "deliver": "contact_lost"}
    return Write("desk", item | {"expires_at": epoch_seconds(lost.at + RESTORABLE)}, expect=0)


def lost_delete(customer_id: str, lost: LostContact) -> Write:
    item: Item = {"pk": customer_key(customer_id).pk, "sk": LOST + lost.id}
    return Write("desk", item, expect=lost.version, kind="delete")


def load_lost(store: Store, customer_id: str, *, now: datetime) -> list[LostContact]:
    """What a customer lost in the last thirty days, newest last. One call."""
    items = store.query_all(customer_key(customer_id).pk, prefix=LOST, consistent=True)
    found = sorted(map(lost_from_item, items), key=lambda lost: lost.version)
    return [lost for lost in found if now < lost.at + RESTORABLE]


def lost_from_item(item: Item) -> LostContact:
    return LostContact(contact=contact_from_map(item["contact"]), version=item["version"], at=instant(item["at"]))


def contact_map(contact: ContactPoint) -> dict[str, Any]:
    plain = contact.model_dump(exclude={"since", "doubtful"})
    seldom = {"since": stamp(contact.since)} if contact.since else {}
    return plain | seldom | ({"doubtful": True} if contact.doubtful else {})


def contact_from_map(item: Item) -> ContactPoint:
    since = {"since": instant(item["since"])} if "since" in item else {}
    return ContactPoint.model_validate(item | since)


def lookup_from_item(
    signer: Signer,
    identifier: Identifier,
    key: Key,
    item: Item | None,
    customer_of: Callable[[str], Customer | None],
) -> Lookup:
    """A look-up from its item; one of the older form names one customer and no more, and has no version."""
    kind: ContactKind = identifier.kind
    if item is None:
        return Lookup(key, kind)
    if "holders" in item:
        return Lookup(key, kind, tuple(map(Holder.model_validate, item["holders"])), item["version"])
    customer = customer_of(item["customer"])
    contact = customer.contact(identifier) if customer else None
    held = (holder_of(signer, customer, contact),) if customer and contact else ()
    return Lookup(key, kind, held, -1)
