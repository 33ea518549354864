"""What the steps of a case make of its ticket: the events it would have had, had it lived here. Pure.

A log is no set of commands: people resolve twice, take in charge what is resolved, go on after the close.
docs/import.md has the table; what changes nothing is kept as `TicketNoted`, so that every row is one event at least.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from tingjian.intake.imports.cases import Case, Step
from tingjian.intake.imports.events import TicketNoted, TicketRated
from tingjian.intake.imports.known import Known
from tingjian.intake.imports.mappings import LogMapping
from tingjian.intake.imports.origins import event_fields, person_id
from tingjian.intake.tickets.events import (
    TicketAnswered,
    TicketAssigned,
    TicketClosed,
    TicketEdited,
    TicketOpened,
    TicketReopened,
    TicketResolved,
    TicketResumed,
    TicketWaiting,
)
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.moves import Change
from tingjian.platform.events import Actor

WorkingSeconds = Callable[[datetime, datetime], int]
"""Open seconds of the centre between two instants."""
GOES_ON = frozenset({"take_in_charge", "assign", "answer", "wait", "resume", "resolve", "reopen"})
"""The actions that take a closed ticket up again."""
BEGINS = frozenset({"open", "message"})
SILENT = frozenset({"note", "set_priority"})
"""What a case may begin with where the mapping names no activity that opens one."""


class PastFact(NamedTuple):
    """One event to be: the change, when, by whom, after how many steps of the case."""

    change: Change
    at: datetime
    actor: Actor
    steps: int


def replay(
    case: Case, mapping: LogMapping, ticket: Ticket, working: WorkingSeconds, *, known: Known | None = None
) -> list[PastFact]:
    """The facts of a case in order, from its opening; each step is one or two of them."""
    return _Replay(case, mapping, ticket, working, known or Known()).facts()


class _Replay:
    """Tells a case step by step. `ticket` is the ticket after the last one."""

    def __init__(self, case: Case, mapping: LogMapping, ticket: Ticket, working: WorkingSeconds, known: Known) -> None:
        self.case, self.mapping, self.ticket, self.working, self.known = case, mapping, ticket, working, known
        self.kind = known.kinds.get(ticket.type)
        self.opening_known = self._begins()
        self.response_unknown = not self.opening_known and mapping.form != "tickets"

    def facts(self) -> list[PastFact]:
        first = self.case.steps[0]
        data: dict[str, Any] = {"fields": self._reportable(), "targets": {}, "due": {}, **self._timed(first)}
        facts = [PastFact(Change(self.ticket, TicketOpened, data), first.at, self._actor(first), 0)]
        for count, step in enumerate(self.case.steps, start=1):
            said = {"activity": step.said.activity} if step.said.activity and step.said.listed else {}
            for change in self._changes(step):
                self.ticket = change.ticket
                told = change._replace(data={**said, **change.data})
                facts.append(PastFact(told, step.at, self._actor(step), count))
        # What the last steps say stands beside the last event, also where they change nothing.
        facts[-1] = facts[-1]._replace(steps=len(self.case.steps))
        return facts

    def _begins(self) -> bool:
        """Whether the first step is the opening, so that times may be measured from it."""
        first = self.case.steps[0].said
        if self.mapping.reading.first == "acts":
            return True
        begins = first.action in BEGINS or (first.action in SILENT and not self.mapping.opens)
        return begins and (first.moment.exact or self.mapping.form != "tickets")

    def _changes(self, step: Step) -> Iterator[Change]:
        said = step.said
        if self.ticket.status == "closed" and (
            self.mapping.reading.after_close == "note" or said.action not in GOES_ON
        ):
            yield from self._after_close(step)
            return
        if self.ticket.status == "closed" and said.action in {"resolve", "answer", "assign"}:
            yield self._reopened("open", self.ticket.assignee, {})
        yield from getattr(self, f"_{said.action}")(step)

    def _after_close(self, step: Step) -> Iterator[Change]:
        if step.said.action == "rate":
            yield from self._rate(step)
            return
        reopening = {"would_reopen": True} if step.said.action in {"take_in_charge", "wait", "reopen"} else {}
        yield Change(self.ticket, TicketNoted, {"after_close": True, **reopening})

    def _open(self, step: Step) -> Iterator[Change]:
        # The opening itself is told already; one more row that opens is a note.
        if step is not self.case.steps[0] or step.said.activity:
            yield Change(self.ticket, TicketNoted, {})

    def _note(self, _: Step) -> Iterator[Change]:
        yield Change(self.ticket, TicketNoted, {})

    def _message(self, step: Step) -> Iterator[Change]:
        yield from self._resume(step) if self.ticket.status == "waiting" else self._note(step)

    def _assign(self, step: Step) -> Iterator[Change]:
        before = {"from_team": self.ticket.team, "from_assignee": self.ticket.assignee}
        name = step.said.assignee or step.said.person
        update: dict[str, Any] = {"team": step.said.team or self.ticket.team}
        if name:
            update["assignee"] = self._id(name)
            update["status"] = "open" if self.ticket.status == "new" else self.ticket.status
        yield Change(self.ticket.model_copy(update=update), TicketAssigned, before)

    def _release(self, _: Step) -> Iterator[Change]:
        before = {"from_team": self.ticket.team, "from_assignee": self.ticket.assignee}
        yield Change(self.ticket.model_copy(update={"assignee": None}), TicketAssigned, before)

    def _take_in_charge(self, step: Step) -> Iterator[Change]:
        """Assigned, and reopened where it was finished; the first time it is the first response too."""
        before = {"from_team": self.ticket.team, "from_assignee": self.ticket.assignee}
        who = self._id(step.said.person)
        if self.ticket.status in {"resolved", "closed"}:
            taken = self._reopened("open", who, before)
        else:
            taken = Change(self.ticket.model_copy(update={"status": "open", "assignee": who}), TicketAssigned, before)
        yield taken
        yield from self._response(taken.ticket, step)

    def _answer(self, step: Step) -> Iterator[Change]:
        found = list(self._response(self.ticket, step))
        if not found:
            yield Change(self.ticket, TicketNoted, {})
        for change in found:
            who = self._id(step.said.person)
            update = {"status": "open", "assignee": self.ticket.assignee or who} if self.ticket.status == "new" else {}
            yield change._replace(ticket=change.ticket.model_copy(update=update))

    def _response(self, ticket: Ticket, step: Step) -> Iterator[Change]:
        """The first response, unless the case was answered already or begins before the file does."""
        if ticket.first_responded_at is None and not self.response_unknown:
            answered = ticket.model_copy(update={"first_responded_at": step.at})
            yield Change(answered, TicketAnswered, {"first": True, **self._measurements(step)})

    def _wait(self, step: Step) -> Iterator[Change]:
        if self.ticket.status == "waiting":
            yield from self._note(step)
        elif self.ticket.status in {"resolved", "closed"}:
            yield self._reopened("waiting", self.ticket.assignee, {})
        else:
            yield Change(self.ticket.model_copy(update={"status": "waiting"}), TicketWaiting, {})

    def _resume(self, step: Step) -> Iterator[Change]:
        if self.ticket.status == "open":
            yield from self._note(step)
        elif self.ticket.status in {"resolved", "closed"}:
            yield self._reopened("open", self.ticket.assignee, {})
        else:
            yield Change(self.ticket.model_copy(update={"status": "open"}), TicketResumed, {})

    def _reopen(self, step: Step) -> Iterator[Change]:
        if self.ticket.status in {"resolved", "closed"}:
            yield self._reopened("open", self.ticket.assignee, {})
        else:
            yield from self._note(step)

    def _resolve(self, step: Step) -> Iterator[Change]:
        who = self._id(step.said.person)
        after = self.ticket.model_copy(update={"status": "resolved", "resolved_at": step.at, "resolved_by": who})
        said = {"resolved_by": who, "fields": self._reportable(), "first": False}
        yield Change(after, TicketResolved, {**said, **self._measurements(step)})

    def _close(self, step: Step) -> Iterator[Change]:
        ticket = self.ticket
        if step.said.resolves and ticket.status != "resolved":
            (resolved,) = self._resolve(step)
            yield resolved
            ticket = resolved.ticket
        after = {"status": "closed", "closed_at": step.at, "close_reason": step.said.reason}
        data = {"reason": step.said.reason, "fields": self._reportable(), **self._timed(step)}
        yield Change(ticket.model_copy(update=after), TicketClosed, data)

    def _set_priority(self, step: Step) -> Iterator[Change]:
        priority = step.priority or self.ticket.priority
        changed = ["priority"] if priority != self.ticket.priority else []
        yield Change(self.ticket.model_copy(update={"priority": priority}), TicketEdited, {"changed": changed})

    def _rate(self, step: Step) -> Iterator[Change]:
        if step.said.score is None:
            yield from self._note(step)
        else:
            yield Change(self.ticket, TicketRated, {"score": step.said.score, "person": self.ticket.resolved_by})

    def _reopened(self, status: str, assignee: str | None, before: Mapping[str, Any]) -> Change:
        again: dict[str, Any] = {"resolved_at": None, "resolved_by": None, "closed_at": None, "close_reason": None}
        again |= {"status": status, "assignee": assignee, "reopened": self.ticket.reopened + 1}
        data = {"from_status": self.ticket.status, "reason": "staff", **before}
        return Change(self.ticket.model_copy(update=again), TicketReopened, data)

    def _measurements(self, step: Step) -> dict[str, Any]:
        """The figures that a live response or resolution has: seconds since opening, in wall and in open hours.

        None where the hour of either is not known: unknown is not zero.
        """
        if not (self.opening_known and step.said.moment.exact):
            return {"kept": {}, "time_known": False}
        opened_at = self.ticket.opened_at
        seconds = round((step.at - opened_at).total_seconds(), 3)
        return {
            # The store gives a whole number back as an integer, and the chain of hashes must find what it was made of.
            "seconds": int(seconds) if seconds.is_integer() else seconds,
            "working_seconds": self.working(opened_at, step.at),
            "kept": {},
        }

    def _timed(self, step: Step) -> dict[str, Any]:
        known = self.opening_known if step is self.case.steps[0] else step.said.moment.exact
        return {} if known else {"time_known": False}

    def _reportable(self) -> dict[str, Any]:
        """The fields that events say: as of live tickets, those of the type that are neither personal nor free."""
        return event_fields(self.ticket, self.kind)

    def _id(self, name: str) -> str | None:
        return person_id(self.mapping, self.known, name) if name else None

    def _actor(self, step: Step) -> Actor:
        who = self._id(step.said.person)
        return Actor(kind="staff", id=who) if who else Actor(kind="import")
