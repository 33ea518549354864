from tingjian.intake.types.rights import EDIT_TYPES
from tingjian.platform.http import Here, resolver, staff
from tingjian.platform.ids import slug
from tingjian.survey.questionnaires.actions import put_questionnaire
from tingjian.survey.questionnaires.models import Questionnaire, QuestionnaireBody, QuestionnaireList
from tingjian.survey.questionnaires.rights import READ_SURVEYS
from tingjian.survey.questionnaires.storage import list_questionnaires

app = resolver()


@app.get("/v1/surveys/questionnaires", **staff(READ_SURVEYS))
def questionnaires(call: Here) -> QuestionnaireList:
    """List what is asked after a resolution, by type of request; `default` holds for types without their own."""
    call.caller.require_some(READ_SURVEYS)
    return QuestionnaireList(items=tuple(list_questionnaires(call.store)))


@app.put("/v1/surveys/questionnaires/<type>", **staff(EDIT_TYPES))
def edit_questionnaire(call: Here, type: str, body: QuestionnaireBody) -> Questionnaire:  # noqa: A002 - the path's word
    """Add or change what is asked after a resolution of this type, and what a low score does."""
    return put_questionnaire(
        call.store, slug(type, "type"), body, expected=call.if_match, actor=call.caller.actor, now=call.now
    )
