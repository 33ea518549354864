"""What messages say: a reader's own language, plain text and simple HTML of the same words."""

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tingjian.intake.customers.models import Customer
from tingjian.intake.customers.storage import from_item as customer_from
from tingjian.intake.customers.storage import key_of as customer_key
from tingjian.intake.tickets.following import follow_link
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.storage import from_item as ticket_from
from tingjian.intake.tickets.storage import key_of as ticket_key
from tingjian.notifications.deliveries.models import Outgoing, Rendered, Way
from tingjian.notifications.notices.models import Notice
from tingjian.notifications.notices.storage import from_item as notice_from
from tingjian.notifications.notices.storage import load_preferences
from tingjian.people.staff.storage import find_staff
from tingjian.platform import texts
from tingjian.platform.ids import spoken
from tingjian.platform.items import Item
from tingjian.platform.signing import Signer
from tingjian.platform.store import Store
from tingjian.platform.texts import Language

SMS_QUOTE = 60
"""How much of a reply a text message quotes, in characters."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes messages, and reads whom and what they speak of. `sms` says whether text messages are sent at all."""

    store: Store
    signer: Callable[[], Signer]
    origin: str
    sms: bool

    def reply(self, item: Item, now: datetime) -> Rendered:
        """A public reply of staff, to the customer, with the link to follow the ticket by. Two reads."""
        return self._to_customer(item, "reply", now)

    def opened(self, item: Item, now: datetime) -> Rendered:
        """That a request has arrived, with its number and the link to follow it by. Two reads."""
        return self._to_customer(item, "opened", now)

    def notice(self, item: Item, now: datetime) -> Rendered:
        """A notice to a member of staff; in quiet hours, the person's own or the ladder's, it waits. Two reads."""
        notice = notice_from(item)
        person = find_staff(self.store, notice.staff)
        ticket = self._ticket(notice.ticket)
        if person is None or not person.active or ticket is None:
            return Rendered()
        wishes = load_preferences(self.store, notice.staff)
        quiet = wishes.quiet_hours or notice.quiet_hours
        if quiet is not None and (until := quiet.until(now)) is not None:
            return Rendered(not_before=until)
        words = {
            "name": person.name,
            "title": notice.title(person.language),
            "subject": ticket.subject,
            "link": f"{self.origin}/app/#/tickets/{ticket.id}",
        }
        addresses = {"email": person.email, "sms": wishes.phone or ""}
        return Rendered(tuple(self._notices(notice, addresses, person.language, words)))

    def webhook(self, item: Item, _now: datetime) -> Rendered:
        """A call to a webhook; its id stays the same over all tries."""
        call = Outgoing(
            way="webhook", to=item["pk"].removeprefix("webhook#"), text=item["body"], id=item["sk"].rpartition("#")[2]
        )
        return Rendered((call,))

    def to_customer(self, customer: Customer, kind: str, words: Mapping[str, object]) -> Rendered:
        """A message to a customer by mail, or as a text message to who has no mail; nothing to who has neither."""
        if customer.emails:
            return Rendered((_mail(customer.emails[0], kind, customer.language, words),))
        if customer.phones and self.sms:
            return Rendered((_sms(customer.phones[0], kind, customer.language, words),))
        return Rendered()

    def _notices(
        self, notice: Notice, addresses: Mapping[str, str], language: Language, words: Mapping[str, object]
    ) -> list[Outgoing]:
        outgoing = []
        if "email" in notice.channels and addresses["email"]:
            outgoing.append(_mail(addresses["email"], "notice", language, words))
        if "sms" in notice.channels and addresses["sms"] and self.sms:
            outgoing.append(_sms(addresses["sms"], "notice", language, words))
        return outgoing

    def _to_customer(self, item: Item, kind: str, now: datetime) -> Rendered:
        ticket = self._ticket(item["pk"].removeprefix("ticket#"))
        if ticket is None or ticket.imported:
            return Rendered()
        found = self.store.get(customer_key(ticket.customer_id), consistent=False)
        if found is None:
            return Rendered()
        words: Mapping[str, object] = {
            "ticket": spoken(ticket.id),
            "subject": ticket.subject,
            "text": item["text"],
            "quote": _shortened(item["text"]),
            "link": follow_link(self.signer(), ticket.id, now, origin=self.origin),
        }
        return self.to_customer(customer_from(found), kind, words)

    def _ticket(self, number: str) -> Ticket | None:
        item = self.store.get(ticket_key(number), consistent=False)
        return ticket_from(item) if item else None


def _mail(to: str, kind: str, language: Language, words: Mapping[str, object]) -> Outgoing:
    text = texts.text(f"mail.{kind}.text", language, **words)
    subject = texts.text(f"mail.{kind}.subject", language, **words)
    return Outgoing(way="email", to=to, subject=_one_line(subject), text=text, html=page(text, language))


def _sms(to: str, kind: str, language: Language, words: Mapping[str, object]) -> Outgoing:
    way: Way = "sms"
    return Outgoing(way=way, to=to, text=texts.text(f"sms.{kind}", language, **words))


def page(text: str, language: Language) -> str:
    """The plain text as a simple page: paragraphs, line breaks, and links that can be pressed."""
    paragraphs = "".join(f"<p>{_lines(paragraph)}</p>" for paragraph in text.split("\n\n") if paragraph.strip())
    style = "font-family:sans-serif;line-height:1.6;color:#222;max-width:36em"
    return f'<!doctype html><html lang="{language}"><body style="{style}">{paragraphs}</body></html>'


def _lines(paragraph: str) -> str:
    return "<br>".join(_linked(line) for line in paragraph.strip().split("\n"))


def _linked(line: str) -> str:
    """A line that is an address alone becomes a link; everything else is text."""
    shown = html.escape(line)
    if line.startswith(("https://", "http://")) and " " not in line:
        return f'<a href="{shown}">{shown}</a>'
    return shown


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _shortened(text: str) -> str:
    line = _one_line(text)
    return line if len(line) <= SMS_QUOTE else line[: SMS_QUOTE - 1] + "…"
