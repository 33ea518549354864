"""Writing cases: each with its ticket, its events and what is known of it in one transaction, exactly once in effect.

Nothing is taken for granted about who writes: the same import may run twice, at the same time, and may be killed
between any two calls. The case's item says how much of it is written; a transaction that finds it otherwise changes
nothing, and the case is looked at again. The batch that a case belongs to is stored before it, so that an undo finds
whatever was written; the undo deletes the batch, and no case of it can be written after that.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from tingjian.intake.imports.cases import Case, LogRow, Reject, Step, read_case
from tingjian.intake.imports.known import Known
from tingjian.intake.imports.messages import step_messages, took_messages
from tingjian.intake.imports.models import Batch, Import, StoredCase, Tally
from tingjian.intake.imports.origins import first_ticket
from tingjian.intake.imports.parties import IMPORT, Parties
from tingjian.intake.imports.replay import PastFact, case_tally, replay
from tingjian.intake.imports.runs import fact_runs
from tingjian.intake.imports.storage import batch_check, case_from_item, case_key, case_write, put_batch, snapshot_write
from tingjian.intake.imports.takeovers import Takeover, taken_over
from tingjian.intake.tickets.models import Ticket, event_context
from tingjian.intake.tickets.storage import ticket_from_item, ticket_write
from tingjian.platform.chains import ChainEnd, chain_end
from tingjian.platform.events import Event, event_write, load_events
from tingjian.platform.ids import number_from
from tingjian.platform.places import ticket_entity, ticket_key
from tingjian.platform.store import ConditionFailedError, Store, Write
from tingjian.sla.policies.plans import working_seconds

ATTEMPTS = 8
TICKET, BATCH, EVENT = "ticket", "batch", "event"
"""What these are called among the members of a transaction."""


class CaseOutcome(NamedTuple):
    """What came of a case, or of several."""

    tally: Tally
    rejects: list[Reject]


class BatchGoneError(Exception):
    """The import is being undone: nothing of it may be written any more."""


class _RefusedCaseError(Exception):
    """What the file says of a case cannot follow what is there; the steps from `kept` on are refused."""

    def __init__(self, reason: str, kept: int, detail: str) -> None:
        super().__init__(reason)
        self.reason, self.kept, self.detail = reason, kept, detail


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
            except _RefusedCaseError as refused:
                return _refusal(case, refused)
            except ConditionFailedError as error:
                if BATCH in error.failed:
                    raise BatchGoneError from error
                item = self.store.get(case_key(self.record.mapping.source, case.id))
                before, stored = stored, case_from_item(item) if item else None
                if stored is None and {TICKET, EVENT} & set(error.failed):
                    taken += 1  # Another ticket has the number, or had it: draw the next one.
                elif stored == before and stored is not None:
                    # The case is as the import left it, so staff have changed the ticket since.
                    return _refusal(case, _RefusedCaseError("changed_here", stored.steps, stored.ticket))
                continue
            present = max(case.rows - written, 0)
            return CaseOutcome(case_tally(case, facts) + Tally(written=case.rows - present, present=present), [])
        message = "a case could not be written after several tries"
        raise RuntimeError(message)

    def _append(self, case: Case, facts: list[PastFact], stored: StoredCase | None, batch: Batch) -> int:
        """Write what is missing; how many of the case's rows this import has written in all."""
        mapping = self.record.mapping
        if stored:
            self._check(case, stored)
        mine = stored.imports.get(self.record.id, 0) if stored else 0
        done = stored.facts_written if stored else 0
        snapshot = self._snapshot(stored) if stored and done < len(facts) else []
        takeover = taken_over(self.store, mapping, facts, self.known, now=self._started_at)
        for run in fact_runs(case, facts[done:]):
            done += len(run)
            events, ticket = self._events(case, run, stored, takeover, last=done == len(facts))
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
            return _refusal(case, _RefusedCaseError("changed_here", 0, stored.ticket))
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

    def _events(
        self,
        case: Case,
        facts: Sequence[PastFact],
        stored: StoredCase | None,
        takeover: Takeover | None,
        *,
        last: bool,
    ) -> tuple[list[Event], Ticket]:
        """The events of some facts; after the last one, that the ticket lives on if it does."""
        end = ChainEnd(
            ticket_entity(facts[0].change.ticket.id), stored.version if stored else 0, stored.hash if stored else ""
        )
        events = []
        for fact in facts:
            promises = takeover.promises if takeover and fact.steps == 0 else {}
            event = end.past_event(
                fact.change.event,
                now=self._started_at,
                at=fact.at,
                actor=fact.actor,
                data=event_context(fact.change.ticket) | dict(fact.change.data) | promises,
                request=self._mark(case.steps[max(fact.steps, 1) - 1]),
            )
            events.append(event)
            end = chain_end(event)
        ticket = facts[-1].change.ticket
        if takeover and last:
            ticket = takeover.ticket
            data = event_context(ticket) | takeover.promises
            events.append(end.next_event(takeover.fact, now=self._started_at, actor=IMPORT, data=data))
            end = chain_end(events[-1])
        return events, ticket.model_copy(update={"version": end.version, "hash": end.hash})

    def _check(self, case: Case, stored: StoredCase) -> None:
        """Raise _RefusedCaseError unless the stored events are the beginning of the file's, or the reverse."""
        if stored.steps <= len(case.steps):
            agrees = case.steps[stored.steps - 1].digest == stored.digest
        else:
            known = {_step_digest(event) for event in self._history(stored)}
            agrees = case.steps[-1].digest in known
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

    @property
    def _started_at(self) -> datetime:
        return self.record.started_at or self.record.created_at


def _step_digest(event: Event) -> str:
    return (event.request or "").rpartition(":")[2]


def _refusal(case: Case, refused: _RefusedCaseError) -> CaseOutcome:
    """The rows of the steps from `kept` on, each once."""
    lines = sorted({step.line for step in case.steps[refused.kept :]})
    rejects = [Reject(line, case.id, refused.reason, refused.detail) for line in lines]
    kept = max(case.rows - len(lines), 0)
    return CaseOutcome(Tally(cases=1, events=kept, present=kept, rejected=len(rejects)), rejects)
