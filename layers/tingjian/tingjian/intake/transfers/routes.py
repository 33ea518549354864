"""Routes by which a ticket passes from one to another."""

from tingjian.intake.tickets.bodies import Receipt
from tingjian.intake.tickets.requests import request_of_staff
from tingjian.intake.tickets.rights import WORK_TICKETS
from tingjian.intake.transfers import actions
from tingjian.intake.transfers.models import Escalation, Release, Transfer
from tingjian.platform.http import Here, resolver, staff

app = resolver()


@app.post("/v1/tickets/<ticket>/escalate", **staff(WORK_TICKETS))
def escalate(call: Here, ticket: str, body: Escalation) -> Receipt:
    """Give a ticket to the lead or the next level, with the reason."""
    return actions.escalate(call.store, request_of_staff(call, ticket), body)


@app.post("/v1/tickets/<ticket>/transfer", **staff(WORK_TICKETS))
def transfer(call: Here, ticket: str, body: Transfer) -> Receipt:
    """Give a ticket to another team, with the reason."""
    return actions.transfer(call.store, request_of_staff(call, ticket), body)


@app.post("/v1/tickets/<ticket>/release", **staff(WORK_TICKETS))
def release(call: Here, ticket: str, body: Release) -> Receipt:
    """Put a ticket back into the queue of its team."""
    return actions.release(call.store, request_of_staff(call, ticket), body)
