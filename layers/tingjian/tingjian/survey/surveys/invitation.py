"""The invitation to answer a survey: by e-mail, else by text message, in the customer's language."""

import html
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from tingjian.intake.customers.storage import load_customer
from tingjian.platform import texts
from tingjian.platform.ids import spoken
from tingjian.platform.items import Item
from tingjian.platform.signing import Signer
from tingjian.platform.store import Store
from tingjian.platform.texts import Language
from tingjian.survey.surveys.models import Survey, still_stands
from tingjian.survey.surveys.storage import from_item, load_with_ticket

USE = "survey"


@dataclass(frozen=True, slots=True)
class Invitation:
    """What is sent: `kind` is `email` or `sms`; a text message has neither subject nor HTML."""

    kind: Literal["email", "sms"]
    recipient: str
    subject: str
    text: str
    html: str


def link_of(signer: Signer, survey: Survey, *, origin: str) -> str:
    """The link that opens the survey until it expires; the token stands behind the `#` and reaches no server's log."""
    return f"{origin}/app/survey.html#{signer.token(USE, survey.id, expires_at=survey.expires_at)}"


def render(
    store: Store, signer: Signer, item: Item, *, origin: str, language: Language | None = None
) -> Invitation | None:
    """The invitation of a survey's item, in `language` or else the customer's own.

    None when there is nothing to send any more: the ticket was reopened, the survey ended, nobody can be reached.
    Raises SurveyNotFoundError, CustomerNotFoundError.
    """
    survey, ticket = load_with_ticket(store, from_item(item).id)
    if survey.state != "issued" or not still_stands(ticket, survey.resolved_at):
        return None
    customer = load_customer(store, survey.customer)
    language = language or customer.language
    link = link_of(signer, survey, origin=origin)
    said = {
        "number": spoken(ticket.id),
        "subject": ticket.subject,
        "days": max(1, round((survey.expires_at - survey.issued_at) / timedelta(days=1))),
        "link": link,
    }
    if customer.emails:
        shown = {name: html.escape(str(value), quote=True) for name, value in said.items()}
        return Invitation(
            kind="email",
            recipient=customer.emails[0],
            subject=texts.text("survey.subject", language, **said),
            text=texts.text("survey.text", language, **said),
            html=texts.text("survey.html", language, **shown),
        )
    if customer.phones:
        return Invitation("sms", customer.phones[0], "", texts.text("survey.sms", language, **said), "")
    return None
