"""Asking the customer after a resolution, taking the answer once, and ending what nobody answered."""

from datetime import datetime

from tingjian.intake.tickets.models import Ticket
from tingjian.intake.types.models import display_label
from tingjian.platform import texts
from tingjian.platform.chains import with_event
from tingjian.platform.changes import load_and_write
from tingjian.platform.events import SYSTEM, Event, event_write
from tingjian.platform.ids import spoken_number
from tingjian.platform.items import Item
from tingjian.platform.signing import Signer
from tingjian.platform.store import ConditionFailedError, Store, Write
from tingjian.platform.texts import Language
from tingjian.platform.timers import Firing
from tingjian.survey.questionnaires.models import Questionnaire
from tingjian.survey.questionnaires.storage import find_questionnaire
from tingjian.survey.surveys import models
from tingjian.survey.surveys.events import SurveyExpired, SurveyFact, SurveyIssued, SurveySkipped, SurveyWithdrawn
from tingjian.survey.surveys.models import OfferedReason, PublicSurvey, Survey
from tingjian.survey.surveys.storage import (
    load_newest_survey,
    load_survey_with_ticket,
    load_surveys,
    newest_survey_write,
    survey_from_item,
    survey_write,
)

ATTEMPTS = 5


class ContentionError(RuntimeError):
    """Others changed the same things again and again; the next delivery of the event, or the caller, tries anew."""


def issue_survey(store: Store, resolution: Event, *, now: datetime) -> Survey | None:
    """Issue the survey of a resolution (event TicketResolved), and withdraw an unanswered one of the same ticket.

    None when nothing was issued now: it was before, or the history is imported, the ticket was reopened since or closed
    without result, the type asks nothing, or the customer is to be left alone. The natural id, ticket and version of
    the resolution, makes every repeat harmless. Raises TicketNotFoundError, and KeyError for an event that is none.
    """
    if resolution.imported:
        return None
    number = resolution.entity.removeprefix("ticket#")
    questionnaire = find_questionnaire(store, resolution.data["type"])

    def write(loaded: tuple[Ticket, list[Survey]]) -> Survey | None:
        ticket, surveys = loaded
        survey = _survey_of(resolution, questionnaire, now)
        asked = any(earlier.id == survey.id for earlier in surveys)
        if asked or not questionnaire.active or not models.still_stands(ticket, resolution.at):
            return None
        writes = _withdrawals(surveys, now)
        if questionnaire.quiet_hours:
            version, newest = load_newest_survey(store, survey.customer)
            if models.must_be_left_alone(questionnaire, [other for other in newest if other.ticket != number], now=now):
                survey = survey.model_copy(update={"state": "skipped"})
            else:
                writes.append(newest_survey_write(survey, version))
        survey, event = with_event(survey, _issue_fact(survey), now=now, actor=SYSTEM)
        store.transact([survey_write(survey), event_write(event), *writes])
        return survey if survey.state == "issued" else None

    try:
        return load_and_write(
            store, lambda: load_surveys(store, number), write, again_on=ConditionFailedError, attempts=ATTEMPTS
        )
    except ConditionFailedError as error:
        raise ContentionError from error


def show_survey(store: Store, signer: Signer, token: str, *, language: Language, now: datetime) -> PublicSurvey:
    """The survey that a link opens. Raises LinkInvalidError, LinkExpiredError, SurveyAnsweredError."""
    survey, ticket = load_survey_with_ticket(store, signer.open_token(models.LINK_USE, token, now=now))
    survey.require_open(now)
    questionnaire = find_questionnaire(store, survey.type)
    return PublicSurvey(
        number=spoken_number(ticket.id),
        subject=ticket.subject,
        resolved_at=survey.resolved_at,
        expires_at=survey.expires_at,
        reasons=tuple(
            OfferedReason(key=reason.key, label=reason_label(reason.key, reason.labels, language), tone=reason.tone)
            for reason in questionnaire.reasons
        ),
        satisfied_from=questionnaire.satisfied_from,
    )


def expire_survey(_store: Store, item: Item, *, now: datetime) -> Firing | None:
    """The timer of a survey: its time is over. One transaction, two members; None when it was answered or has ended."""
    survey = survey_from_item(item)
    if survey.state != "issued" or now < survey.expires_at:
        return None
    survey, event = with_event(survey.with_end("expired"), SurveyExpired, now=now, actor=SYSTEM)
    return Firing((survey_write(survey), event_write(event)))


def reason_label(key: str, labels: dict[str, str], language: Language) -> str:
    """A reason's text: the editor's, else the product's own, else its key."""
    if not labels and texts.has(f"reason.{key}"):
        return texts.text(f"reason.{key}", language)
    return display_label(labels, language, key)


def _survey_of(resolution: Event, questionnaire: Questionnaire, now: datetime) -> Survey:
    """The survey of a resolution; the person is who was responsible then, not who resolved on their behalf."""
    number, data = resolution.entity.removeprefix("ticket#"), resolution.data
    return Survey(
        id=models.survey_id(number, resolution.version),
        version=1,
        ticket=number,
        type=data["type"],
        channel=data["channel"],
        team=data["team"],
        person=data.get("assignee") or data.get("resolved_by"),
        customer=data["customer"],
        resolved_at=resolution.at,
        issued_at=now,
        expires_at=models.link_expiry(questionnaire, now),
    )


def _issue_fact(survey: Survey) -> type[SurveyFact]:
    return SurveyIssued if survey.state == "issued" else SurveySkipped


def _withdrawals(surveys: list[Survey], now: datetime) -> list[Write]:
    """What ends the unanswered surveys of earlier resolutions: one ticket has one open survey at most."""
    writes: list[Write] = []
    for earlier in surveys:
        if earlier.state == "issued":
            ended, event = with_event(earlier.with_end("withdrawn"), SurveyWithdrawn, now=now, actor=SYSTEM)
            writes += [survey_write(ended), event_write(event)]
    return writes
