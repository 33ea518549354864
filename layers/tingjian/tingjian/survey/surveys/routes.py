from typing import Annotated
from urllib.parse import quote

from aws_lambda_powertools.event_handler.depends import Depends

from tingjian.platform import telemetry
from tingjian.platform.http import Call, Here, Html, from_query, public, resolver, staff
from tingjian.platform.http.bodies import form_of
from tingjian.platform.resources import signer
from tingjian.platform.settings import CentreSettings
from tingjian.platform.texts import Language
from tingjian.survey.questionnaires.rights import READ_SURVEYS
from tingjian.survey.surveys import lists
from tingjian.survey.surveys.actions import open_survey_link, show_survey
from tingjian.survey.surveys.answers import record_answer
from tingjian.survey.surveys.endings import dismiss_survey
from tingjian.survey.surveys.forms import open_page, send_page
from tingjian.survey.surveys.models import Answer
from tingjian.survey.surveys.pages import Moment, Page
from tingjian.survey.surveys.public_surveys import (
    AnswerReceipt,
    DismissalReceipt,
    PageLanguage,
    PublicSurvey,
    SurveyLink,
)
from tingjian.survey.surveys.survey_views import SurveyCounts, SurveyList, SurveyQuery, SurveyView

app = resolver()


def page_of(call: Call, token: str, asked: Language | None) -> Page:
    """The page of a link in the language that it asks for, else the browser's."""
    path = f"/v1/public/surveys/{quote(token, safe='.')}/page"
    return Page(path, asked or call.language, Moment(CentreSettings.read().centre_time_zone))


@app.get("/v1/public/surveys/<token>", **public())
def show(call: Here, token: str) -> PublicSurvey:
    """Show a survey to its customer, with the reasons to choose from in the caller's language."""
    return show_survey(call.store, signer(), token, language=call.language, now=call.now)


@app.post("/v1/public/surveys/<token>/answer", **public())
def answer(call: Here, token: str, body: Answer) -> AnswerReceipt:
    """Answer a survey, once; the same answer again gets the same receipt."""
    receipt, new = record_answer(call.store, signer(), token, body, now=call.now, idempotency=call.idempotency)
    if new:
        telemetry.record("SurveysAnswered", score=receipt.score, outcome=receipt.outcome)
    return receipt


@app.post("/v1/public/surveys/<token>/dismiss", **public())
def dismiss(call: Here, token: str) -> DismissalReceipt:
    """Put a survey away for good: no answer is taken any more, and no reminder sent."""
    receipt, new = dismiss_survey(call.store, signer(), token, now=call.now)
    if new:
        telemetry.record("SurveysDismissed")
    return receipt


@app.get("/v1/public/surveys/<token>/page", **public())
def page(call: Here, token: str, query: Annotated[PageLanguage, Depends(from_query(PageLanguage))]) -> Html:
    """The page of a survey. Looking at it changes nothing, whoever looks."""
    return open_page(call.store, signer(), token, page_of(call, token, query.lang), now=call.now)


@app.post("/v1/public/surveys/<token>/page", **public(kept="never"))
def send(call: Here, token: str, query: Annotated[PageLanguage, Depends(from_query(PageLanguage))]) -> Html:
    """The form of the page, as a browser sends it without any script; it needs the token that stands on the page."""
    shown = page_of(call, token, query.lang)
    return send_page(call.store, signer(), token, shown, form_of(app.current_event), now=call.now)


@app.get("/v1/public/tickets/<token>/survey", **public())
def survey_of_ticket(call: Here, token: str) -> SurveyLink:
    """The survey that waits for the customer of a followed ticket, if there is one."""
    return open_survey_link(call.store, signer(), token, now=call.now)


@app.get("/v1/surveys", **staff(READ_SURVEYS))
def surveys(call: Here, query: Annotated[SurveyQuery, Depends(from_query(SurveyQuery))]) -> SurveyList:
    """List surveys of a ticket, of teams or of a person, newest first; an agent sees their own."""
    return lists.find_surveys(call.store, query, caller=call.caller)


@app.get("/v1/surveys/counts", **staff(READ_SURVEYS))
def counts(call: Here, query: Annotated[SurveyQuery, Depends(from_query(SurveyQuery))]) -> SurveyCounts:
    """Count surveys by their state; team, person, type, channel and the period say which."""
    return lists.counted_surveys(call.store, query, caller=call.caller)


@app.get("/v1/surveys/<survey>", **staff(READ_SURVEYS))
def survey(call: Here, survey: str) -> SurveyView:
    """Show a survey with its answer."""
    return lists.show_to_staff(call.store, survey, caller=call.caller)
