from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from tingjian.intake.attachments.actions import files, open_slot
from tingjian.intake.attachments.models import Download, Upload, UploadSlot
from tingjian.intake.handoffs import actions, views
from tingjian.intake.handoffs.bodies import (
    AskDepartment,
    HandoffAnswer,
    HandoffList,
    HandoffQuery,
    HandoffResult,
    HandoffReturn,
    HandoffView,
    RerouteHandoff,
)
from tingjian.intake.handoffs.rights import ANSWER_HANDOFFS, READ_HANDOFFS, VERIFY_HANDOFFS
from tingjian.intake.tickets.bodies import Receipt
from tingjian.intake.tickets.requests import request_of_staff
from tingjian.intake.tickets.rights import READ_TICKETS, WORK_TICKETS
from tingjian.platform.http import Here, from_query, resolver, staff

app = resolver()


@app.post("/v1/tickets/<ticket>/handoffs", status_code=201, **staff(WORK_TICKETS))
def hand_off(call: Here, ticket: str, body: AskDepartment) -> Receipt:
    """Hand the request to another department."""
    return actions.ask_department(call.store, request_of_staff(call, ticket), body, files())


@app.get("/v1/handoffs", **staff(READ_HANDOFFS))
def list_all(call: Here, query: Annotated[HandoffQuery, Depends(from_query(HandoffQuery))]) -> HandoffList:
    """List the hand-offs of a department, or of all that the caller may see, by due time."""
    return views.list_open_or_finished(call.store, query, caller=call.caller)


@app.post("/v1/handoffs/attachments", status_code=201, **staff(ANSWER_HANDOFFS, kept=True))
def upload_evidence(call: Here, body: Upload) -> UploadSlot:
    """Get a form to upload a file of evidence with."""
    call.caller.require_some(ANSWER_HANDOFFS)
    return open_slot(files(), body, idempotency=call.idempotency)


@app.get("/v1/handoffs/<ticket>/<number>", **staff(READ_HANDOFFS))
def show(call: Here, ticket: str, number: str) -> HandoffView:
    """Show a hand-off to its department, with what it must know of the customer."""
    return views.view_handoff(call.store, ticket, number, caller=call.caller)


@app.get("/v1/handoffs/<ticket>/<number>/attachments/<attachment>", **staff(READ_HANDOFFS))
def attachment(call: Here, ticket: str, number: str, attachment: str) -> Download:
    """Get a short-lived link to a file of a hand-off."""
    return views.file_of_department(call.store, files(), ticket, number, attachment, caller=call.caller)


@app.get("/v1/tickets/<ticket>/handoffs/<number>/attachments/<attachment>", **staff(READ_TICKETS))
def evidence(call: Here, ticket: str, number: str, attachment: str) -> Download:
    """Get a short-lived link to a file of a ticket's hand-off."""
    return views.file_of_ticket(call.store, files(), ticket, number, attachment, caller=call.caller)


@app.post("/v1/tickets/<ticket>/handoffs/<number>/accept", **staff(ANSWER_HANDOFFS))
def accept(call: Here, ticket: str, number: str) -> Receipt:
    """Accept a hand-off."""
    return actions.answer(call.store, request_of_staff(call, ticket, right=None), number, "accepted")


@app.post("/v1/tickets/<ticket>/handoffs/<number>/decline", **staff(ANSWER_HANDOFFS))
def decline(call: Here, ticket: str, number: str, body: HandoffAnswer) -> Receipt:
    """Decline a hand-off, with the reason."""
    return actions.answer(call.store, request_of_staff(call, ticket, right=None), number, "declined", body.text)


@app.post("/v1/tickets/<ticket>/handoffs/<number>/complete", **staff(ANSWER_HANDOFFS))
def complete(call: Here, ticket: str, number: str, body: HandoffResult) -> Receipt:
    """Report a hand-off as done, with the evidence."""
    return actions.complete(call.store, request_of_staff(call, ticket, right=None), number, body, files())


@app.post("/v1/tickets/<ticket>/handoffs/<number>/withdraw", **staff(WORK_TICKETS))
def withdraw(call: Here, ticket: str, number: str, body: HandoffAnswer) -> Receipt:
    """Withdraw a hand-off, with the reason."""
    return actions.answer(call.store, request_of_staff(call, ticket), number, "withdrawn", body.text)


@app.post("/v1/tickets/<ticket>/handoffs/<number>/reroute", **staff(WORK_TICKETS))
def reroute(call: Here, ticket: str, number: str, body: RerouteHandoff) -> Receipt:
    """Ask another department instead, with the reason."""
    return actions.reroute(call.store, request_of_staff(call, ticket), number, body)


@app.post("/v1/tickets/<ticket>/handoffs/<number>/verify", **staff(VERIFY_HANDOFFS))
def verify(call: Here, ticket: str, number: str, body: HandoffAnswer) -> Receipt:
    """Find the work of a department done well."""
    request = request_of_staff(call, ticket, right=VERIFY_HANDOFFS)
    return actions.answer(call.store, request, number, "verified", body.text)


@app.post("/v1/tickets/<ticket>/handoffs/<number>/return", **staff(VERIFY_HANDOFFS))
def send_back(call: Here, ticket: str, number: str, body: HandoffReturn) -> Receipt:
    """Send the work of a department back, with what is missing."""
    return actions.send_back(call.store, request_of_staff(call, ticket, right=VERIFY_HANDOFFS), number, body)
