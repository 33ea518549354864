"""The invitation to answer a survey: by e-mail, else by text message, in the customer's language."""

import html
from datetime import datetime, timedelta

from tingjian.intake.customers.reach import way_to
from tingjian.intake.customers.storage import load_customer
from tingjian.notifications.deliveries.composition import RenderContext
from tingjian.notifications.deliveries.models import Outgoing, Rendered
from tingjian.platform import texts
from tingjian.platform.ids import spoken_number
from tingjian.platform.items import Item
from tingjian.platform.signing import Signer
from tingjian.platform.texts import Language
from tingjian.survey.surveys.models import LINK_USE, Survey, still_stands
from tingjian.survey.surveys.storage import load_survey_with_ticket, survey_from_item


def survey_link(signer: Signer, survey: Survey, *, origin: str) -> str:
    """The link that opens the survey until it expires; the token stands behind the `#` and reaches no server's log."""
    return f"{origin}/app/survey.html#{signer.token(LINK_USE, survey.id, expires_at=survey.expires_at)}"


def invitation(context: RenderContext, item: Item, _now: datetime, *, language: Language | None = None) -> Rendered:
    """The invitation of a survey's item, in `language` or else the customer's own.

    It goes where answers to the request go. Nothing if the ticket was reopened, the survey has ended, or no way leads
    there.
    Raises SurveyNotFoundError, CustomerNotFoundError.
    """
    survey, ticket = load_survey_with_ticket(context.store, survey_from_item(item).id)
    if survey.state != "issued" or not still_stands(ticket, survey.resolved_at):
        return Rendered()
    customer = load_customer(context.store, survey.customer)
    language = language or customer.language
    words = {
        "number": spoken_number(ticket.id),
        "subject": ticket.subject,
        "days": max(1, round((survey.expires_at - survey.issued_at) / timedelta(days=1))),
        "link": survey_link(context.signer(), survey, origin=context.origin),
    }
    found = way_to(customer, ticket.contacts, may_text=context.may_text)
    if found is None:
        return Rendered()
    if found.way == "email":
        shown = {name: html.escape(str(value), quote=True) for name, value in words.items()}
        mail = Outgoing(
            way="email",
            to=found.to,
            subject=texts.text("survey.subject", language, **words),
            text=texts.text("survey.text", language, **words),
            html=texts.text("survey.html", language, **shown),
            ticket=ticket.id,
        )
        return Rendered((mail,))
    return Rendered((Outgoing("sms", found.to, text=texts.text("survey.sms", language, **words)),))
