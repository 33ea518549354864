"""Writing cases: each with its ticket, its events and what is known of it in one transaction, exactly once in effect.

Nothing is taken for granted about who writes: the same import may run twice, at the same time, and may be killed
between any two calls. The case's item says how much of it is written; a transaction that finds it otherwise changes
nothing, and the case is looked at again.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from tingjian.intake.customers.events import CustomerAdded
from tingjian.intake.customers.models import Customer
from tingjian.intake.customers.storage import customer_write
from tingjian.intake.imports.cases import Case, LogRow, Reject, Step, read_case
from tingjian.intake.imports.mappings import CUSTOMER_FIELD
from tingjian.intake.imports.models import Import, StoredCase, Tally
from tingjian.intake.imports.replay import (
    PastFact,
    case_tally,
    customer_id,
    fact_batches,
    first_ticket,
    replay,
    staff_id,
)
from tingjian.intake.imports.storage import case_from_item, case_key, case_write
from tingjian.intake.tickets.models import Ticket, event_context
from tingjian.intake.tickets.storage import ticket_write
from tingjian.people.staff.events import StaffAdded
from tingjian.people.staff.models import Staff
from tingjian.people.staff.storage import STAFF, staff_write
from tingjian.platform.chains import ChainEnd, chain_end
from tingjian.platform.events import Actor, Event, event_write, load_event, load_events
from tingjian.platform.facts import Fact
from tingjian.platform.ids import number_from
from tingjian.platform.items import Key
from tingjian.platform.places import customer_key, ticket_entity
from tingjian.platform.store import ConditionFailedError, Store, Write
from tingjian.sla.policies.plans import working_seconds

ATTEMPTS = 8
TICKET = "ticket"
"""What the ticket is called among the members of a transaction."""
IMPORT = Actor(kind="import")


class CaseOutcome(NamedTuple):
    """What came of a case, or of several."""

    tally: Tally
    rejects: list[Reject]


class _RefusedCaseError(Exception):
    """What the file says of a case cannot follow what is there; the steps from `kept` on are refused."""

    def __init__(self, reason: str, kept: int, detail: str) -> None:
        super().__init__(reason)
        self.reason, self.kept, self.detail = reason, kept, detail


@dataclass(slots=True)
class CaseWriter:
    """Writes cases of one import. `team` is the one that the tickets' type goes to."""

    store: Store
    record: Import
    team: str
    pool: Executor
    known: set[Key] = field(default_factory=set)

    def write(self, cases: Sequence[tuple[str, Sequence[LogRow]]]) -> CaseOutcome:
        """Write some cases, given by id and rows. A few calls read first what is stored of them."""
        tally, rejects = Tally(), []
        told: list[Case] = []
        for _, rows in cases:
            case, refused = read_case(self.record.mapping, rows)
            rejects += refused
            tally += Tally(rejected=len(refused))
            told += [case] if case else []
        self._make_parties(told)
        source = self.record.mapping.source
        stored = self.store.get_many([case_key(source, case.id) for case in told])
        items = [stored.get(case_key(source, case.id)) for case in told]
        for outcome in self.pool.map(
            self._write_case, told, [case_from_item(item) if item else None for item in items]
        ):
            tally += outcome.tally
            rejects += outcome.rejects
        return CaseOutcome(tally, rejects)

    def _write_case(self, case: Case, stored: StoredCase | None) -> CaseOutcome:
        taken = 0
        for _ in range(ATTEMPTS):
            number = stored.ticket if stored else self._number(case, taken)
            start = first_ticket(case, self.record.mapping, number=number, team=self.team)
            facts = replay(case, self.record.mapping, start, self._working)
            try:
                written = self._append(case, facts, stored)
            except _RefusedCaseError as refused:
                return _refusal(case, refused)
            except ConditionFailedError as error:
                item = self.store.get(case_key(self.record.mapping.source, case.id))
                before, stored = stored, case_from_item(item) if item else None
                if stored is None and TICKET in error.failed:
                    taken += 1  # Another ticket has the number: draw the next one.
                elif stored == before and stored is not None:
                    # The case is as the import left it, so staff have changed the ticket since.
                    return _refusal(case, _RefusedCaseError("changed_here", stored.steps, stored.ticket))
                continue
            return CaseOutcome(case_tally(case, facts) + Tally(written=written, present=len(case.steps) - written), [])
        message = "a case could not be written after several tries"
        raise RuntimeError(message)

    def _append(self, case: Case, facts: list[PastFact], stored: StoredCase | None) -> int:
        """Write what is missing; how many of the case's steps this import has written in all."""
        if stored:
            self._check(case, facts, stored)
        mine = stored.imports.get(self.record.id, 0) if stored else 0
        for batch in fact_batches(facts[stored.version if stored else 0 :]):
            events, ticket = self._events(case, batch, stored)
            steps = batch[-1].steps
            mine += steps - (stored.steps if stored else 0)
            after = StoredCase(
                source=self.record.mapping.source,
                case=case.id,
                ticket=ticket.id,
                version=ticket.version,
                hash=ticket.hash,
                steps=steps,
                digest=case.steps[steps - 1].digest,
                imports=(stored.imports if stored else {}) | {self.record.id: mine},
            )
            before = stored.version if stored else 0
            ticket_member = Write("desk", ticket_write(ticket).item, expect=before, name=TICKET)
            self.store.transact([ticket_member, case_write(after, before=before), *map(event_write, events)])
            stored = after
        return min(mine, len(case.steps))

    def _events(self, case: Case, facts: Sequence[PastFact], stored: StoredCase | None) -> tuple[list[Event], Ticket]:
        number = facts[0].change.ticket.id
        end = ChainEnd(ticket_entity(number), stored.version if stored else 0, stored.hash if stored else "")
        events = []
        for fact in facts:
            event = end.past_event(
                fact.change.event,
                now=self._started_at,
                at=fact.at,
                actor=fact.actor,
                data=event_context(fact.change.ticket) | dict(fact.change.data),
                request=self._mark(case.steps[max(fact.steps, 1) - 1]),
            )
            events.append(event)
            end = chain_end(event)
        return events, facts[-1].change.ticket.model_copy(update={"version": end.version, "hash": end.hash})

    def _check(self, case: Case, facts: list[PastFact], stored: StoredCase) -> None:
        """Raise _RefusedCaseError unless the stored events are the beginning of the file's, or the reverse."""
        if stored.steps <= len(case.steps):
            agrees = case.steps[stored.steps - 1].digest == stored.digest
        else:
            event = load_event(self.store, ticket_entity(stored.ticket), len(facts))
            agrees = event is not None and _step_digest(event) == case.steps[-1].digest
        if not agrees:
            known = {_step_digest(event) for event in self._history(stored)}
            kept = next((place for place, step in enumerate(case.steps) if step.digest not in known), 0)
            raise _RefusedCaseError("contradicts", kept, stored.ticket)

    def _history(self, stored: StoredCase) -> Iterator[Event]:
        after = 0
        while page := load_events(self.store, ticket_entity(stored.ticket), after=after):
            yield from page
            after = page[-1].version

    def _mark(self, step: Step) -> str:
        return f"{self.record.id}:{step.digest}"

    def _number(self, case: Case, taken: int) -> str:
        return number_from(f"import/{self.record.mapping.source}/{case.id}/{taken}")

    def _working(self, start: datetime, end: datetime) -> int:
        return working_seconds(self.store, start, end)

    def _make_parties(self, cases: Sequence[Case]) -> None:
        """Add the people and customers of these cases that are not stored yet."""
        source = self.record.mapping.source
        people = {Key(STAFF, staff_id(source, name)): name for case in cases for name in case.people}
        names = {case.fields.get(CUSTOMER_FIELD, "") for case in cases}
        customers = {customer_key(customer_id(source, name)): name for name in names}
        missing = sorted((set(people) | set(customers)) - self.known, key=str)
        self.known |= set(self.store.get_many(missing))
        absent = [key for key in missing if key not in self.known]
        made = [
            self._person(key.sk, people[key]) if key in people else self._customer(key.pk, customers[key] or source)
            for key in absent
        ]
        list(self.pool.map(self._make, made))
        self.known |= set(absent)

    def _person(self, person_id: str, name: str) -> list[Write]:
        """A former colleague: kept for the past's sake, without a log-in and inactive."""
        person = Staff(id=person_id, version=1, name=" ".join(name.split()), roles=("agent",), active=False)
        data = {"roles": person.roles, "teams": person.teams, "active": False}
        return [staff_write(person), event_write(self._first(f"staff#{person_id}", StaffAdded, data))]

    def _customer(self, entity: str, name: str) -> list[Write]:
        customer = Customer(
            id=entity.removeprefix("customer#"), version=1, name=" ".join(name.split()), provisional=True
        )
        data = {"level": customer.level, "provisional": True}
        return [customer_write(customer), event_write(self._first(entity, CustomerAdded, data))]

    def _first(self, entity: str, fact: type[Fact], data: Mapping[str, object]) -> Event:
        started_at = self._started_at
        return ChainEnd(entity).past_event(fact, now=started_at, at=started_at, actor=IMPORT, data=data)

    @property
    def _started_at(self) -> datetime:
        return self.record.started_at or self.record.created_at

    def _make(self, writes: Sequence[Write]) -> None:
        try:
            self.store.transact(writes)
        except ConditionFailedError:
            return  # Another worker added it after this one had looked.


def _step_digest(event: Event) -> str:
    return (event.request or "").rpartition(":")[2]


def _refusal(case: Case, refused: _RefusedCaseError) -> CaseOutcome:
    rejects = [Reject(step.line, case.id, refused.reason, refused.detail) for step in case.steps[refused.kept :]]
    figures = Tally(cases=1, events=refused.kept, present=refused.kept, rejected=len(rejects))
    return CaseOutcome(figures, rejects)
