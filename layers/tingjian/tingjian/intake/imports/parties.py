"""The people and customers of cases: found here where they are known, and added where they are not.

Unknown people become former colleagues. A customer is found by phone or address; where these lead to two customers the
case gets one of its own, since identifiers that contradict each other never join people.
"""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, cast

from tingjian.intake.customers.events import CustomerAdded
from tingjian.intake.customers.models import Customer, CustomerLevel
from tingjian.intake.customers.storage import customer_keys, customer_write, lookup_key, lookup_write
from tingjian.intake.imports.cases import Case
from tingjian.intake.imports.known import Known
from tingjian.intake.imports.mappings import LogMapping
from tingjian.intake.imports.origins import customer_id, person_id, staff_id
from tingjian.intake.imports.rows import Contacts
from tingjian.people.staff.events import StaffAdded
from tingjian.people.staff.models import Staff
from tingjian.people.staff.storage import STAFF, staff_write
from tingjian.platform import resources
from tingjian.platform.chains import ChainEnd, chain_end
from tingjian.platform.contacts import normalised_email, normalised_phone
from tingjian.platform.errors import InvalidInputError
from tingjian.platform.events import Actor, event_write, last_event
from tingjian.platform.facts import Fact
from tingjian.platform.items import Key
from tingjian.platform.places import customer_key
from tingjian.platform.store import ConditionFailedError, Store, Write
from tingjian.platform.texts import Language

IMPORT = Actor(kind="import")
ATTEMPTS = 4


class Party(NamedTuple):
    """Somebody to be added: where, and the writes without the event that tells it."""

    key: Key
    entity: str
    fact: type[Fact]
    data: Mapping[str, Any]
    writes: Sequence[Write]


class Reachable(NamedTuple):
    """Phones and addresses of a customer in their one form; how many could not be read."""

    phones: tuple[str, ...]
    emails: tuple[str, ...]
    unreadable: int


@dataclass(slots=True)
class Parties:
    """Adds the parties of an import's cases. `made` are those that it adds, told before it does."""

    store: Store
    mapping: LogMapping
    known: Known
    at: datetime
    pool: Executor
    seen: set[Key] = field(default_factory=set)

    def absent(self, cases: Sequence[Case]) -> list[Party]:
        """The people of these cases, and their customers without a contact, that are not stored yet."""
        people = {name for case in cases for name in case.people}
        wanted = [self._person(name) for name in sorted(people) if self._is_former(name)]
        wanted += [self._customer(contacts, Reachable((), (), 0)) for contacts in self._nameless(cases)]
        parties = {party.key: party for party in wanted if party.key not in self.seen}
        self.seen |= set(self.store.get_many(list(parties)))
        return [party for key, party in parties.items() if key not in self.seen]

    def add(self, parties: Iterable[Party]) -> None:
        """Add them; one that somebody else has added meanwhile stays as it is."""
        added = list(parties)
        list(self.pool.map(self._add, added))
        self.seen |= {party.key for party in added}

    def customers(self, cases: Sequence[Contacts]) -> list[tuple[str, Party | None]]:
        """The customer of each of these contacts, and how to add one that is new. One call."""
        reachable = [self._reachable(contacts) for contacts in cases]
        keys = [self._keys(found) for found in reachable]
        owners = self.store.get_many([key for found in keys for key in found])
        answers: list[tuple[str, Party | None]] = []
        for contacts, found, own_keys in zip(cases, reachable, keys, strict=True):
            ids = {owners[key]["customer"] for key in own_keys if key in owners}
            if len(ids) == 1:
                answers.append((str(ids.pop()), None))
            else:
                party = self._customer(contacts, found if not ids else Reachable((), (), 0))
                answers.append((party.key.pk.removeprefix("customer#"), party))
        return answers

    def _nameless(self, cases: Sequence[Case]) -> list[Contacts]:
        return [case.told.contacts for case in cases if not (case.told.contacts.phones or case.told.contacts.emails)]

    def _is_former(self, name: str) -> bool:
        return person_id(self.mapping, self.known, name) == staff_id(self.mapping.source, name)

    def _person(self, name: str) -> Party:
        """A former colleague: kept for the past's sake, without a log-in and inactive."""
        person = Staff(id=staff_id(self.mapping.source, name), version=1, name=name, roles=("agent",), active=False)
        data = {"roles": person.roles, "teams": person.teams, "active": False}
        return Party(Key(STAFF, person.id), f"staff#{person.id}", StaffAdded, data, [staff_write(person)])

    def _customer(self, contacts: Contacts, found: Reachable) -> Party:
        named = contacts.name or next((cell for cell in (*contacts.phones, *contacts.emails) if not cell), "")
        anchor = next((text for text in (contacts.id, *contacts.phones, *contacts.emails, contacts.name) if text), "")
        identifier = customer_id(self.mapping.source, anchor)
        customer = Customer(
            id=identifier,
            version=1,
            name=named or self.mapping.source,
            phones=found.phones,
            emails=found.emails,
            address=contacts.address or None,
            level=cast("CustomerLevel", contacts.level or "normal"),
            language=cast("Language", contacts.language or "zh-CN"),
            provisional=self.mapping.form != "customers",
        )
        writes = [customer_write(customer)]
        if found.phones or found.emails:
            writes += [lookup_write(key, customer) for key in customer_keys(resources.signer(), customer)]
        data = {"level": customer.level, "provisional": customer.provisional}
        return Party(customer_key(identifier), f"customer#{identifier}", CustomerAdded, data, writes)

    def _reachable(self, contacts: Contacts) -> Reachable:
        region = self.mapping.customer.region if self.mapping.customer else "CN"
        phones, emails, unreadable = [], [], 0
        for phone in contacts.phones:
            try:
                phones.append(normalised_phone(phone, field="phone", region=region))
            except InvalidInputError:
                unreadable += 1
        for email in contacts.emails:
            try:
                emails.append(normalised_email(email, field="email"))
            except InvalidInputError:
                unreadable += 1
        return Reachable(tuple(dict.fromkeys(phones)), tuple(dict.fromkeys(emails)), unreadable)

    def _keys(self, found: Reachable) -> list[Key]:
        pairs = [("phone", phone) for phone in found.phones] + [("email", email) for email in found.emails]
        return [lookup_key(resources.signer(), kind, value) for kind, value in pairs]

    def _add(self, party: Party) -> None:
        """Add somebody; one who was here before and left goes on with the chain that is there."""
        end = ChainEnd(party.entity)
        for _ in range(ATTEMPTS):
            event = end.past_event(party.fact, now=self.at, at=self.at, actor=IMPORT, data=party.data)
            try:
                self.store.transact([*party.writes, event_write(event, name="event")])
            except ConditionFailedError as error:
                if set(error.failed) != {"event"}:
                    return  # Somebody else added it, or took the phone, after this one had looked.
                before = last_event(self.store, party.entity)
                end = chain_end(before) if before else end
            else:
                return
