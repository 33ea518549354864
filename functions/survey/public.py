"""Routes for customers who were asked; the link is all they need."""

from functions.survey.door import door, signer
from tingjian.platform import telemetry
from tingjian.platform.http import Call
from tingjian.survey.surveys.actions import record_answer, show_survey
from tingjian.survey.surveys.models import Answer, AnswerReceipt, PublicSurvey


@door.get("/v1/public/surveys/{token}")
def show(call: Call, token: str) -> PublicSurvey:
    """Show a survey to its customer, with the reasons to choose from in the caller's language."""
    return show_survey(call.store, signer(), token, language=call.language, now=call.now)


@door.post("/v1/public/surveys/{token}/answer")
def answer(call: Call, token: str, body: Answer) -> AnswerReceipt:
    """Answer a survey, once; the same answer again gets the same receipt."""
    receipt, new = record_answer(call.store, signer(), token, body, now=call.now, idempotency=call.idempotency)
    if new:
        telemetry.record("SurveysAnswered", score=receipt.score, outcome=receipt.outcome)
    return receipt
