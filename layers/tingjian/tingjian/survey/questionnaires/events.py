from tingjian.platform.facts import Fact
from tingjian.survey.questionnaires.models import OnLow


class QuestionnaireAdded(Fact):
    """A type of request got a questionnaire of its own."""

    type: str
    active: bool
    on_low: OnLow
    low_until: int


class QuestionnaireChanged(QuestionnaireAdded):
    """A questionnaire was changed; what the fact says is how it is now."""
