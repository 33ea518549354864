"""Handing a request to another department, and its answer. The ticket's chain of events tells all of it."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from tingjian.intake.attachments.actions import Files, take_uploads
from tingjian.intake.attachments.models import AttachmentRef
from tingjian.intake.handoff_forms.storage import find_form
from tingjian.intake.handoffs.bodies import AskDepartment, HandoffResult, HandoffReturn, RerouteHandoff
from tingjian.intake.handoffs.events import (
    HandoffAccepted,
    HandoffAsked,
    HandoffDeclined,
    HandoffDone,
    HandoffRerouted,
    HandoffReturned,
    HandoffVerified,
    HandoffWithdrawn,
)
from tingjian.intake.handoffs.models import Handoff, HandoffState
from tingjian.intake.handoffs.requests import (
    chosen_due_time,
    chosen_files,
    due_time,
    form_fields,
    is_department,
    require_on_file,
)
from tingjian.intake.handoffs.rights import ANSWER_HANDOFFS
from tingjian.intake.handoffs.storage import HandoffNotFoundError, handoff_write, load_handoff
from tingjian.intake.tickets.bodies import Receipt
from tingjian.intake.tickets.changes import Decision, Request, change_ticket, check_version
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.moves import Change
from tingjian.platform.errors import invalid
from tingjian.platform.facts import Fact
from tingjian.platform.store import Store

DIGITS = 4
EVENTS: dict[HandoffState, type[Fact]] = {
    "accepted": HandoffAccepted,
    "declined": HandoffDeclined,
    "done": HandoffDone,
    "verified": HandoffVerified,
    "withdrawn": HandoffWithdrawn,
}


def ask_department(store: Store, request: Request, body: AskDepartment, files: Files | None = None) -> Receipt:
    """Hand the request to a department; until the work is done the ticket cannot be resolved (row 14; O18, C13)."""

    def decide(ticket: Ticket) -> Decision:
        _require_department(store, body.department)
        due_at = chosen_due_time(ticket, body.due_at, now=request.now)
        ticket.require("hand_off")
        require_on_file(store, ticket, body.shows)
        fields = form_fields(store, body.department, {}, body.fields, stage="open", now=request.now)
        asked = body.model_copy(update={"fields": fields, "due_at": due_at})
        taken = chosen_files(store, files, ticket.id, body.attachments, now=request.now)
        after, handoff = ticket_with_handoff(
            store, ticket, asked, by=request.actor.id, now=request.now, attachments=taken.attachments
        )
        return Decision(Change(after, HandoffAsked, _asking(handoff)), [handoff_write(handoff), *taken.writes])

    return change_ticket(store, request, decide)


def ticket_with_handoff(
    store: Store,
    ticket: Ticket,
    body: AskDepartment,
    *,
    by: str,
    now: datetime,
    attachments: tuple[AttachmentRef, ...] = (),
) -> tuple[Ticket, Handoff]:
    """The ticket with one more hand-off, and the hand-off; nothing is written."""
    due_at, clock = due_time(store, ticket, body.due_at, now=now)
    handoff = Handoff(
        ticket=ticket.id,
        number=ticket.handoffs + 1,
        version=1,
        department=body.department,
        request=body.request,
        asked_by=by,
        asked_at=now,
        due_at=due_at,
        clock=clock,
        shows=body.shows,
        order_number=ticket.order_number if "order" in body.shows else None,
        fields=body.fields,
        attachments=attachments,
        verify=body.verify or find_form(store, body.department).verify,
    )
    return _blocked(ticket, handoff).model_copy(update={"handoffs": handoff.number}), handoff


def answer(store: Store, request: Request, number: str, state: HandoffState, text: str | None = None) -> Receipt:
    """Accept, decline with a reason, withdraw or verify. Raises HandoffAnsweredError.

    Without a right to the ticket the caller needs the one to answer for the department.
    """

    def decide(ticket: Ticket) -> Decision:
        handoff = _asked_handoff(store, request, ticket, number)
        if state == "verified":
            form_fields(store, handoff.department, handoff.fields, {}, stage="close", now=request.now)
        after = handoff.after_answer(state, by=request.actor.id, now=request.now, text=text)
        return _decision(ticket, after, EVENTS[state], request)

    return change_ticket(store, request, decide)


def complete(store: Store, request: Request, number: str, body: HandoffResult, files: Files | None = None) -> Receipt:
    """Report the work as done, with its evidence. Raises HandoffAnsweredError, MissingFieldsError."""

    def decide(ticket: Ticket) -> Decision:
        handoff = _asked_handoff(store, request, ticket, number)
        after = handoff.after_answer("done", by=request.actor.id, now=request.now, text=body.text)
        fields = form_fields(store, handoff.department, handoff.fields, body.fields, stage="resolve", now=request.now)
        taken = take_uploads(store, files, ticket.id, body.attachments, now=request.now)
        after = after.model_copy(update={"fields": fields, "evidence": (*handoff.evidence, *taken.attachments)})
        decided = _decision(ticket, after, HandoffDone, request, verify=handoff.verify)
        return replace(decided, writes=[*decided.writes, *taken.writes])

    return change_ticket(store, request, decide)


def send_back(store: Store, request: Request, number: str, body: HandoffReturn) -> Receipt:
    """Send work that was reported as done back to its department; the ticket is blocked again."""

    def decide(ticket: Ticket) -> Decision:
        handoff = _asked_handoff(store, request, ticket, number)
        ticket.require("hand_off")
        chosen = chosen_due_time(ticket, body.due_at, now=request.now)
        due_at, _ = due_time(store, ticket, chosen, now=request.now)
        after = handoff.after_return(by=request.actor.id, now=request.now, text=body.text, due_at=due_at)
        return _decision(ticket, after, HandoffReturned, request, handoff_due_at=due_at)

    return change_ticket(store, request, decide)


def reroute(store: Store, request: Request, number: str, body: RerouteHandoff) -> Receipt:
    """Ask another department instead, as a hand-off of its own; the receipt names that one."""

    def decide(ticket: Ticket) -> Decision:
        old = _asked_handoff(store, request, ticket, number)
        _require_department(store, body.department)
        ticket.require("hand_off")
        due_at = chosen_due_time(ticket, body.due_at, now=request.now)
        ended = old.after_answer("rerouted", by=request.actor.id, now=request.now, text=body.reason)
        asked = AskDepartment(
            department=body.department,
            request=body.request or old.request,
            due_at=due_at,
            # Another department has another form: its fields are asked anew.
            fields=form_fields(store, body.department, {}, body.fields or {}, stage="open", now=request.now),
            shows=old.shows,
            verify=old.verify,
        )
        after, new = ticket_with_handoff(
            store, _blocked(ticket, ended), asked, by=request.actor.id, now=request.now, attachments=old.attachments
        )
        ended = ended.model_copy(update={"rerouted_to": new.number})
        data = _asking(new) | {"from_handoff": old.number, "from_department": old.department}
        return Decision(Change(after, HandoffRerouted, data), [handoff_write(ended), handoff_write(new)])

    return change_ticket(store, request, decide)


def _require_department(store: Store, department: str) -> None:
    if not is_department(store, department):
        raise invalid("department", "unknown", value=department)


def _asked_handoff(store: Store, request: Request, ticket: Ticket, number: str) -> Handoff:
    """The hand-off that the path names, if the caller may answer it. Raises HandoffNotFoundError, AccessDeniedError."""
    handoff = load_handoff(store, ticket.id, handoff_number(number))
    if request.right is None and request.caller is not None:
        request.caller.require(ANSWER_HANDOFFS, team=handoff.department)
        check_version(store, ticket, request)
    return handoff


def handoff_number(text: str) -> int:
    """The number in a path. Raises HandoffNotFoundError for what is none."""
    if not text.isascii() or not text.isdigit() or len(text) > DIGITS:
        raise HandoffNotFoundError
    return int(text)


def _blocked(ticket: Ticket, handoff: Handoff) -> Ticket:
    return ticket.model_copy(update={"blockers": handoff.blockers_among(ticket.blockers)})


def _decision(ticket: Ticket, after: Handoff, event: type[Fact], request: Request, **more: object) -> Decision:
    """The ticket with its blockers, the hand-off, and the event of its answer."""
    data = {
        "handoff": after.number,
        "department": after.department,
        "asked_by": after.asked_by,
        "seconds": round((request.now - after.asked_at).total_seconds(), 3),
        "kept": {"handoff": request.now <= after.due_at},
        **more,
    }
    return Decision(Change(_blocked(ticket, after), event, data), [handoff_write(after)])


def _asking(handoff: Handoff) -> dict[str, Any]:
    return {
        "handoff": handoff.number,
        "department": handoff.department,
        "handoff_due_at": handoff.due_at,
        "asked_by": handoff.asked_by,
        "shows": handoff.shows,
        "verify": handoff.verify,
    }
