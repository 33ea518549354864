"""Explaining deadlines: of a ticket's clocks, and of a calendar's answer to a question."""

from datetime import datetime

from tingjian.escalation.deadlines.models import (
    Deadline,
    ExplainedDeadline,
    ExplainedTicket,
    Question,
    deadline_for,
    explain_clock,
    explained_deadline,
)
from tingjian.intake.handoffs.storage import load_handoffs
from tingjian.intake.tickets.rights import READ_TICKETS
from tingjian.intake.tickets.storage import load_ticket
from tingjian.platform.ids import spoken_number
from tingjian.platform.rights import Caller
from tingjian.platform.store import Store
from tingjian.sla.calendars.models import calendar_refusal
from tingjian.sla.calendars.storage import load_calendar
from tingjian.sla.clocks import Clock
from tingjian.sla.errors import WorkingTimeError
from tingjian.sla.policies.plans import calendar_of


def explain_ticket(store: Store, number: str, *, caller: Caller, now: datetime) -> ExplainedTicket:
    """Every clock of a ticket with its policy and calendar version, pauses, and spans counted and skipped (row 19).

    Two calls, and one for each old version of a calendar. Raises TicketNotFoundError, AccessDeniedError.
    """
    ticket = load_ticket(store, number.replace("-", ""))
    caller.require(READ_TICKETS, team=ticket.team, owner=ticket.assignee)
    handoffs = load_handoffs(store, ticket.id) if ticket.handoffs else []
    clocks: list[tuple[Clock, int | None]] = [(clock, None) for clock in ticket.clocks]
    clocks += [(handoff.clock, handoff.number) for handoff in handoffs if handoff.clock]
    return ExplainedTicket(
        ticket=ticket.id,
        number=spoken_number(ticket.id),
        status=ticket.status,
        clocks=tuple(
            explain_clock(clock, calendar_of(store, clock), now=now, handoff=place) for clock, place in clocks
        ),
    )


def ask(store: Store, calendar_id: str, question: Question) -> Deadline:
    """When the minutes are over. Raises CalendarNotFoundError, InvalidInputError that names the field."""
    try:
        return deadline_for(load_calendar(store, calendar_id), question)
    except WorkingTimeError as error:
        raise calendar_refusal(error) from error


def ask_why(store: Store, calendar_id: str, question: Question) -> ExplainedDeadline:
    """The same, with every span. Raises CalendarNotFoundError, InvalidInputError."""
    try:
        return explained_deadline(load_calendar(store, calendar_id), question)
    except WorkingTimeError as error:
        raise calendar_refusal(error) from error
