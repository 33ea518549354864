"""What the customer is told of a conversation, by mail or text message: the request has arrived, staff replied."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from tingjian.intake.customers.models import Customer
from tingjian.intake.customers.reach import way_to
from tingjian.intake.customers.storage import customer_from_item
from tingjian.intake.tickets.follow_links import follow_link
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.storage import ticket_from_item
from tingjian.notifications.deliveries.composition import RenderContext, email, one_line, text_message
from tingjian.notifications.deliveries.models import Rendered, Writer
from tingjian.platform.ids import spoken_number
from tingjian.platform.items import Item
from tingjian.platform.places import customer_key, ticket_key

WRITERS: dict[str, Writer] = {"reply": "person", "opened": "machine in answer", "received": "machine in answer"}
"""Who wrote a mail, by its kind; every other one is a machine's own."""
SMS_QUOTE = 60
"""How much of a reply a text message quotes, in characters."""
UNCHECKED_PER_DAY, CHECKED_PER_DAY = 3, 20
"""So many acknowledgements of requests that nobody signed an address or phone gets a day: one that somebody said of
himself, and one of a customer whom staff have checked."""


def reply_mail(context: RenderContext, item: Item, now: datetime) -> Rendered:
    """A public reply of staff, with the link to follow the ticket by. Two reads."""
    return _render(context, item, "reply", now)


def opened_mail(context: RenderContext, item: Item, now: datetime) -> Rendered:
    """That a request has arrived, with its number and the link to follow it by. Two reads.

    Whoever files a request without an account may have given somebody else's address: then the message holds none of
    the words of the request, and an address or phone gets a few such messages a day.
    """
    return _render(context, item, "opened" if item.get("author") else "received", now)


def _render(context: RenderContext, item: Item, kind: str, now: datetime) -> Rendered:
    asker = asker_of(context, item["pk"].removeprefix("ticket#"))
    if asker is None:
        return Rendered()
    ticket, customer = asker
    words = {
        "ticket": spoken_number(ticket.id),
        "number": ticket.id,
        "subject": ticket.subject,
        "text": item["text"],
        "quote": _quote(item["text"]),
        "link": follow_link(context.signer(), ticket.id, now, origin=context.origin),
    }
    checked = CHECKED_PER_DAY if customer.is_checked(ticket.contacts) else UNCHECKED_PER_DAY
    return to_customer(context, asker, kind, words, per_day=checked if kind == "received" else 0)


class Asker(NamedTuple):
    """A ticket and its customer."""

    ticket: Ticket
    customer: Customer


def asker_of(context: RenderContext, number: str) -> Asker | None:
    """Whose request it is; None for one that was imported, and for a customer who was erased. Two reads."""
    ticket = _ticket_of(context, number)
    customer = _customer_of(context, ticket) if ticket else None
    return Asker(ticket, customer) if ticket and customer else None


def to_customer(
    context: RenderContext, asker: Asker, kind: str, words: Mapping[str, object], *, per_day: int = 0
) -> Rendered:
    """A mail, or a text message, to what the request came with; nothing if there is no way at all."""
    language = asker.customer.language
    found = way_to(asker.customer, asker.ticket.contacts, may_text=context.may_text)
    if found is None:
        return Rendered()
    if found.way == "sms":
        message = text_message(found.to, kind, language, words)
    else:
        about = str(words.get("number", ""))
        message = email(found.to, kind, language, words, ticket=about, written_by=WRITERS.get(kind, "machine"))
    return Rendered((replace(message, per_day=per_day),))


def _ticket_of(context: RenderContext, number: str) -> Ticket | None:
    stored = context.store.get(ticket_key(number), consistent=False)
    ticket = ticket_from_item(stored) if stored else None
    return None if ticket is None or ticket.imported else ticket


def _customer_of(context: RenderContext, ticket: Ticket) -> Customer | None:
    found = context.store.get(customer_key(ticket.customer_id), consistent=False)
    return customer_from_item(found) if found else None


def _quote(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= SMS_QUOTE else line[: SMS_QUOTE - 1] + "…"
