"""Customers in the store. Personal data stands in the customer's item only; look-up items carry keyed hashes."""

from collections.abc import Iterable

from tingjian.intake.customers.models import Contact, Customer
from tingjian.platform.errors import NotFoundError
from tingjian.platform.idempotency import Idempotency
from tingjian.platform.items import Item, Key
from tingjian.platform.places import customer_key
from tingjian.platform.signing import Signer
from tingjian.platform.store import Store, Write

LOOKUP = "lookup#"


class CustomerNotFoundError(NotFoundError):
    """There is no customer with this id."""

    code = "customer_not_found"


def lookup_key(signer: Signer, kind: str, value: str) -> Key:
    """Where the owner of a phone (`phone`) or address (`email`) is found."""
    return Key(f"{LOOKUP}{kind}#{signer.lookup(kind, value)}", "lookup")


def contact_keys(signer: Signer, contact: Contact) -> list[Key]:
    """The look-up keys of a contact, phone first."""
    keys = [lookup_key(signer, "phone", contact.phone)] if contact.phone else []
    return keys + ([lookup_key(signer, "email", contact.email)] if contact.email else [])


def customer_keys(signer: Signer, customer: Customer) -> list[Key]:
    return [lookup_key(signer, "phone", phone) for phone in customer.phones] + [
        lookup_key(signer, "email", email) for email in customer.emails
    ]


def load_customer(store: Store, customer_id: str) -> Customer:
    """A customer by id. Raises CustomerNotFoundError."""
    item = store.get(customer_key(customer_id))
    if item is None:
        raise CustomerNotFoundError
    return customer_from_item(item)


def contact_owners(store: Store, keys: Iterable[Key], *, repeat: Idempotency | None = None) -> dict[Key, str]:
    """The customer that each look-up key belongs to, unknown ones left out. One call. Raises RepeatedAnswerError."""
    return {key: item["customer"] for key, item in store.get_many(list(keys), repeat=repeat).items()}


def customer_write(customer: Customer) -> Write:
    key = customer_key(customer.id)
    return Write(
        "desk",
        {"pk": key.pk, "sk": key.sk} | customer.model_dump(exclude={"id"}),
        expect=customer.version - 1,
    )


def lookup_write(key: Key, customer: Customer, *, fresh: bool = True) -> Write:
    """The member of a transaction that makes a phone or address lead to a customer, and say the customer's level.

    A fresh one must not lead anywhere yet.
    """
    item = {"pk": key.pk, "sk": key.sk, "customer": customer.id, "level": customer.level}
    return Write("desk", item, expect=0 if fresh else None)


def lookup_delete(key: Key) -> Write:
    """The member of a transaction that makes a phone or address lead nowhere."""
    return Write("desk", {"pk": key.pk, "sk": key.sk}, kind="delete")


def customer_from_item(item: Item) -> Customer:
    body = {name: value for name, value in item.items() if name not in {"pk", "sk"}}
    return Customer.model_validate(body | {"id": item["pk"].removeprefix("customer#")})
