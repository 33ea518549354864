from tingjian.platform.facts import Fact
from tingjian.survey.questionnaires.models import OnLow


class QuestionnaireAdded(Fact):
    """A questionnaire was added; `questions` are the keys of those after the score."""

    type: str
    active: bool
    on_low: OnLow
    on_neutral: OnLow = "nothing"
    low_until: int
    questions: tuple[str, ...] = ()


class QuestionnaireChanged(QuestionnaireAdded):
    """A questionnaire was changed; what the fact says is how it is now."""
