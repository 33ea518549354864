"""Sending surveys: what is decided when a survey's time comes, once, and what ends a survey that nobody answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tingjian.intake.consents.permission import Refused, may_contact
from tingjian.intake.customers.storage import customer_from_item
from tingjian.intake.tickets.models import Ticket
from tingjian.platform.chains import with_event
from tingjian.platform.events import SYSTEM, event_write
from tingjian.platform.items import Item
from tingjian.platform.places import customer_key
from tingjian.platform.store import Store, Write
from tingjian.platform.timers import Firing
from tingjian.survey.questionnaires.models import Questionnaire
from tingjian.survey.questionnaires.storage import find_questionnaire
from tingjian.survey.surveys import models
from tingjian.survey.surveys.events import (
    SurveyExpired,
    SurveyFact,
    SurveyIssued,
    SurveyPlanned,
    SurveyReminded,
    SurveySkipped,
    SurveyWithdrawn,
)
from tingjian.survey.surveys.models import HeldReason, Survey
from tingjian.survey.surveys.storage import (
    load_newest_survey,
    load_survey_with_ticket,
    newest_survey_write,
    rescheduled_write,
    sending_write,
    survey_from_item,
    survey_write,
)

FACTS = {"issued": "SurveysIssued", "skipped": "SurveysSkipped", "withdrawn": "SurveysWithdrawn"}


def fire_survey(store: Store, item: Item, *, now: datetime) -> Firing | None:
    """The timer of a survey: it is sent, its customer is reminded, or its time is over. One transaction.

    None when it was answered or has ended.
    """
    survey = survey_from_item(item)
    if survey.timer_at is None or survey.timer_at > now:
        return None
    if survey.state == "issued" and now >= survey.expires_at:
        ended, writes = changed(survey.with_end("expired"), SurveyExpired, now=now)
        return Firing(writes)
    _, ticket = load_survey_with_ticket(store, survey.id)
    if not models.still_stands(ticket, survey.resolved_at):
        ended, writes = changed(survey.with_end("withdrawn"), SurveyWithdrawn, now=now)
        return Firing(writes, {FACTS[ended.state]: 1})
    questionnaire = find_questionnaire(store, survey.type, survey.team, survey.channel)
    awake_at = questionnaire.sending.awake_at(now)
    if awake_at > now:
        # The rules have changed since, or the sweep is late: a message waits, which is no change of the survey.
        times = {"send_at": awake_at} if survey.state == "planned" else {"remind_at": awake_at}
        return Firing((rescheduled_write(survey.model_copy(update=times)),))
    if survey.state == "planned":
        asks = {"questionnaire": questionnaire.type, "questionnaire_version": questionnaire.version}
        survey = survey.model_copy(update={"version": survey.version + 1} | asks)
        sent, writes = decided(store, survey, ticket, questionnaire, now=now)
        if sent.state == "issued":
            writes = (*writes, sending_write(sent))
        return Firing(writes, {FACTS[sent.state]: 1})
    reminded = survey.with_reminder(questionnaire.sending, now=now)
    reminded, writes = changed(reminded, SurveyReminded, now=now, data={"count": reminded.reminded})
    return Firing((*writes, sending_write(reminded)), {"SurveysReminded": 1})


def decided(
    store: Store, survey: Survey, ticket: Ticket, questionnaire: Questionnaire, *, now: datetime
) -> tuple[Survey, tuple[Write, ...]]:
    """The survey whose time has come: issued, or held back for a reason; and the members that store it."""
    found = (0, ()) if not asks_seldom(questionnaire) else load_newest_survey(store, survey.customer)
    version, newest = found
    why = _opt_out(store, survey, now) or _reason_to_hold_back(questionnaire, newest, ticket, now)
    if why:
        return changed(survey.held_back(why), SurveySkipped, now=now, data={"why": why})
    survey = survey.issued(questionnaire, now=now)
    survey, writes = changed(survey, SurveyIssued, now=now)
    return survey, (*writes, newest_survey_write(survey, version)) if asks_seldom(questionnaire) else writes


def planned(survey: Survey, send_at: datetime, *, now: datetime) -> tuple[Survey, tuple[Write, ...]]:
    """The survey that is sent later, and the members that store it."""
    survey = survey.model_copy(update={"state": "planned", "send_at": send_at})
    return changed(survey, SurveyPlanned, now=now, data={"send_at": send_at.isoformat()})


def held_back(survey: Survey, why: HeldReason, *, now: datetime) -> tuple[Survey, tuple[Write, ...]]:
    """The survey that is not sent for a reason of its resolution, and the members that store it."""
    return changed(survey.held_back(why), SurveySkipped, now=now, data={"why": why})


def changed(
    survey: Survey, fact: type[SurveyFact], *, now: datetime, data: dict[str, Any] | None = None
) -> tuple[Survey, tuple[Write, ...]]:
    """The survey with its event, and the members of a transaction that store both."""
    survey, event = with_event(survey, fact, now=now, actor=SYSTEM, data=data)
    return survey, (survey_write(survey), event_write(event))


def asks_seldom(questionnaire: Questionnaire) -> bool:
    """Whether it matters when a customer was asked last."""
    return bool(questionnaire.quiet_hours or questionnaire.sending.cooldown_days)


def _opt_out(store: Store, survey: Survey, now: datetime) -> HeldReason | None:
    item = store.get(customer_key(survey.customer), consistent=False)
    permission = may_contact(customer_from_item(item), "survey", now) if item else None
    return permission.reason if isinstance(permission, Refused) else None


def _reason_to_hold_back(
    questionnaire: Questionnaire, newest: Sequence[Survey], ticket: Ticket, now: datetime
) -> HeldReason | None:
    others = [other for other in newest if other.ticket != ticket.id]
    if models.was_asked_lately(questionnaire, newest, now=now):
        return "cooldown"
    return "cooldown" if models.must_be_left_alone(questionnaire, others, now=now) else None
