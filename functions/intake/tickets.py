"""Routes of tickets for staff."""

from functions.intake.door import door, settings, signer
from functions.intake.requests import change, files
from tingjian.intake.attachments.actions import link_to, open_slot
from tingjian.intake.attachments.models import Download, Upload, UploadSlot
from tingjian.intake.conversations.actions import write_message
from tingjian.intake.handoffs import actions as handoffs
from tingjian.intake.handoffs.bodies import Answer, AskDepartment, HandoffList, HandoffQuery
from tingjian.intake.handoffs.storage import list_handoffs
from tingjian.intake.messages.models import MessageList
from tingjian.intake.messages.storage import load_messages
from tingjian.intake.ticket_views.actions import files_of, history_of, view_ticket
from tingjian.intake.ticket_views.models import History, TicketView
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import (
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
    Written,
)
from tingjian.intake.tickets.following import follow_link
from tingjian.intake.tickets.listing import TicketList, list_tickets
from tingjian.intake.tickets.opening import Opening, open_ticket
from tingjian.intake.tickets.storage import load_ticket
from tingjian.platform import telemetry
from tingjian.platform.http import Call
from tingjian.platform.models import PageQuery


@door.post("/v1/tickets", right="tickets.open", status=201)
def open_for_customer(call: Call, body: OpenTicket) -> Receipt:
    """File a request on a customer's behalf."""
    opening = Opening(call.caller.actor, call.now, call.language, call.idempotency, files())
    receipt = open_ticket(call.store, signer(), body, opening)
    telemetry.record("TicketsOpened", ticket=receipt.id, channel=body.channel)
    return receipt


@door.get("/v1/tickets", right="tickets.read")
def list_queue(call: Call, query: ListQuery) -> TicketList:
    """List tickets by team, assignee, customer or order, by due time or time of finishing."""
    return list_tickets(call.store, query, caller=call.caller)


@door.get("/v1/tickets/{ticket}", right="tickets.read")
def show(call: Call, ticket: str) -> TicketView:
    """Show a ticket with its newest messages."""
    return view_ticket(call.store, ticket, caller=call.caller)


@door.patch("/v1/tickets/{ticket}", right="tickets.work")
def edit(call: Call, ticket: str, body: EditTicket) -> Receipt:
    """Change facts about a ticket; needs If-Match."""
    return actions.edit(call.store, change(call, ticket), body)


@door.post("/v1/tickets/{ticket}/claim", right="tickets.work")
def claim(call: Call, ticket: str) -> Receipt:
    """Take a ticket that nobody has."""
    return actions.claim(call.store, change(call, ticket))


@door.post("/v1/tickets/{ticket}/assign", right="tickets.assign")
def assign(call: Call, ticket: str, body: Assignment) -> Receipt:
    """Give a ticket to a team or a person."""
    return actions.assign(call.store, change(call, ticket, right="tickets.assign"), body)


@door.post("/v1/tickets/{ticket}/replies", right="tickets.work", status=201)
def reply(call: Call, ticket: str, body: Written) -> Receipt:
    """Answer the customer in public."""
    return write_message(call.store, files(), change(call, ticket), "reply", body)


@door.post("/v1/tickets/{ticket}/notes", right="tickets.work", status=201)
def note(call: Call, ticket: str, body: Written) -> Receipt:
    """Write an internal note."""
    return write_message(call.store, files(), change(call, ticket), "note", body)


@door.get("/v1/tickets/{ticket}/messages", right="tickets.read")
def messages(call: Call, ticket: str, query: PageQuery) -> MessageList:
    """List the messages of a ticket, newest first."""
    found = load_ticket(call.store, ticket)
    call.caller.require("tickets.read", team=found.team, owner=found.assignee)
    items, cursor = load_messages(call.store, ticket, limit=query.limit, cursor=query.cursor)
    return MessageList(items=tuple(items), cursor=cursor)


@door.get("/v1/tickets/{ticket}/history", right="tickets.read")
def history(call: Call, ticket: str) -> History:
    """List the events of a ticket, and whether their chain is unbroken."""
    found = load_ticket(call.store, ticket)
    call.caller.require("tickets.read", team=found.team, owner=found.assignee)
    return history_of(call.store, found)


@door.post("/v1/tickets/{ticket}/wait", right="tickets.work")
def wait(call: Call, ticket: str, body: Waiting) -> Receipt:
    """Wait for the customer."""
    return actions.wait(call.store, change(call, ticket), body)


@door.post("/v1/tickets/{ticket}/resume", right="tickets.work")
def resume(call: Call, ticket: str) -> Receipt:
    """Go on with a ticket that waited."""
    return actions.resume(call.store, change(call, ticket))


@door.post("/v1/tickets/{ticket}/resolve", right="tickets.work")
def resolve(call: Call, ticket: str, body: Resolution) -> Receipt:
    """Resolve with the fields that the type requires."""
    return actions.resolve(call.store, change(call, ticket), body)


@door.post("/v1/tickets/{ticket}/close", right="tickets.work")
def close(call: Call, ticket: str, body: Closing) -> Receipt:
    """Close a ticket; refused with the list of what is open or missing."""
    return actions.close(call.store, change(call, ticket), body)


@door.post("/v1/tickets/{ticket}/reopen", right="tickets.work")
def reopen(call: Call, ticket: str, body: Reopening) -> Receipt:
    """Take a finished ticket up again."""
    return actions.reopen(call.store, change(call, ticket), body.reason)


@door.post("/v1/tickets/{ticket}/links", right="tickets.work", status=201)
def link(call: Call, ticket: str, body: Link) -> Receipt:
    """Link to another ticket."""
    return actions.link(call.store, change(call, ticket), body.ticket)


@door.delete("/v1/tickets/{ticket}/links/{other}", right="tickets.work")
def unlink(call: Call, ticket: str, other: str) -> Receipt:
    """Take a link away."""
    return actions.unlink(call.store, change(call, ticket), other)


@door.post("/v1/tickets/{ticket}/follow-link", right="tickets.work", kept=True)
def customers_link(call: Call, ticket: str) -> FollowLink:
    """Make the link by which the customer follows the ticket, to send or read out."""
    found = load_ticket(call.store, ticket)
    call.caller.require("tickets.work", team=found.team, owner=found.assignee)
    return FollowLink(url=follow_link(signer(), found.id, call.now, origin=settings().public_origin))


@door.get("/v1/tickets/{ticket}/messages/{message}/attachments/{attachment}", right="tickets.read")
def attachment(call: Call, ticket: str, message: str, attachment: str) -> Download:
    """Get a short-lived link to a file."""
    found = load_ticket(call.store, ticket)
    call.caller.require("tickets.read", team=found.team, owner=found.assignee)
    return link_to(files(), found.id, files_of(call.store, found.id, message), attachment)


@door.post("/v1/attachments", right="tickets.open", status=201, kept=True)
def upload(call: Call, body: Upload) -> UploadSlot:
    """Get a form to upload a file with."""
    return open_slot(files(), body, idempotency=call.idempotency)


@door.post("/v1/tickets/{ticket}/handoffs", right="tickets.work", status=201)
def hand_off(call: Call, ticket: str, body: AskDepartment) -> Receipt:
    """Hand the request to another department."""
    return handoffs.ask_department(call.store, change(call, ticket), body)


@door.get("/v1/handoffs", right="handoffs.read")
def list_department(call: Call, query: HandoffQuery) -> HandoffList:
    """List the hand-offs of a department by due time."""
    call.caller.require("handoffs.read", team=query.department)
    items, cursor = list_handoffs(
        call.store, query.department, finished=query.finished, limit=query.limit, cursor=query.cursor
    )
    return HandoffList(items=tuple(items), cursor=cursor)


@door.post("/v1/tickets/{ticket}/handoffs/{number}/accept", right="handoffs.answer")
def accept(call: Call, ticket: str, number: str) -> Receipt:
    """Accept a hand-off."""
    return handoffs.answer(call.store, change(call, ticket, right=None), number, "accepted")


@door.post("/v1/tickets/{ticket}/handoffs/{number}/decline", right="handoffs.answer")
def decline(call: Call, ticket: str, number: str, body: Answer) -> Receipt:
    """Decline a hand-off, with the reason."""
    return handoffs.answer(call.store, change(call, ticket, right=None), number, "declined", body.text)


@door.post("/v1/tickets/{ticket}/handoffs/{number}/complete", right="handoffs.answer")
def complete(call: Call, ticket: str, number: str, body: Answer) -> Receipt:
    """Report a hand-off as done, with the evidence."""
    return handoffs.answer(call.store, change(call, ticket, right=None), number, "done", body.text)


@door.post("/v1/tickets/{ticket}/handoffs/{number}/withdraw", right="tickets.work")
def withdraw(call: Call, ticket: str, number: str, body: Answer) -> Receipt:
    """Withdraw a hand-off, with the reason."""
    return handoffs.answer(call.store, change(call, ticket, right=None), number, "withdrawn", body.text)
