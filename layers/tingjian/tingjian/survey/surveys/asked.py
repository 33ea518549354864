"""What a survey asks: the questionnaire in the version that it was sent with."""

from tingjian.platform.store import Store
from tingjian.survey.questionnaires.models import Questionnaire
from tingjian.survey.questionnaires.storage import find_questionnaire, questionnaire_version
from tingjian.survey.surveys.models import Survey


def questionnaire_of(store: Store, survey: Survey) -> Questionnaire:
    """The questionnaire of a survey; one call if it has changed since."""
    if not survey.questionnaire:
        return find_questionnaire(store, survey.type, survey.team, survey.channel)
    return questionnaire_version(store, survey.questionnaire, survey.questionnaire_version)
