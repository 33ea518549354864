"""How mails and text messages are put together, in the reader's language: plain text, and simple HTML of the same."""

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tingjian.notifications.deliveries.models import Outgoing, Rendered, Writer
from tingjian.platform import texts
from tingjian.platform.contacts import is_phone_of
from tingjian.platform.items import Item
from tingjian.platform.signing import Signer
from tingjian.platform.store import Store
from tingjian.platform.texts import Language


@dataclass(frozen=True, slots=True)
class RenderContext:
    """What renderers read with, and what they write into links.

    `sms` says whether text messages are sent at all, `countries` where to (ISO codes).
    """

    store: Store
    signer: Callable[[], Signer]
    origin: str
    sms: bool
    countries: frozenset[str] = frozenset({"CN"})

    def may_text(self, phone: str) -> bool:
        """Whether a text message may be sent to this phone."""
        return self.sms and is_phone_of(phone, self.countries)


Renderer = Callable[[RenderContext, Item, datetime], Rendered]
"""Makes the messages that an item asks for. Reads what it needs; sends and writes nothing."""


def email(
    to: str,
    kind: str,
    language: Language,
    words: Mapping[str, object],
    *,
    ticket: str = "",
    written_by: Writer = "machine",
) -> Outgoing:
    """A mail of the texts `mail.<kind>.subject` and `mail.<kind>.text`, which is about a ticket if one is named."""
    text = texts.text(f"mail.{kind}.text", language, **words)
    subject = texts.text(f"mail.{kind}.subject", language, **words)
    return Outgoing(
        way="email",
        to=to,
        subject=one_line(subject),
        text=text,
        html=html_page(text, language),
        ticket=ticket,
        written_by=written_by,
    )


def text_message(to: str, kind: str, language: Language, words: Mapping[str, object]) -> Outgoing:
    """A text message of the text `sms.<kind>`."""
    return Outgoing(way="sms", to=to, text=texts.text(f"sms.{kind}", language, **words))


def html_page(text: str, language: Language) -> str:
    """The plain text as a simple page: paragraphs, line breaks, and links that can be pressed."""
    paragraphs = "".join(
        f"<p>{_paragraph_html(paragraph)}</p>" for paragraph in text.split("\n\n") if paragraph.strip()
    )
    style = "font-family:sans-serif;line-height:1.6;color:#222;max-width:36em"
    return f'<!doctype html><html lang="{language}"><body style="{style}">{paragraphs}</body></html>'


def one_line(text: str) -> str:
    """The text without line breaks and other long spaces."""
    return " ".join(text.split())


def _paragraph_html(paragraph: str) -> str:
    return "<br>".join(_line_html(line) for line in paragraph.strip().split("\n"))


def _line_html(line: str) -> str:
    """A line that is an address alone becomes a link; everything else is text."""
    shown = html.escape(line)
    if line.startswith(("https://", "http://")) and " " not in line:
        return f'<a href="{shown}">{shown}</a>'
    return shown
