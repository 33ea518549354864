"""Deciding once on the survey of a resolution, taking it back, and showing it to its customer."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from tingjian.intake.tickets.follow_links import number_from_link
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.types.models import display_label
from tingjian.platform import texts
from tingjian.platform.changes import load_and_write
from tingjian.platform.events import Event
from tingjian.platform.ids import spoken_number
from tingjian.platform.signing import Signer
from tingjian.platform.store import ConditionFailedError, Store, Write
from tingjian.platform.texts import Language
from tingjian.survey.questionnaires.models import Questionnaire
from tingjian.survey.questionnaires.questions import AskedQuestion
from tingjian.survey.questionnaires.storage import find_questionnaire
from tingjian.survey.surveys import models, sendings
from tingjian.survey.surveys.asked import questionnaire_of
from tingjian.survey.surveys.events import SurveyWithdrawn
from tingjian.survey.surveys.models import Survey
from tingjian.survey.surveys.public_surveys import OfferedReason, PublicSurvey, SurveyLink
from tingjian.survey.surveys.storage import load_survey_with_ticket, load_surveys

T = TypeVar("T")
ATTEMPTS = 5


class ContentionError(RuntimeError):
    """Others changed the same things again and again; the next delivery of the event, or the caller, tries anew."""


def issue_survey(store: Store, resolution: Event, *, now: datetime) -> Survey | None:
    """Decide on the survey of a resolution (event TicketResolved): it is sent now, later, or never, for a reason.

    An open survey of an earlier resolution of the ticket is withdrawn. None when nothing was sent now: it was before,
    comes later or is held back, the history is imported, the ticket was reopened since or closed without result, or the
    type asks nothing. The natural id, ticket and version of the resolution, makes every repeat harmless. Raises
    TicketNotFoundError, and KeyError for an event that is none.
    """
    if resolution.imported:
        return None
    number = resolution.entity.removeprefix("ticket#")
    data = resolution.data
    questionnaire = find_questionnaire(store, data["type"], data["team"], data["channel"])

    def write(loaded: tuple[Ticket, list[Survey]]) -> Survey | None:
        ticket, surveys = loaded
        survey = _survey_of(resolution, questionnaire, now)
        asked = any(earlier.id == survey.id for earlier in surveys)
        if asked or not questionnaire.active or not models.still_stands(ticket, resolution.at):
            return None
        why, send_at = models.reason_not_to_ask(resolution, ticket), questionnaire.sending.sending_at(resolution.at)
        if why:
            survey, writes = sendings.held_back(survey, why, now=now)
        elif send_at > max(now, resolution.at):  # Clocks differ: what is sent at once is not planned.
            survey, writes = sendings.planned(survey, send_at, now=now)
        else:
            survey, writes = sendings.decided(store, survey, ticket, questionnaire, now=now)
        store.transact([*writes, *_withdrawals(surveys, now)])
        return survey if survey.state == "issued" else None

    return _again(store, number, write)


def withdraw_surveys(store: Store, reopening: Event, *, now: datetime) -> int:
    """Withdraw what was not answered of the resolutions that a reopening took back; how many there were.

    Raises TicketNotFoundError.
    """

    def write(loaded: tuple[Ticket, list[Survey]]) -> int:
        _, surveys = loaded
        taken_back = [one for one in surveys if models.survey_id_parts(one.id)[1] < reopening.version]
        writes = _withdrawals(taken_back, now)
        if writes:
            store.transact(writes)
        return len(writes) // 2

    return _again(store, reopening.entity.removeprefix("ticket#"), write)


def _again(store: Store, number: str, write: Callable[[tuple[Ticket, list[Survey]]], T]) -> T:
    try:
        return load_and_write(
            store, lambda: load_surveys(store, number), write, again_on=ConditionFailedError, attempts=ATTEMPTS
        )
    except ConditionFailedError as error:
        raise ContentionError from error


def show_survey(store: Store, signer: Signer, token: str, *, language: Language, now: datetime) -> PublicSurvey:
    """The survey that a link opens. Raises LinkInvalidError, LinkExpiredError, SurveyAnsweredError."""
    survey, ticket = load_survey_with_ticket(store, signer.open_token(models.LINK_USE, token, now=now))
    questionnaire = questionnaire_of(store, survey)
    survey.require_open(questionnaire, now)
    return PublicSurvey(
        number=spoken_number(ticket.id),
        subject=ticket.subject,
        resolved_at=survey.resolved_at,
        expires_at=survey.expires_at,
        reasons=tuple(
            OfferedReason(key=reason.key, label=reason_label(reason.key, reason.labels, language), tone=reason.tone)
            for reason in questionnaire.reasons
        ),
        questions=tuple(AskedQuestion.of(question, language) for question in questionnaire.questions),
        satisfied_from=questionnaire.satisfied_from,
        answer=survey.answer,
        changes_until=survey.changes_until(questionnaire.change_hours),
        change_hours=questionnaire.change_hours,
    )


def open_survey_link(store: Store, signer: Signer, token: str, *, now: datetime) -> SurveyLink:
    """The open survey of the ticket that a follow link opens. Raises LinkInvalidError, LinkExpiredError."""
    ticket, surveys = load_surveys(store, number_from_link(signer, token, now=now))
    found = next((survey for survey in surveys if survey.is_open(now)), None)
    if found is None or not models.still_stands(ticket, found.resolved_at):
        return SurveyLink()
    return SurveyLink(path=page_path(signer, found), expires_at=found.expires_at)


def page_path(signer: Signer, survey: Survey) -> str:
    """The path of a survey's page, which works until the survey expires."""
    return f"/v1/public/surveys/{signer.token(models.LINK_USE, survey.id, expires_at=survey.expires_at)}/page"


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
        questionnaire=questionnaire.type,
        questionnaire_version=questionnaire.version,
        resolved_at=resolution.at,
        issued_at=now,
        expires_at=models.link_expiry(questionnaire, now),
    )


def _withdrawals(surveys: list[Survey], now: datetime) -> list[Write]:
    """What ends the unanswered surveys of earlier resolutions: one ticket has one open survey at most."""
    writes: list[Write] = []
    for earlier in surveys:
        if earlier.state in {"planned", "issued"}:
            writes += sendings.changed(earlier.with_end("withdrawn"), SurveyWithdrawn, now=now)[1]
    return writes
