"""Routes for customers, who have no account: a link, or the number with the last digits of the phone."""

from functions.intake.door import door, settings, signer
from functions.intake.requests import customers_change, files
from tingjian.intake.attachments.actions import link_to, open_slot
from tingjian.intake.attachments.models import Download, Upload, UploadSlot
from tingjian.intake.conversations.actions import write_message
from tingjian.intake.ticket_views.models import PublicTicket, view_public
from tingjian.intake.ticket_views.storage import collection
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import Ask, Asked, FollowLink, Lookup, Receipt, Reopening, Written
from tingjian.intake.tickets.following import follow_link, followed, recognise, require_reopenable
from tingjian.intake.tickets.opening import Opening, open_ticket
from tingjian.intake.types.models import PublicTypeList
from tingjian.intake.types.storage import list_types
from tingjian.platform import telemetry
from tingjian.platform.events import Actor
from tingjian.platform.http import Call, Html
from tingjian.platform.models import Frozen

DOCS = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Tingjian API</title>
<meta http-equiv="refresh" content="0; url=/app/docs/index.html">
<p><a href="/app/docs/index.html">Tingjian API reference</a></p></html>"""


class Health(Frozen):
    """That the service answers."""

    status: str = "ok"


@door.get("/v1/health")
def health(call: Call) -> Health:  # noqa: ARG001 - every route gets its call
    """Say that the service answers."""
    return Health()


@door.get("/v1/docs")
def docs(call: Call) -> Html:  # noqa: ARG001 - every route gets its call
    """Show the reference page of this API."""
    return Html(DOCS)


@door.get("/v1/public/ticket-types")
def types(call: Call) -> PublicTypeList:
    """List the types of request that customers can file, in the caller's language."""
    return PublicTypeList.of(list_types(call.store), call.language)


@door.post("/v1/public/attachments", status=201, kept=True)
def upload(call: Call, body: Upload) -> UploadSlot:
    """Get a form to upload a file with."""
    return open_slot(files(), body, idempotency=call.idempotency)


@door.post("/v1/public/tickets", status=201)
def ask(call: Call, body: Ask) -> Asked:
    """File a request; the answer has the number to say and the link to follow it by."""
    opening = Opening(Actor(kind="customer"), call.now, call.language, call.idempotency, files())
    receipt = open_ticket(call.store, signer(), body, opening)
    telemetry.record("TicketsOpened", ticket=receipt.id, channel=body.channel)
    link = follow_link(signer(), receipt.id, receipt.at, origin=settings().public_origin)
    return Asked(number=receipt.number, status=receipt.status, opened_at=receipt.at, follow_url=link)


@door.post("/v1/public/tickets/lookup", kept=True)
def look_up(call: Call, body: Lookup) -> FollowLink:
    """Get the link to a request by its number and the last four digits of the phone."""
    number = recognise(call.store, body.number, body.phone_last_four, now=call.now)
    return FollowLink(url=follow_link(signer(), number, call.now, origin=settings().public_origin))


@door.get("/v1/public/tickets/{token}")
def follow(call: Call, token: str) -> PublicTicket:
    """Show a request to its customer."""
    ticket, messages, _, _ = collection(call.store, followed(signer(), token, now=call.now))
    return view_public(ticket, messages, now=call.now)


@door.post("/v1/public/tickets/{token}/messages", status=201)
def write(call: Call, token: str, body: Written) -> Receipt:
    """Add to a request."""
    number = followed(signer(), token, now=call.now)
    return write_message(call.store, files(), customers_change(call, number), "customer", body)


@door.post("/v1/public/tickets/{token}/confirm")
def confirm(call: Call, token: str) -> Receipt:
    """Confirm that the request is solved."""
    number = followed(signer(), token, now=call.now)
    return actions.confirm(call.store, customers_change(call, number))


@door.post("/v1/public/tickets/{token}/reopen")
def reopen(call: Call, token: str, body: Reopening) -> Receipt:
    """Say that the request is not solved."""
    number = followed(signer(), token, now=call.now)
    require_reopenable(call.store, number, now=call.now)
    return actions.reopen(call.store, customers_change(call, number), body.reason)


@door.get("/v1/public/tickets/{token}/messages/{message}/attachments/{attachment}")
def attachment(call: Call, token: str, message: str, attachment: str) -> Download:
    """Get a short-lived link to a file of the request."""
    number = followed(signer(), token, now=call.now)
    _, messages, _, _ = collection(call.store, number)
    shown = next((found.attachments for found in messages if found.id == message and found.kind != "note"), ())
    return link_to(files(), number, shown, attachment)
