"""What the customer is told of a conversation, by mail or text message: the request has arrived, staff replied."""

from collections.abc import Mapping
from datetime import datetime

from tingjian.intake.customers.models import Customer
from tingjian.intake.customers.reach import way_to
from tingjian.intake.customers.storage import customer_from_item
from tingjian.intake.tickets.follow_links import follow_link
from tingjian.intake.tickets.storage import ticket_from_item
from tingjian.notifications.deliveries.composition import RenderContext, email, one_line, text_message
from tingjian.notifications.deliveries.models import Rendered
from tingjian.platform.ids import spoken_number
from tingjian.platform.items import Item
from tingjian.platform.places import customer_key, ticket_key

SMS_QUOTE = 60
"""How much of a reply a text message quotes, in characters."""


def reply_mail(context: RenderContext, item: Item, now: datetime) -> Rendered:
    """A public reply of staff, with the link to follow the ticket by. Two reads."""
    return _render(context, item, "reply", now)


def opened_mail(context: RenderContext, item: Item, now: datetime) -> Rendered:
    """That a request has arrived, with its number and the link to follow it by. Two reads."""
    return _render(context, item, "opened", now)


def _render(context: RenderContext, item: Item, kind: str, now: datetime) -> Rendered:
    stored = context.store.get(ticket_key(item["pk"].removeprefix("ticket#")), consistent=False)
    ticket = ticket_from_item(stored) if stored else None
    if ticket is None or ticket.imported:
        return Rendered()
    found = context.store.get(customer_key(ticket.customer_id), consistent=False)
    if found is None:
        return Rendered()
    words = {
        "ticket": spoken_number(ticket.id),
        "subject": ticket.subject,
        "text": item["text"],
        "quote": _quote(item["text"]),
        "link": follow_link(context.signer(), ticket.id, now, origin=context.origin),
    }
    return _to_customer(context, customer_from_item(found), kind, words)


def _to_customer(context: RenderContext, customer: Customer, kind: str, words: Mapping[str, object]) -> Rendered:
    """A mail, or a text message to a customer without an address; nothing if there is no way at all."""
    found = way_to(customer, sms=context.sms)
    if found is None:
        return Rendered()
    write = email if found.way == "email" else text_message
    return Rendered((write(found.to, kind, customer.language, words),))


def _quote(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= SMS_QUOTE else line[: SMS_QUOTE - 1] + "…"
