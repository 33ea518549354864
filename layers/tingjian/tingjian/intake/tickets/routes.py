from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from tingjian.intake.attachments.actions import files
from tingjian.intake.challenges.actions import MESSAGES, admit, admit_filing
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import (
    Ask,
    Asked,
    Assignment,
    Closing,
    EditTicket,
    FollowLink,
    Link,
    ListQuery,
    OpenTicket,
    Receipt,
    Reopening,
    Resolution,
    Waiting,
)
from tingjian.intake.tickets.follow_links import follow_link, number_from_link, require_reopenable
from tingjian.intake.tickets.lists import TicketList, list_tickets
from tingjian.intake.tickets.openings import Opening, open_ticket
from tingjian.intake.tickets.requests import request_of_customer, request_of_staff
from tingjian.intake.tickets.rights import ASSIGN_TICKETS, OPEN_TICKETS, READ_TICKETS, WORK_TICKETS
from tingjian.intake.tickets.storage import load_ticket
from tingjian.platform import telemetry
from tingjian.platform.events import Actor
from tingjian.platform.http import Here, from_query, public, resolver, staff
from tingjian.platform.resources import signer
from tingjian.platform.settings import OriginSettings

app = resolver()


@app.post("/v1/public/tickets", status_code=201, **public())
def ask(call: Here, body: Ask) -> Asked:
    """File a request; the answer has the number to say and the link to follow it by."""
    admit_filing(call, body.contact)
    opening = Opening(Actor(kind="customer"), call.now, call.language, call.idempotency, files())
    receipt = open_ticket(call.store, signer(), body, opening)
    telemetry.record("TicketsOpened", ticket=receipt.id, channel=body.channel)
    link = follow_link(signer(), receipt.id, receipt.at, origin=OriginSettings.read().public_origin)
    return Asked(number=receipt.number, status=receipt.status, opened_at=receipt.at, follow_url=link)


@app.post("/v1/public/tickets/<token>/confirm", **public())
def confirm(call: Here, token: str) -> Receipt:
    """Confirm that the request is solved."""
    number = number_from_link(signer(), token, now=call.now)
    return actions.confirm(call.store, request_of_customer(call, number))


@app.post("/v1/public/tickets/<token>/reopen", **public())
def reopen_by_customer(call: Here, token: str, body: Reopening) -> Receipt:
    """Say that the request is not solved."""
    number = number_from_link(signer(), token, now=call.now)
    require_reopenable(call.store, number, now=call.now)
    admit(call, MESSAGES)
    return actions.reopen(call.store, request_of_customer(call, number), body.reason)


@app.post("/v1/tickets", status_code=201, **staff(OPEN_TICKETS))
def open_for_customer(call: Here, body: OpenTicket) -> Receipt:
    """File a request on a customer's behalf."""
    opening = Opening(call.caller.actor, call.now, call.language, call.idempotency, files())
    receipt = open_ticket(call.store, signer(), body, opening)
    telemetry.record("TicketsOpened", ticket=receipt.id, channel=body.channel)
    return receipt


@app.get("/v1/tickets", **staff(READ_TICKETS))
def list_queue(call: Here, query: Annotated[ListQuery, Depends(from_query(ListQuery))]) -> TicketList:
    """List tickets by team, assignee, customer or order, by due time or time of finishing."""
    return list_tickets(call.store, query, caller=call.caller)


@app.patch("/v1/tickets/<ticket>", **staff(WORK_TICKETS))
def edit(call: Here, ticket: str, body: EditTicket) -> Receipt:
    """Change facts about a ticket; needs If-Match."""
    return actions.edit(call.store, request_of_staff(call, ticket), body)


@app.post("/v1/tickets/<ticket>/claim", **staff(WORK_TICKETS))
def claim(call: Here, ticket: str) -> Receipt:
    """Take a ticket that nobody has."""
    return actions.claim(call.store, request_of_staff(call, ticket))


@app.post("/v1/tickets/<ticket>/assign", **staff(ASSIGN_TICKETS))
def assign(call: Here, ticket: str, body: Assignment) -> Receipt:
    """Give a ticket to a team or a person."""
    return actions.assign(call.store, request_of_staff(call, ticket, right=ASSIGN_TICKETS), body)


@app.post("/v1/tickets/<ticket>/wait", **staff(WORK_TICKETS))
def wait(call: Here, ticket: str, body: Waiting) -> Receipt:
    """Wait for the customer."""
    return actions.wait(call.store, request_of_staff(call, ticket), body)


@app.post("/v1/tickets/<ticket>/resume", **staff(WORK_TICKETS))
def resume(call: Here, ticket: str) -> Receipt:
    """Go on with a ticket that waited."""
    return actions.resume(call.store, request_of_staff(call, ticket))


@app.post("/v1/tickets/<ticket>/resolve", **staff(WORK_TICKETS))
def resolve(call: Here, ticket: str, body: Resolution) -> Receipt:
    """Resolve with the fields that the type requires."""
    return actions.resolve(call.store, request_of_staff(call, ticket), body)


@app.post("/v1/tickets/<ticket>/close", **staff(WORK_TICKETS))
def close(call: Here, ticket: str, body: Closing) -> Receipt:
    """Close a ticket; refused with the list of what is open or missing."""
    return actions.close(call.store, request_of_staff(call, ticket), body)


@app.post("/v1/tickets/<ticket>/reopen", **staff(WORK_TICKETS))
def reopen(call: Here, ticket: str, body: Reopening) -> Receipt:
    """Take a finished ticket up again."""
    return actions.reopen(call.store, request_of_staff(call, ticket), body.reason)


@app.post("/v1/tickets/<ticket>/links", status_code=201, **staff(WORK_TICKETS))
def link(call: Here, ticket: str, body: Link) -> Receipt:
    """Link to another ticket."""
    return actions.link(call.store, request_of_staff(call, ticket), body.ticket)


@app.delete("/v1/tickets/<ticket>/links/<other>", **staff(WORK_TICKETS))
def unlink(call: Here, ticket: str, other: str) -> Receipt:
    """Take a link away."""
    return actions.unlink(call.store, request_of_staff(call, ticket), other)


@app.post("/v1/tickets/<ticket>/follow-link", **staff(WORK_TICKETS, kept="sealed"))
def customers_link(call: Here, ticket: str) -> FollowLink:
    """Make the link by which the customer follows the ticket, to send or read out."""
    found = load_ticket(call.store, ticket)
    call.caller.require(WORK_TICKETS, team=found.team, owner=found.assignee)
    return FollowLink(url=follow_link(signer(), found.id, call.now, origin=OriginSettings.read().public_origin))
