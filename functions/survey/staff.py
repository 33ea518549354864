"""Routes for staff: surveys, what they ask, and the follow-ups that low scores opened."""

from functions.survey.door import door
from tingjian.platform.http import Call
from tingjian.platform.ids import slug
from tingjian.survey.followups import actions as follow_ups
from tingjian.survey.followups.models import Completion, FollowUp, FollowUpList, FollowUpQuery, FollowUpReceipt
from tingjian.survey.followups.storage import load_follow_up
from tingjian.survey.questionnaires.actions import put_questionnaire
from tingjian.survey.questionnaires.models import Questionnaire, QuestionnaireBody, QuestionnaireList
from tingjian.survey.questionnaires.storage import list_questionnaires
from tingjian.survey.surveys import listing
from tingjian.survey.surveys.models import SurveyList, SurveyQuery, SurveyView
from tingjian.survey.surveys.storage import load_survey


@door.get("/v1/surveys", right="surveys.read")
def surveys(call: Call, query: SurveyQuery) -> SurveyList:
    """List surveys of a ticket or of teams, newest first."""
    return listing.list_for(call.store, query, caller=call.caller)


@door.get("/v1/surveys/questionnaires", right="surveys.read")
def questionnaires(call: Call) -> QuestionnaireList:
    """List what is asked after a resolution, by type of request; `default` holds for types without their own."""
    return QuestionnaireList(items=tuple(list_questionnaires(call.store)))


@door.put("/v1/surveys/questionnaires/{type}", right="types.edit")
def edit_questionnaire(call: Call, type: str, body: QuestionnaireBody) -> Questionnaire:  # noqa: A002 - the path's word
    """Add or change what is asked after a resolution of this type, and what a low score does."""
    return put_questionnaire(
        call.store, slug(type, "type"), body, expected=call.if_match, actor=call.caller.actor, now=call.now
    )


@door.get("/v1/surveys/{survey}", right="surveys.read")
def survey(call: Call, survey: str) -> SurveyView:
    """Show a survey with its answer."""
    found = load_survey(call.store, survey)
    call.caller.require("surveys.read", team=found.team)
    return SurveyView.of(found)


@door.get("/v1/follow-ups", right="followups.work")
def list_follow_ups(call: Call, query: FollowUpQuery) -> FollowUpList:
    """List follow-ups by due time, or done ones."""
    return follow_ups.list_for(call.store, query, caller=call.caller)


@door.get("/v1/follow-ups/{follow_up}", right="followups.work")
def follow_up(call: Call, follow_up: str) -> FollowUp:
    """Show a follow-up."""
    found = load_follow_up(call.store, follow_up)
    call.caller.require("followups.work", team=found.team, owner=found.owner)
    return found


@door.post("/v1/follow-ups/{follow_up}/claim", right="followups.work")
def claim(call: Call, follow_up: str) -> FollowUpReceipt:
    """Take a follow-up on."""
    return follow_ups.claim(
        call.store, follow_up, caller=call.caller, now=call.now, idempotency=call.idempotency, seen=call.if_match
    )


@door.post("/v1/follow-ups/{follow_up}/complete", right="followups.work")
def complete(call: Call, follow_up: str, body: Completion) -> FollowUpReceipt:
    """Finish a follow-up with its result; the ticket can be closed again."""
    return follow_ups.complete(
        call.store, follow_up, body, caller=call.caller, now=call.now, idempotency=call.idempotency, seen=call.if_match
    )
