"""The people and customers of cases: found here where they are known, and added where they are not.

Unknown people become former colleagues. A customer is found by phone or address; where these lead to two customers the
case gets one of its own, since identifiers that contradict each other never join people.
"""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, cast

from tingjian.intake.customers.contact_points import Standing
from tingjian.intake.customers.events import CustomerAdded
from tingjian.intake.customers.holders import Lookup, match_holders
from tingjian.intake.customers.models import Customer, CustomerLevel, Identifier
from tingjian.intake.customers.storage import customer_write, fresh_lookups, load_lookups, lookup_changes
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

    @property
    def identifiers(self) -> list[Identifier]:
        return [Identifier("phone", phone) for phone in self.phones] + [
            Identifier("email", email) for email in self.emails
        ]


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
        wanted = list(dict.fromkeys(identifier for found in reachable for identifier in found.identifiers))
        loaded = load_lookups(self.store, resources.signer(), wanted) if wanted else []
        lookups = dict(zip(wanted, loaded, strict=True))
        answers: list[tuple[str, Party | None]] = []
        for contacts, found in zip(cases, reachable, strict=True):
            own: list[Lookup] = [lookups[identifier] for identifier in found.identifiers]
            # Names are not compared: a log spells them in many ways.
            match = match_holders(own, "")
            if match.customer:
                answers.append((match.customer, None))
            else:
                unknown = not any(lookup.holders for lookup in own)
                party = self._customer(contacts, found if unknown else Reachable((), (), 0))
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
            address=contacts.address or None,
            level=cast("CustomerLevel", contacts.level or "normal"),
            language=cast("Language", contacts.language or "zh-CN"),
            provisional=self.mapping.form != "customers",
        )
        standing: Standing = "first" if customer.provisional else "verified"
        customer = customer.with_contacts(found.identifiers, standing, now=None)
        writes = [customer_write(customer)]
        if customer.contacts:
            signer = resources.signer()
            writes += lookup_changes(signer, fresh_lookups(signer, customer), None, customer)
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
