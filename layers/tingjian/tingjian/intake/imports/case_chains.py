"""The chain of events of an imported case: the events to be, and whether those that are stored agree with the file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tingjian.intake.imports.case_outcomes import RefusedCaseError
from tingjian.intake.imports.cases import Case, Step
from tingjian.intake.imports.models import StoredCase
from tingjian.intake.imports.parties import IMPORT
from tingjian.intake.imports.replay import PastFact
from tingjian.intake.imports.takeovers import Takeover
from tingjian.intake.tickets.events import TicketOpened
from tingjian.intake.tickets.models import Ticket, event_context
from tingjian.platform.chains import ChainEnd, chain_end
from tingjian.platform.events import Event, load_events
from tingjian.platform.places import ticket_entity
from tingjian.platform.store import Store


@dataclass(frozen=True, slots=True)
class CaseChain:
    """What one import, begun at `started_at`, adds to the chains of its cases."""

    store: Store
    import_id: str
    started_at: datetime

    def events(
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
            promises = takeover.promises if takeover and fact.change.event is TicketOpened else {}
            event = end.past_event(
                fact.change.event,
                now=self.started_at,
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
            events.append(end.next_event(takeover.fact, now=self.started_at, actor=IMPORT, data=data))
            end = chain_end(events[-1])
        return events, ticket.model_copy(update={"version": end.version, "hash": end.hash})

    def check(self, case: Case, stored: StoredCase) -> None:
        """Raise RefusedCaseError unless the stored events are the beginning of the file's, or the reverse."""
        if stored.steps <= len(case.steps):
            agrees = case.steps[stored.steps - 1].digest == stored.digest
        else:
            known = {_step_digest(event) for event in self._history(stored)}
            agrees = case.steps[-1].digest in known
        if not agrees:
            known = {_step_digest(event) for event in self._history(stored)}
            kept = next((place for place, step in enumerate(case.steps) if step.digest not in known), 0)
            raise RefusedCaseError("contradicts", kept, stored.ticket)

    def _history(self, stored: StoredCase) -> Iterator[Event]:
        after = 0
        while page := load_events(self.store, ticket_entity(stored.ticket), after=after):
            yield from page
            after = page[-1].version

    def _mark(self, step: Step) -> str:
        return f"{self.import_id}:{step.digest}"


def _step_digest(event: Event) -> str:
    return (event.request or "").rpartition(":")[2]
