"""What the form of a survey's page says, as an answer; a look at the page changes nothing."""

from datetime import datetime, timedelta

from tingjian.platform import texts
from tingjian.platform.errors import InvalidInputError, LinkExpiredError, LinkInvalidError, TingjianError
from tingjian.platform.http.answers import Html
from tingjian.platform.http.bodies import validated
from tingjian.platform.problems import problem_of, status_of
from tingjian.platform.signing import Signer
from tingjian.platform.store import Store
from tingjian.platform.texts import Language
from tingjian.survey.questionnaires.questions import AskedQuestion
from tingjian.survey.surveys.actions import show_survey
from tingjian.survey.surveys.answers import record_answer
from tingjian.survey.surveys.endings import dismiss_survey, survey_to_answer
from tingjian.survey.surveys.models import (
    LINK_USE,
    Answer,
    SurveyAnsweredError,
    SurveyDismissedError,
    SurveyWithdrawnError,
)
from tingjian.survey.surveys.pages import Page, Values
from tingjian.survey.surveys.public_surveys import PublicSurvey

PAGE_USE = "survey-page"
PAGE_LIFE = timedelta(days=1)
WHY = {
    LinkInvalidError: "invalid",
    SurveyAnsweredError: "used",
    SurveyWithdrawnError: "withdrawn",
    SurveyDismissedError: "dismissed",
}
"""The words of a dead link; without any, its time is over."""


def open_page(store: Store, signer: Signer, token: str, page: Page, *, now: datetime) -> Html:
    """The form, with the answer that can still be changed."""
    try:
        survey = show_survey(store, signer, token, language=page.language, now=now)
    except (LinkInvalidError, LinkExpiredError) as error:
        return _refused(page, error)
    return Html(page.form(survey, _page_token(signer, token, now), _given(survey)))


def send_page(store: Store, signer: Signer, token: str, page: Page, given: Values, *, now: datetime) -> Html:
    """Take the answer of the form, if it is the page's own; else show the form again with what was given."""
    try:
        survey_to_answer(store, signer, token, now=now)  # Who sends the form too late is counted.
        survey = show_survey(store, signer, token, language=page.language, now=now)
        if not _is_own(signer, token, given, now):
            stale = page.form(survey, _page_token(signer, token, now), given, wrong=[_stale(page.language)])
            return Html(stale, 422)
        if given.get("dismiss") and survey.answer is None:
            dismiss_survey(store, signer, token, now=now)
            return Html(page.refusal("dismissed"))
        try:
            answer = validated(Answer, _answer(survey, given))
            receipt, _ = record_answer(store, signer, token, answer, now=now)
        except InvalidInputError as error:
            wrong = [entry["message"] for entry in problem_of(error, language=page.language, instance="")["errors"]]
            return Html(page.form(survey, _page_token(signer, token, now), given, wrong=wrong), 422)
    except (LinkInvalidError, LinkExpiredError) as error:
        return _refused(page, error)
    until = min(receipt.answered_at + timedelta(hours=survey.change_hours), survey.expires_at)
    return Html(page.thanks(receipt, until if until > now else None))


def _refused(page: Page, error: TingjianError) -> Html:
    return Html(page.refusal(WHY.get(type(error), "late")), status_of(error))


def _page_token(signer: Signer, token: str, now: datetime) -> str:
    """What only somebody who saw the page of this link has: neither a scanner nor another site."""
    return signer.token(PAGE_USE, signer.open_token(LINK_USE, token, now=now), expires_at=now + PAGE_LIFE)


def _is_own(signer: Signer, token: str, given: Values, now: datetime) -> bool:
    try:
        seen = signer.open_token(PAGE_USE, next(iter(given.get("page", ())), ""), now=now)
    except (LinkInvalidError, LinkExpiredError):
        return False
    return seen == signer.open_token(LINK_USE, token, now=now)


def _stale(language: Language) -> str:
    return texts.text("survey.page.stale", language)


def _given(survey: PublicSurvey) -> Values:
    """The answer of before as the form has it."""
    answer = survey.answer
    if answer is None:
        return {}
    found = {"score": [str(answer.score)], "reason": list(answer.reasons), "text": [answer.text or ""]}
    for key, value in answer.answers.items():
        found[f"q.{key}"] = list(value) if isinstance(value, tuple) else [str(value)]
    return found


def _answer(survey: PublicSurvey, given: Values) -> dict[str, object]:
    """The answer that a form says; what is no number stays as it is, and is refused as such."""
    body: dict[str, object] = {"reasons": given.get("reason", [])}
    if score := given.get("score"):
        body["score"] = _number(score[0])
    if words := given.get("text"):
        body["text"] = words[0]
    answers = {}
    for question in survey.questions:
        if values := given.get(f"q.{question.key}"):
            answers[question.key] = _value(question, values)
    return body | {"answers": answers}


def _value(question: AskedQuestion, values: list[str]) -> object:
    if question.kind == "text":
        return values[0]
    return values if question.kind in {"choice", "choices"} else _number(values[0])


def _number(text: str) -> object:
    return int(text) if text.isascii() and text.isdecimal() else text
