"""Writing cases: each with its ticket, its events and what is known of it in one transaction, exactly once in effect.

Nothing is taken for granted about who writes: the same import may run twice, at the same time, and may be killed
between any two calls. The case's item says how much of it is written; a transaction that finds it otherwise changes
nothing, and the case is looked at again. The batch that a case belongs to is stored before it, so that an undo finds
whatever was written; the undo deletes the batch, and no case of it can be written after that.
"""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from tingjian.intake.imports.case_chains import CaseChain
from tingjian.intake.imports.case_outcomes import BatchGoneError, CaseOutcome, RefusedCaseError, refusal
from tingjian.intake.imports.cases import Case, LogRow, read_case
from tingjian.intake.imports.known import Known
from tingjian.intake.imports.messages import step_messages, took_messages
from tingjian.intake.imports.models import Batch, Import, StoredCase, Tally
from tingjian.intake.imports.origins import first_ticket
from tingjian.intake.imports.parties import Parties
from tingjian.intake.imports.replay import PastFact, replay
from tingjian.intake.imports.runs import fact_runs
from tingjian.intake.imports.storage import batch_check, case_from_item, case_key, case_write, put_batch, snapshot_write
from tingjian.intake.imports.takeovers import taken_over
from tingjian.intake.imports.tallies import case_tally
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.storage import ticket_from_item, ticket_write
from tingjian.platform.events import event_write
from tingjian.platform.ids import number_from
from tingjian.platform.places import ticket_key
from tingjian.platform.store import ConditionFailedError, Store, Write
from tingjian.sla.policies.plans import working_seconds

ATTEMPTS = 8
TICKET, BATCH, EVENT = "ticket", "batch", "event"
"""What these are called among the members of a transaction."""


class _Told(NamedTuple):
    """A case with its customer, and what is stored of it."""

    case: Case
    customer: str
    stored: StoredCase | None


@dataclass(slots=True)
class CaseWriter:
    """Writes cases of one import, or only finds out what it would write (`dry`)."""

    store: Store
    record: Import
    known: Known
    pool: Executor
    part: int
    dry: bool = False
    parties: Parties = field(init=False)

    def __post_init__(self) -> None:
        self.parties = Parties(self.store, self.record.mapping, self.known, self._started_at, self.pool)

    def write(self, cases: Sequence[tuple[str, Sequence[LogRow]]], *, place: int) -> CaseOutcome:
        """Write some cases, given by id and rows; `place` is that of the first. A few calls read first what is stored.

        Raises BatchGoneError when the import is being undone.
        """
        told: list[Case] = []
        tally, rejects = Tally(), []
        for _, rows in cases:
            case, refused = read_case(self.record.mapping, rows, self.known, now=self._started_at)
            rejects += refused
            tally += Tally(rejected=len(refused))
            told += [case] if case else []
        source = self.record.mapping.source
        stored = self.store.get_many([case_key(source, case.id) for case in told])
        items = [stored.get(case_key(source, case.id)) for case in told]
        befores = [case_from_item(item) if item else None for item in items]
        if self.dry:
            for case, before in zip(told, befores, strict=True):
                tally += self._foreseen(case, before)
            return CaseOutcome(tally, rejects)
        batch = Batch(part=self.part, place=place, cases=tuple(case.id for case in told))
        customers = self._parties(told, batch)
        for outcome in self.pool.map(lambda one: self._write_case(one, batch), map(_Told, told, customers, befores)):
            tally += outcome.tally
            rejects += outcome.rejects
        return CaseOutcome(tally, rejects)

    def _foreseen(self, case: Case, stored: StoredCase | None) -> Tally:
        facts = replay(case, self.record.mapping, self._start(case, "1", ""), self._working, known=self.known)
        present = min(stored.steps, case.rows) if stored else 0
        return case_tally(case, facts) + Tally(present=present, written=case.rows - present)

    def _parties(self, cases: Sequence[Case], batch: Batch) -> list[str]:
        """The customers of these cases; whoever is missing is added, after the batch has said so."""
        found = self.parties.customers([case.told.contacts for case in cases])
        people = self.parties.absent(cases)
        made = {party.key: party for _, party in found if party and party.key not in self.parties.seen}
        made |= {party.key: party for party in people}
        present = set(self.store.get_many(list(made)))
        self.parties.seen |= present
        absent = [party for key, party in made.items() if key not in present]
        put_batch(
            self.store,
            self.record.id,
            batch.model_copy(update={"parties": tuple((party.key.pk, party.key.sk) for party in absent)}),
        )
        self.parties.add(absent)
        return [identifier for identifier, _ in self.parties.customers([case.told.contacts for case in cases])]

    def _start(self, case: Case, number: str, customer: str) -> Ticket:
        kind = self.known.kinds.get(case.told.type)
        team = kind.team if kind else ""
        return first_ticket(case, self.record.mapping, number=number, team=team, customer=customer, known=self.known)

    def _write_case(self, one: _Told, batch: Batch) -> CaseOutcome:
        case, customer, stored = one
        if stored and self.record.mapping.form == "messages" and took_messages(stored, case):
            return self._add_messages(case, stored, batch)
        taken = 0
        for _ in range(ATTEMPTS):
            number = stored.ticket if stored else self._number(case, taken)
            start = self._start(case, number, customer)
            facts = replay(case, self.record.mapping, start, self._working, known=self.known)
            try:
                written = self._append(case, facts, stored, batch)
            except RefusedCaseError as refused:
                return refusal(case, refused)
            except ConditionFailedError as error:
                if BATCH in error.failed:
                    raise BatchGoneError from error
                item = self.store.get(case_key(self.record.mapping.source, case.id))
                before, stored = stored, case_from_item(item) if item else None
                if stored is None and {TICKET, EVENT} & set(error.failed):
                    taken += 1  # Another ticket has the number, or had it: draw the next one.
                elif stored == before and stored is not None:
                    # The case is as the import left it, so staff have changed the ticket since.
                    return refusal(case, RefusedCaseError("changed_here", stored.steps, stored.ticket))
                continue
            present = max(case.rows - written, 0)
            return CaseOutcome(case_tally(case, facts) + Tally(written=case.rows - present, present=present), [])
        message = "a case could not be written after several tries"
        raise RuntimeError(message)

    def _append(self, case: Case, facts: list[PastFact], stored: StoredCase | None, batch: Batch) -> int:
        """Write what is missing; how many of the case's rows this import has written in all."""
        mapping = self.record.mapping
        chain = CaseChain(self.store, self.record.id, self._started_at)
        if stored:
            chain.check(case, stored)
        mine = stored.imports.get(self.record.id, 0) if stored else 0
        done = stored.facts_written if stored else 0
        snapshot = self._snapshot(stored) if stored and done < len(facts) else []
        takeover = taken_over(self.store, mapping, facts, self.known, now=self._started_at)
        for run in fact_runs(case, facts[done:]):
            done += len(run)
            events, ticket = chain.events(case, run, stored, takeover, last=done == len(facts))
            since, steps = stored.steps if stored else 0, run[-1].steps
            mine += steps - since
            before = stored.version if stored else 0
            after = StoredCase(
                source=mapping.source,
                case=case.id,
                ticket=ticket.id,
                version=ticket.version,
                hash=ticket.hash,
                steps=steps,
                facts=done,
                digest=case.steps[steps - 1].digest,
                imports=(stored.imports if stored else {}) | {self.record.id: mine},
                last_import=self.record.id,
                told_by=mapping.form,
            )
            members = [
                Write("desk", ticket_write(ticket).item, expect=before, name=TICKET),
                case_write(after, before=before),
                batch_check(self.record.id, batch, name=BATCH),
                *(event_write(event, name=EVENT if event.version == 1 else "") for event in events),
                *step_messages(case, ticket, self.known, self.record, steps=(since, steps)),
                *snapshot,
            ]
            self.store.transact(members)
            stored, snapshot = after, []
        return case.rows if mine >= len(case.steps) else min(mine, case.rows)

    def _add_messages(self, case: Case, stored: StoredCase, batch: Batch) -> CaseOutcome:
        """Put the messages beside the events of a ticket that another file has told already."""
        item = self.store.get(ticket_key(stored.ticket))
        if item is None:
            return refusal(case, RefusedCaseError("changed_here", 0, stored.ticket))
        ticket = ticket_from_item(item)
        written = 0
        for place in range(len(case.steps)):
            members = step_messages(case, ticket, self.known, self.record, steps=(place, place + 1))
            try:
                self.store.transact([*members, batch_check(self.record.id, batch, name=BATCH)])
                written += 1
            except ConditionFailedError as error:
                if BATCH in error.failed:
                    raise BatchGoneError from error
        return CaseOutcome(Tally(cases=1, events=case.rows, written=written, present=case.rows - written), [])

    def _snapshot(self, stored: StoredCase) -> list[Write]:
        """What the case and its ticket were before this import added to them, for its undo."""
        if stored.imports.get(self.record.id):
            return []
        item = self.store.get(ticket_key(stored.ticket))
        return [snapshot_write(self.record.id, stored, item)] if item else []

    def _number(self, case: Case, taken: int) -> str:
        return number_from(f"import/{self.record.mapping.source}/{case.id}/{taken}")

    def _working(self, start: datetime, end: datetime) -> int:
        return working_seconds(self.store, start, end)

    @property
    def _started_at(self) -> datetime:
        return self.record.started_at or self.record.created_at
