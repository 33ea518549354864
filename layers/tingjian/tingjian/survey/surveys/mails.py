"""The invitation to answer a survey: by e-mail, else by text message, in the customer's language."""

import html
from datetime import datetime, timedelta

from tingjian.intake.consents.actions import consents_link
from tingjian.intake.consents.permission import Later, Refused, may_contact
from tingjian.intake.customers.models import Customer
from tingjian.intake.customers.reach import way_to
from tingjian.intake.customers.storage import load_customer
from tingjian.notifications.deliveries.composition import RenderContext
from tingjian.notifications.deliveries.models import Outgoing, Rendered
from tingjian.platform import texts
from tingjian.platform.ids import spoken_number
from tingjian.platform.items import Item
from tingjian.platform.texts import Language
from tingjian.survey.questionnaires.storage import find_questionnaire
from tingjian.survey.surveys.actions import page_path
from tingjian.survey.surveys.asked import questionnaire_of
from tingjian.survey.surveys.models import still_stands
from tingjian.survey.surveys.storage import load_survey_with_ticket, reminder_count, survey_of_sending


def invitation(context: RenderContext, item: Item, now: datetime, *, language: Language | None = None) -> Rendered:
    """The invitation, or the reminder, that a survey's item asks for, in `language` or else the customer's own.

    It goes where answers to the request go, and waits while quiet hours last. It is dropped if the ticket was reopened
    or the survey has ended. Raises SurveyNotFoundError, CustomerNotFoundError.
    """
    survey, ticket = load_survey_with_ticket(context.store, survey_of_sending(item))
    if not survey.is_open(now) or not still_stands(ticket, survey.resolved_at):
        return Rendered(needless="survey_ended")
    rules = find_questionnaire(context.store, survey.type, survey.team, survey.channel)
    awake_at = rules.sending.awake_at(now)
    if awake_at > now:
        return Rendered(not_before=awake_at)
    customer = load_customer(context.store, survey.customer)
    if withheld := _withheld(customer, now):
        return withheld
    stop = consents_link(context.signer(), customer.id, "survey", origin=context.origin, now=now)
    language = language or customer.language
    count = reminder_count(item)
    left = survey.expires_at - (now if count else survey.issued_at)
    words = {
        "number": spoken_number(ticket.id),
        "subject": ticket.subject,
        "days": max(1, round(left / timedelta(days=1))),
        "hours": questionnaire_of(context.store, survey).change_hours,
        "link": f"{context.origin}{page_path(context.signer(), survey)}?lang={language}",
    }
    found = way_to(customer, ticket.contacts, may_text=context.may_text)
    if found is None:
        return Rendered()
    kind = "survey_reminder" if count else "survey"
    if found.way == "email":
        shown = {name: html.escape(str(value), quote=True) for name, value in words.items()}
        mail = Outgoing(
            way="email",
            to=found.to,
            subject=texts.text(f"{kind}.subject", language, **words),
            text=texts.text(f"{kind}.text", language, **words) + texts.text("consents.footer", language, link=stop),
            html=texts.text(f"{kind}.html", language, **shown)
            + texts.text("consents.footer_html", language, link=html.escape(stop, quote=True)),
            ticket=ticket.id,
            unsubscribe=stop,
        )
        return Rendered((mail,))
    return Rendered((Outgoing("sms", found.to, text=texts.text(f"{kind}.sms", language, **words)),))


def _withheld(customer: Customer, now: datetime) -> Rendered | None:
    """Nothing for who opted out meanwhile, later for who has hours of its own; None for who may be asked now."""
    permission = may_contact(customer, "survey", now)
    if isinstance(permission, Refused):
        return Rendered(needless=permission.reason)
    if isinstance(permission, Later) and customer.consents.sets_hours:
        return Rendered(not_before=permission.at)
    return None
