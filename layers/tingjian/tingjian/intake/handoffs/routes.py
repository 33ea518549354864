from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from tingjian.intake.handoffs import actions
from tingjian.intake.handoffs.bodies import AskDepartment, HandoffAnswer, HandoffList, HandoffQuery
from tingjian.intake.handoffs.rights import ANSWER_HANDOFFS, READ_HANDOFFS
from tingjian.intake.handoffs.storage import list_handoffs
from tingjian.intake.tickets.bodies import Receipt
from tingjian.intake.tickets.requests import request_of_staff
from tingjian.intake.tickets.rights import WORK_TICKETS
from tingjian.platform.http import Here, from_query, resolver, staff

app = resolver()


@app.post("/v1/tickets/<ticket>/handoffs", status_code=201, **staff(WORK_TICKETS))
def hand_off(call: Here, ticket: str, body: AskDepartment) -> Receipt:
    """Hand the request to another department."""
    return actions.ask_department(call.store, request_of_staff(call, ticket), body)


@app.get("/v1/handoffs", **staff(READ_HANDOFFS))
def list_department(call: Here, query: Annotated[HandoffQuery, Depends(from_query(HandoffQuery))]) -> HandoffList:
    """List the hand-offs of a department by due time."""
    call.caller.require(READ_HANDOFFS, team=query.department)
    items, cursor = list_handoffs(
        call.store, query.department, finished=query.finished, limit=query.limit, cursor=query.cursor
    )
    return HandoffList(items=tuple(items), cursor=cursor)


@app.post("/v1/tickets/<ticket>/handoffs/<number>/accept", **staff(ANSWER_HANDOFFS))
def accept(call: Here, ticket: str, number: str) -> Receipt:
    """Accept a hand-off."""
    return actions.answer(call.store, request_of_staff(call, ticket, right=None), number, "accepted")


@app.post("/v1/tickets/<ticket>/handoffs/<number>/decline", **staff(ANSWER_HANDOFFS))
def decline(call: Here, ticket: str, number: str, body: HandoffAnswer) -> Receipt:
    """Decline a hand-off, with the reason."""
    return actions.answer(call.store, request_of_staff(call, ticket, right=None), number, "declined", body.text)


@app.post("/v1/tickets/<ticket>/handoffs/<number>/complete", **staff(ANSWER_HANDOFFS))
def complete(call: Here, ticket: str, number: str, body: HandoffAnswer) -> Receipt:
    """Report a hand-off as done, with the evidence."""
    return actions.answer(call.store, request_of_staff(call, ticket, right=None), number, "done", body.text)


@app.post("/v1/tickets/<ticket>/handoffs/<number>/withdraw", **staff(WORK_TICKETS))
def withdraw(call: Here, ticket: str, number: str, body: HandoffAnswer) -> Receipt:
    """Withdraw a hand-off, with the reason."""
    return actions.answer(call.store, request_of_staff(call, ticket), number, "withdrawn", body.text)
