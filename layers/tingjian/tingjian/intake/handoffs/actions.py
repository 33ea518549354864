"""Handing a request to another department, and its answer. The ticket's chain of events tells all of it."""

from datetime import datetime, timedelta

from tingjian.intake.handoffs.bodies import AskDepartment
from tingjian.intake.handoffs.events import (
    HandoffAccepted,
    HandoffAsked,
    HandoffDeclined,
    HandoffDone,
    HandoffWithdrawn,
)
from tingjian.intake.handoffs.models import Handoff, HandoffState
from tingjian.intake.handoffs.rights import ANSWER_HANDOFFS
from tingjian.intake.handoffs.storage import HandoffNotFoundError, handoff_write, load_handoff
from tingjian.intake.tickets.bodies import Receipt
from tingjian.intake.tickets.changes import Decision, Request, change_ticket, check_version
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.moves import Change, with_blocker, without_blocker
from tingjian.intake.tickets.ticket_clocks import handoff_clock
from tingjian.people.staff.models import Team
from tingjian.people.staff.storage import find_team
from tingjian.platform.errors import invalid
from tingjian.platform.facts import Fact
from tingjian.platform.store import Store

DIGITS = 4
DEFAULT_TIME = timedelta(days=2)
EVENTS: dict[HandoffState, type[Fact]] = {
    "accepted": HandoffAccepted,
    "declined": HandoffDeclined,
    "done": HandoffDone,
    "withdrawn": HandoffWithdrawn,
}


def ask_department(store: Store, request: Request, body: AskDepartment) -> Receipt:
    """Hand the request to a department; until it is answered the ticket cannot be closed (scope row 14; O18, C13)."""

    def decide(ticket: Ticket) -> Decision:
        if not is_department(store, body.department):
            raise invalid("department", "unknown", value=body.department)
        if body.due_at is not None and body.due_at <= request.now:
            raise invalid("due_at", "past")
        ticket.require("hand_off")
        after, handoff = ticket_with_handoff(store, ticket, body, by=request.actor.id, now=request.now)
        data = {"handoff": handoff.number, "department": body.department, "handoff_due_at": handoff.due_at}
        return Decision(Change(after, HandoffAsked, data), [handoff_write(handoff)])

    return change_ticket(store, request, decide)


def ticket_with_handoff(
    store: Store, ticket: Ticket, body: AskDepartment, *, by: str, now: datetime
) -> tuple[Ticket, Handoff]:
    """The ticket with one more hand-off, and the hand-off; nothing is written."""
    clock = handoff_clock(store, ticket, now=now) if body.due_at is None else None
    handoff = Handoff(
        ticket=ticket.id,
        number=ticket.handoffs + 1,
        version=1,
        department=body.department,
        request=body.request,
        asked_by=by,
        asked_at=now,
        due_at=body.due_at or (clock.deadline if clock else now + DEFAULT_TIME),
        clock=clock,
    )
    return with_blocker(ticket, handoff.blocker).model_copy(update={"handoffs": handoff.number}), handoff


def is_department(store: Store, team_id: str) -> bool:
    """Whether requests can be handed off to it. No call when warm."""

    def takes(team: Team) -> bool:
        return team.kind == "department" and team.active

    team = find_team(store, team_id, fits=takes)
    return team is not None and takes(team)


def answer(store: Store, request: Request, number: str, state: HandoffState, text: str | None = None) -> Receipt:
    """Accept, decline with a reason, finish with the result, or withdraw. Raises HandoffAnsweredError.

    Without a right to the ticket the caller needs the one to answer for the department.
    """
    if not number.isascii() or not number.isdigit() or len(number) > DIGITS:
        raise HandoffNotFoundError

    def decide(ticket: Ticket) -> Decision:
        handoff = load_handoff(store, ticket.id, int(number))
        if request.right is None and request.caller is not None:
            request.caller.require(ANSWER_HANDOFFS, team=handoff.department)
            check_version(store, ticket, request)
        after = handoff.after_answer(state, by=request.actor.id, now=request.now, text=text)
        changed = ticket if state == "accepted" else without_blocker(ticket, handoff.blocker)
        seconds = round((request.now - handoff.asked_at).total_seconds(), 3)
        data = {
            "handoff": handoff.number,
            "department": handoff.department,
            "seconds": seconds,
            "kept": {"handoff": request.now <= handoff.due_at},
        }
        return Decision(Change(changed, EVENTS[state], data), [handoff_write(after)])

    return change_ticket(store, request, decide)
