"""What the steps of a case make of its ticket: the events it would have had, had it lived here. Pure.

A log is no set of commands: people resolve twice, take in charge what is resolved, go on after the close.
docs/import.md has the table; what changes nothing is kept as `TicketNoted`, so that every row is one event at least.
"""

import functools
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from tingjian.intake.imports.cases import Case, Step
from tingjian.intake.imports.events import TicketNoted
from tingjian.intake.imports.mappings import CUSTOMER_FIELD, LogMapping
from tingjian.intake.imports.models import Tally
from tingjian.intake.tickets.events import (
    TicketAnswered,
    TicketAssigned,
    TicketClosed,
    TicketEdited,
    TicketOpened,
    TicketReopened,
    TicketResolved,
    TicketWaiting,
)
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.moves import Change
from tingjian.platform.events import Actor
from tingjian.platform.ids import derived_id

WorkingSeconds = Callable[[datetime, datetime], int]
"""Open seconds of the centre between two instants."""


MOST_EVENTS = 97
"""Of one transaction of 100 items; the ticket and the case are two of them."""


class PastFact(NamedTuple):
    """One event to be: the change, when, by whom, after how many steps of the case."""

    change: Change
    at: datetime
    actor: Actor
    steps: int


@functools.lru_cache(maxsize=4096)
def staff_id(source: str, name: str) -> str:
    return derived_id("import-staff", source, name)


def customer_id(source: str, name: str) -> str:
    """The id under which a customer of a log is kept; those without a name share one."""
    return derived_id("import-customer", source, name)


def first_ticket(case: Case, mapping: LogMapping, *, number: str, team: str) -> Ticket:
    """The ticket as its first row opens it; no clock runs."""
    return Ticket(
        id=number,
        version=1,
        type=mapping.type,
        subject=case.id,
        status="new",
        priority=case.priority,
        channel=mapping.channel,
        team=team,
        customer_id=customer_id(mapping.source, case.fields.get(CUSTOMER_FIELD, "")),
        opened_at=case.steps[0].at,
        fields=dict(case.fields),
        imported=True,
    )


def replay(case: Case, mapping: LogMapping, ticket: Ticket, working: WorkingSeconds) -> list[PastFact]:
    """The facts of a case in order, from its opening; each step is one or two of them."""
    first = case.steps[0]
    data: dict[str, Any] = {"fields": event_fields(ticket), "targets": {}, "due": {}}
    facts = [PastFact(Change(ticket, TicketOpened, data), first.at, _actor(mapping, first), 0)]
    for count, step in enumerate(case.steps, start=1):
        who = staff_id(mapping.source, step.person) if step.person else None
        for change in _changes(ticket, step, who, working):
            ticket = change.ticket
            data = {"activity": step.activity, **change.data}
            facts.append(PastFact(change._replace(data=data), step.at, _actor(mapping, step), count))
    return facts


def event_fields(ticket: Ticket) -> dict[str, Any]:
    """The fields that events say: all but the customer's name, which events know by id only."""
    return {key: value for key, value in ticket.fields.items() if key != CUSTOMER_FIELD}


def case_tally(case: Case, facts: list[PastFact]) -> Tally:
    names = [fact.change.event for fact in facts]
    after = [fact.change.data for fact in facts if fact.change.data.get("after_close")]
    return Tally(
        cases=1,
        events=len(case.steps),
        after_close=len(after),
        reopenings_after_close=sum("would_reopen" in data for data in after),
        responses=names.count(TicketAnswered),
        resolutions=names.count(TicketResolved),
        reopenings=names.count(TicketReopened),
        closes=names.count(TicketClosed),
        first_at=case.steps[0].at,
        last_at=case.steps[-1].at,
    )


def fact_batches(facts: Sequence[PastFact]) -> Iterator[Sequence[PastFact]]:
    """The facts in runs that fit one transaction and end with a whole step."""
    start = 0
    while start < len(facts):
        end = min(start + MOST_EVENTS, len(facts))
        while end < len(facts) and facts[end].steps == facts[end - 1].steps:
            end -= 1
        yield facts[start:end]
        start = end


def _actor(mapping: LogMapping, step: Step) -> Actor:
    if step.person:
        return Actor(kind="staff", id=staff_id(mapping.source, step.person))
    return Actor(kind="import")


def _changes(ticket: Ticket, step: Step, who: str | None, working: WorkingSeconds) -> Iterator[Change]:
    if ticket.status == "closed":
        reopening = {"would_reopen": True} if step.action in {"take_in_charge", "wait"} else {}
        yield Change(ticket, TicketNoted, {"after_close": True, **reopening})
        return
    match step.action:
        case "take_in_charge":
            yield from _take_in_charge(ticket, step, who, working)
        case "wait":
            yield _wait(ticket)
        case "resolve":
            yield _resolve(ticket, step, who, working)
        case "close":
            yield _close(ticket, step)
        case "set_priority":
            yield _set_priority(ticket, step)
        case _:
            yield Change(ticket, TicketNoted, {})


def _take_in_charge(ticket: Ticket, step: Step, who: str | None, working: WorkingSeconds) -> Iterator[Change]:
    """Assigned, and reopened where it was resolved; the first time it is the first response too."""
    before = {"from_team": ticket.team, "from_assignee": ticket.assignee}
    if ticket.status == "resolved":
        taken = _reopened_ticket(ticket, status="open", assignee=who)
        yield Change(taken, TicketReopened, {"from_status": "resolved", "reason": "staff", **before})
    else:
        taken = ticket.model_copy(update={"status": "open", "assignee": who})
        yield Change(taken, TicketAssigned, before)
    if ticket.first_responded_at is None:
        answered = taken.model_copy(update={"first_responded_at": step.at})
        yield Change(answered, TicketAnswered, {"first": True, **_measurements(ticket, step, working)})


def _wait(ticket: Ticket) -> Change:
    if ticket.status == "waiting":
        return Change(ticket, TicketNoted, {})
    if ticket.status == "resolved":
        after = _reopened_ticket(ticket, status="waiting", assignee=ticket.assignee)
        return Change(after, TicketReopened, {"from_status": "resolved", "reason": "staff"})
    return Change(ticket.model_copy(update={"status": "waiting"}), TicketWaiting, {})


def _resolve(ticket: Ticket, step: Step, who: str | None, working: WorkingSeconds) -> Change:
    after = ticket.model_copy(update={"status": "resolved", "resolved_at": step.at, "resolved_by": who})
    said = {"resolved_by": who, "fields": event_fields(ticket), "first": False}
    return Change(after, TicketResolved, {**said, **_measurements(ticket, step, working)})


def _close(ticket: Ticket, step: Step) -> Change:
    after = ticket.model_copy(update={"status": "closed", "closed_at": step.at, "close_reason": step.reason})
    return Change(after, TicketClosed, {"reason": step.reason, "fields": event_fields(ticket)})


def _set_priority(ticket: Ticket, step: Step) -> Change:
    priority = step.priority or ticket.priority
    changed = ["priority"] if priority != ticket.priority else []
    return Change(ticket.model_copy(update={"priority": priority}), TicketEdited, {"changed": changed})


def _reopened_ticket(ticket: Ticket, *, status: str, assignee: str | None) -> Ticket:
    again = {"resolved_at": None, "resolved_by": None, "reopened": ticket.reopened + 1}
    return ticket.model_copy(update={"status": status, "assignee": assignee, **again})


def _measurements(ticket: Ticket, step: Step, working: WorkingSeconds) -> dict[str, Any]:
    """The figures that a live response or resolution has: seconds since opening, in wall and in the centre's hours."""
    seconds = round((step.at - ticket.opened_at).total_seconds(), 3)
    return {
        # The store gives a whole number back as an integer, and the chain of hashes must find what it was made of.
        "seconds": int(seconds) if seconds.is_integer() else seconds,
        "working_seconds": working(ticket.opened_at, step.at),
        "kept": {},
    }
