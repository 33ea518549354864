"""Who the rows of a list are: customers that we know, or new ones, provisional until staff have checked them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from tingjian.intake.customers.events import CustomerAdded
from tingjian.intake.customers.holders import Lookup, match_holders
from tingjian.intake.customers.models import Customer, Identifier
from tingjian.intake.customers.storage import customer_from_item, customer_write, load_lookups, lookup_changes
from tingjian.platform.chains import ChainEnd
from tingjian.platform.events import Actor, event_write
from tingjian.platform.ids import derived_id
from tingjian.platform.masking import masked_email, masked_phone
from tingjian.platform.places import customer_key
from tingjian.platform.signing import Signer
from tingjian.platform.store import Store, Write
from tingjian.survey.callback_plans.rows import ListRow, Refusal


class Party(NamedTuple):
    """The customer of a row, and what adds one that is new; or why the row is nobody."""

    row: ListRow
    customer: str
    writes: tuple[Write, ...] = ()
    refusal: Refusal | None = None


def parties_of(
    store: Store, signer: Signer, rows: Sequence[ListRow], *, list_id: str, actor: Actor, now: datetime
) -> list[Party]:
    """The customer of each row. Two calls per 100 rows; rows with a phone or address that nobody has add somebody.

    Contacts that belong to different customers, or to another than the number names, join nobody.
    """
    wanted = list(dict.fromkeys(identifier for row in rows for identifier in _identifiers(row)))
    loaded = load_lookups(store, signer, wanted) if wanted else []
    lookups = dict(zip(wanted, loaded, strict=True))
    named = [customer_key(row.customer) for row in rows if row.customer]
    known = {customer.id for customer in map(customer_from_item, store.get_many(named).values())} if named else set()
    found = []
    for row in rows:
        own = [lookups[identifier] for identifier in _identifiers(row)]
        if row.customer:
            found.append(_numbered(row, own, known))
        else:
            found.append(_reached(row, own, signer, list_id=list_id, actor=actor, now=now))
    return found


def _identifiers(row: ListRow) -> list[Identifier]:
    phone = [Identifier("phone", row.phone)] if row.phone else []
    return [*phone, Identifier("email", row.email)] if row.email else phone


def _numbered(row: ListRow, own: Sequence[Lookup], known: set[str]) -> Party:
    if row.customer not in known:
        return Party(row, "", refusal="unknown_customer")
    if any(lookup.holders and lookup.held_by(row.customer) is None for lookup in own):
        return Party(row, "", refusal="contradicts")
    return Party(row, row.customer)


def _reached(
    row: ListRow, own: Sequence[Lookup], signer: Signer, *, list_id: str, actor: Actor, now: datetime
) -> Party:
    # Names are not compared: lists spell them in many ways.
    match = match_holders(own, "")
    if match.customer:
        return Party(row, match.customer)
    held = {holder.customer for lookup in own for holder in lookup.holders if holder.standing != "claimed"}
    if held:
        return Party(row, "", refusal="contradicts")
    identifiers = _identifiers(row)
    masked = masked_phone(row.phone) if row.phone else masked_email(row.email)
    customer = Customer(
        id=derived_id("called", list_id, str(row.line)),
        version=1,
        name=row.name or masked,
        provisional=True,
        may_be=match.hints,
    ).with_contacts(identifiers, "first", now=now)
    data = {"level": customer.level, "provisional": True, "may_be": [hint.customer for hint in customer.may_be]}
    event = ChainEnd(f"customer#{customer.id}").next_event(CustomerAdded, now=now, actor=actor, data=data)
    writes = (customer_write(customer), *lookup_changes(signer, own, None, customer), event_write(event))
    return Party(row, customer.id, writes)
