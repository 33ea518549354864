from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from tingjian.intake.attachments.actions import files, open_slot
from tingjian.intake.attachments.models import Upload, UploadSlot
from tingjian.intake.challenges.actions import MESSAGES, UPLOADS, admit
from tingjian.intake.conversations.actions import waive_answer, write_message
from tingjian.intake.messages.models import MessageList
from tingjian.intake.messages.outcomes import with_outcomes
from tingjian.intake.messages.storage import load_messages
from tingjian.intake.tickets.bodies import Receipt, Reopening, Reply, Written
from tingjian.intake.tickets.follow_links import number_from_link
from tingjian.intake.tickets.requests import request_of_customer, request_of_staff
from tingjian.intake.tickets.rights import OPEN_TICKETS, READ_TICKETS, WORK_TICKETS
from tingjian.intake.tickets.storage import load_ticket
from tingjian.platform.http import Here, from_query, public, resolver, staff
from tingjian.platform.models import PageQuery
from tingjian.platform.resources import signer

app = resolver()


@app.post("/v1/public/attachments", status_code=201, **public(kept="sealed"))
def upload_by_customer(call: Here, body: Upload) -> UploadSlot:
    """Get a form to upload a file with."""
    admit(call, UPLOADS)
    return open_slot(files(), body, idempotency=call.idempotency)


@app.post("/v1/public/tickets/<token>/messages", status_code=201, **public())
def write(call: Here, token: str, body: Written) -> Receipt:
    """Add to a request."""
    number = number_from_link(signer(), token, now=call.now)
    admit(call, MESSAGES)
    return write_message(call.store, files(), request_of_customer(call, number), "customer", body)


@app.post("/v1/tickets/<ticket>/replies", status_code=201, **staff(WORK_TICKETS))
def reply(call: Here, ticket: str, body: Reply) -> Receipt:
    """Answer the customer in public. Refused if it would reach nobody, unless it was `spoken` and is recorded only."""
    return write_message(call.store, files(), request_of_staff(call, ticket), "reply", body)


@app.post("/v1/tickets/<ticket>/notes", status_code=201, **staff(WORK_TICKETS))
def note(call: Here, ticket: str, body: Written) -> Receipt:
    """Write an internal note."""
    return write_message(call.store, files(), request_of_staff(call, ticket), "note", body)


@app.post("/v1/tickets/<ticket>/no-answer", **staff(WORK_TICKETS))
def no_answer(call: Here, ticket: str, body: Reopening) -> Receipt:
    """Say that the customer's last message needs no answer."""
    return waive_answer(call.store, request_of_staff(call, ticket), body.reason)


@app.get("/v1/tickets/<ticket>/messages", **staff(READ_TICKETS))
def messages(call: Here, ticket: str, query: Annotated[PageQuery, Depends(from_query(PageQuery))]) -> MessageList:
    """List the messages of a ticket, newest first."""
    found = load_ticket(call.store, ticket)
    call.caller.require(READ_TICKETS, team=found.team, owner=found.assignee)
    items, cursor = load_messages(call.store, ticket, limit=query.limit, cursor=query.cursor)
    return MessageList(items=with_outcomes(call.store, items, now=call.now), cursor=cursor)


@app.post("/v1/attachments", status_code=201, **staff(OPEN_TICKETS, kept="sealed"))
def upload(call: Here, body: Upload) -> UploadSlot:
    """Get a form to upload a file with."""
    return open_slot(files(), body, idempotency=call.idempotency)
