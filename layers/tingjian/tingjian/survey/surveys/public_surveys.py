"""What customers see of surveys, and the receipts of what they did. Pure."""

from datetime import datetime

from tingjian.platform.errors import LinkExpiredError
from tingjian.platform.ids import spoken_number
from tingjian.platform.models import Frozen
from tingjian.platform.texts import Language
from tingjian.survey.questionnaires.models import Tone
from tingjian.survey.questionnaires.questions import AskedQuestion
from tingjian.survey.surveys.models import Answer, Survey, SurveyOutcome


class OfferedReason(Frozen):
    """A reason as the customer sees it."""

    key: str
    label: str
    tone: Tone


class PublicSurvey(Frozen):
    """A survey as the customer sees it, with the answer that can still be changed."""

    number: str
    subject: str
    resolved_at: datetime
    expires_at: datetime
    reasons: tuple[OfferedReason, ...]
    questions: tuple[AskedQuestion, ...] = ()
    satisfied_from: int
    answer: Answer | None = None
    changes_until: datetime | None = None
    change_hours: int = 0


class PageLanguage(Frozen):
    """The language of a page; without one, the browser's."""

    lang: Language | None = None


class DismissalReceipt(Frozen):
    """The survey about this request is put away."""

    number: str

    @classmethod
    def of(cls, survey: Survey) -> "DismissalReceipt":
        return cls(number=spoken_number(survey.ticket))


class AnswerReceipt(Frozen):
    """What an answer did. The same answer, repeated, gives the same receipt.

    `outcome`: `noted`; `follow_up`, somebody will get in touch; `reopened`, the request is worked on again.
    """

    number: str
    score: int
    outcome: SurveyOutcome
    answered_at: datetime

    @classmethod
    def of(cls, survey: Survey) -> "AnswerReceipt":
        """The receipt of an answered survey. Raises LinkExpiredError when it has no answer."""
        if survey.answer is None or survey.answered_at is None or survey.outcome is None:
            raise LinkExpiredError
        return cls(
            number=spoken_number(survey.ticket),
            score=survey.answer.score,
            outcome=survey.outcome,
            answered_at=survey.answered_at,
        )


class SurveyLink(Frozen):
    """The path of the page on which a customer is asked, while there is something to be asked."""

    path: str | None = None
    expires_at: datetime | None = None
