"""Surveys that end without an answer of their time: put away by the customer, or answered too late."""

from datetime import UTC, datetime

from tingjian.platform.chains import with_event
from tingjian.platform.changes import load_and_write
from tingjian.platform.errors import LinkExpiredError
from tingjian.platform.events import Actor, event_write
from tingjian.platform.signing import Signer
from tingjian.platform.store import ConditionFailedError, Store
from tingjian.survey.surveys.actions import ATTEMPTS, ContentionError
from tingjian.survey.surveys.asked import questionnaire_of
from tingjian.survey.surveys.events import SurveyCameLate, SurveyDismissed
from tingjian.survey.surveys.models import LINK_USE, Survey, SurveyAnsweredError, SurveyNotFoundError
from tingjian.survey.surveys.public_surveys import DismissalReceipt
from tingjian.survey.surveys.storage import load_survey, survey_write

CUSTOMER = Actor(kind="customer")
BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)


def survey_to_answer(store: Store, signer: Signer, token: str, *, now: datetime) -> str:
    """The id of the survey that a link opens. That it came too late is noted, once, for the survey that it opened.

    Raises LinkInvalidError, LinkExpiredError.
    """
    try:
        return signer.open_token(LINK_USE, token, now=now)
    except LinkExpiredError:
        _note_late(store, signer.open_token(LINK_USE, token, now=BEFORE_ALL), now)
        raise


def dismiss_survey(store: Store, signer: Signer, token: str, *, now: datetime) -> tuple[DismissalReceipt, bool]:
    """Put a survey away for good; the receipt, and whether that was new. Again it changes nothing.

    Raises LinkInvalidError, LinkExpiredError, SurveyAnsweredError.
    """
    identifier = signer.open_token(LINK_USE, token, now=now)

    def write(survey: Survey) -> tuple[DismissalReceipt, bool]:
        if survey.state == "dismissed":
            return DismissalReceipt.of(survey), False
        if survey.state == "answered":
            raise SurveyAnsweredError
        survey.require_open(questionnaire_of(store, survey), now)
        ended, event = with_event(survey.with_end("dismissed"), SurveyDismissed, now=now, actor=CUSTOMER)
        store.transact([survey_write(ended), event_write(event)])
        return DismissalReceipt.of(ended), True

    try:
        return load_and_write(
            store, lambda: load_survey(store, identifier), write, again_on=ConditionFailedError, attempts=ATTEMPTS
        )
    except ConditionFailedError as error:
        raise ContentionError from error


def _note_late(store: Store, identifier: str, now: datetime) -> None:
    try:
        survey = load_survey(store, identifier)
        if survey.late_at is None and survey.is_over(now):
            late = survey.model_copy(update={"late_at": now, "version": survey.version + 1})
            late, event = with_event(late, SurveyCameLate, now=now, actor=CUSTOMER)
            store.transact([survey_write(late), event_write(event)])
    except (ConditionFailedError, SurveyNotFoundError):
        # Its timer, or another try, was faster: who comes too late is told so all the same.
        return
