from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from tingjian.platform import telemetry
from tingjian.platform.http import Here, from_query, public, resolver, staff
from tingjian.platform.resources import signer
from tingjian.survey.questionnaires.rights import READ_SURVEYS
from tingjian.survey.surveys import lists
from tingjian.survey.surveys.actions import show_survey, survey_of_request
from tingjian.survey.surveys.answers import record_answer
from tingjian.survey.surveys.endings import dismiss_survey
from tingjian.survey.surveys.models import Answer, AnswerReceipt, DismissalReceipt, PublicSurvey, SurveyOfRequest
from tingjian.survey.surveys.survey_views import SurveyCounts, SurveyList, SurveyQuery, SurveyView

app = resolver()


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


@app.get("/v1/public/surveys/<token>/open", **public())
def open_survey(call: Here, token: str) -> SurveyOfRequest:
    """Show where the open survey of a request is answered; the token is that of the request's follow link."""
    return survey_of_request(call.store, signer(), token, now=call.now)


@app.post("/v1/public/surveys/<token>/dismiss", **public())
def dismiss(call: Here, token: str) -> DismissalReceipt:
    """Put a survey away for good: no answer is taken any more, and no reminder sent."""
    receipt, new = dismiss_survey(call.store, signer(), token, now=call.now)
    if new:
        telemetry.record("SurveysDismissed")
    return receipt


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
