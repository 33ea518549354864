from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from tingjian.intake.attachments.actions import files, link_to
from tingjian.intake.attachments.models import Download
from tingjian.intake.messages.models import PUBLIC
from tingjian.intake.ticket_views.actions import attachments_of, ticket_history, view_ticket
from tingjian.intake.ticket_views.following import follow_ticket, messages_before
from tingjian.intake.ticket_views.models import (
    History,
    PublicMessageList,
    PublicMessagesQuery,
    PublicTicket,
    TicketView,
)
from tingjian.intake.tickets.follow_links import number_from_link
from tingjian.intake.tickets.rights import READ_TICKETS
from tingjian.intake.tickets.storage import load_ticket
from tingjian.platform.http import Here, from_query, public, resolver, staff
from tingjian.platform.resources import signer

app = resolver()


@app.get("/v1/public/tickets/<token>", **public())
def follow(call: Here, token: str) -> PublicTicket:
    """Show a request to its customer."""
    return follow_ticket(call.store, signer(), number_from_link(signer(), token, now=call.now), now=call.now)


@app.get("/v1/public/tickets/<token>/messages", **public())
def older_messages(
    call: Here, token: str, query: Annotated[PublicMessagesQuery, Depends(from_query(PublicMessagesQuery))]
) -> PublicMessageList:
    """List older messages of a request, from the cursor of those that were shown before."""
    number = number_from_link(signer(), token, now=call.now)
    return messages_before(call.store, signer(), number, query.cursor)


@app.get("/v1/public/tickets/<token>/messages/<message>/attachments/<attachment>", **public())
def attachment_for_customer(call: Here, token: str, message: str, attachment: str) -> Download:
    """Get a short-lived link to a file of the request."""
    number = number_from_link(signer(), token, now=call.now)
    return link_to(files(), number, attachments_of(call.store, number, message, kinds=PUBLIC), attachment)


@app.get("/v1/tickets/<ticket>", **staff(READ_TICKETS))
def show(call: Here, ticket: str) -> TicketView:
    """Show a ticket with its newest messages."""
    return view_ticket(call.store, ticket, caller=call.caller, now=call.now)


@app.get("/v1/tickets/<ticket>/history", **staff(READ_TICKETS))
def history(call: Here, ticket: str) -> History:
    """List the events of a ticket, and whether their chain is unbroken."""
    found = load_ticket(call.store, ticket)
    call.caller.require(READ_TICKETS, team=found.team, owner=found.assignee)
    return ticket_history(call.store, found)


@app.get("/v1/tickets/<ticket>/messages/<message>/attachments/<attachment>", **staff(READ_TICKETS))
def attachment(call: Here, ticket: str, message: str, attachment: str) -> Download:
    """Get a short-lived link to a file."""
    found = load_ticket(call.store, ticket)
    call.caller.require(READ_TICKETS, team=found.team, owner=found.assignee)
    return link_to(files(), found.id, attachments_of(call.store, found.id, message), attachment)
