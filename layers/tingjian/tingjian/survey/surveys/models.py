"""A survey and the rules on it: pure. One belongs to one resolution, and its id says which (scope row 24)."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field

from tingjian.intake.tickets.models import WITHOUT_RESULT, Ticket
from tingjian.platform.errors import LinkExpiredError, NotFoundError
from tingjian.platform.ids import is_number, spoken_number
from tingjian.platform.models import Frozen, Identifier, Slug, Text
from tingjian.platform.times import stamp
from tingjian.survey.questionnaires.models import HIGHEST, LOWEST, Questionnaire, Tone

SurveyState = Literal["issued", "answered", "expired", "withdrawn", "skipped"]
SurveyOutcome = Literal["noted", "follow_up", "reopened"]
VERSION_DIGITS = 8
LINK_USE = "survey"
"""What the signed links to surveys are for."""


class SurveyNotFoundError(NotFoundError):
    """There is no survey with this id."""

    code = "survey_not_found"


class SurveyAnsweredError(LinkExpiredError):
    """The link was used: the survey has another answer already."""

    code = "survey_answered"


class Answer(Frozen):
    """What the customer says: a score from 1 (bad) to 5 (good), reasons among those offered, and words of their own."""

    score: int = Field(ge=LOWEST, le=HIGHEST)
    reasons: tuple[Slug, ...] = Field(default=(), max_length=20)
    text: Text | None = None


class Survey(Frozen):
    """A survey. Type, channel, team and person are those of the resolution, whatever the ticket becomes later."""

    id: str
    version: int
    hash: str = ""
    ticket: str
    type: str
    channel: str
    team: str
    person: str | None = None
    customer: str
    resolved_at: datetime
    issued_at: datetime
    expires_at: datetime
    state: SurveyState = "issued"
    answer: Answer | None = None
    answered_at: datetime | None = None
    outcome: SurveyOutcome | None = None

    @property
    def entity(self) -> str:
        return f"survey#{self.id}"

    @property
    def queue_sort(self) -> str:
        prefix, moment = ("1", self.answered_at) if self.answered_at else ("0", self.issued_at)
        return f"{prefix}#{stamp(moment)}#{self.id}"

    def is_open(self, now: datetime) -> bool:
        return self.state == "issued" and now < self.expires_at

    def require_open(self, now: datetime) -> None:
        """Raise SurveyAnsweredError when it was answered, LinkExpiredError when its time is over or withdrawn."""
        if self.state == "answered":
            raise SurveyAnsweredError
        if not self.is_open(now):
            raise LinkExpiredError

    def with_answer(self, answer: Answer, outcome: SurveyOutcome, *, now: datetime) -> "Survey":
        return self.model_copy(
            update={
                "state": "answered",
                "answer": answer,
                "answered_at": now,
                "outcome": outcome,
                "version": self.version + 1,
            }
        )

    def with_end(self, state: SurveyState) -> "Survey":
        """The survey that nobody can answer any more."""
        return self.model_copy(update={"state": state, "version": self.version + 1})

    def facts(self) -> dict[str, object]:
        return {
            "ticket": self.ticket,
            "type": self.type,
            "channel": self.channel,
            "team": self.team,
            "person": self.person,
            "customer": self.customer,
            "state": self.state,
        }


class OfferedReason(Frozen):
    """A reason as the customer sees it."""

    key: str
    label: str
    tone: Tone


class PublicSurvey(Frozen):
    """A survey as the customer sees it."""

    number: str
    subject: str
    resolved_at: datetime
    expires_at: datetime
    reasons: tuple[OfferedReason, ...]
    satisfied_from: int


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


class SurveyView(Frozen):
    """A survey as staff see it."""

    id: str
    version: int
    ticket: str
    type: str
    channel: str
    team: str
    person: str | None
    customer: str
    resolved_at: datetime
    issued_at: datetime
    expires_at: datetime
    state: SurveyState
    score: int | None
    reasons: tuple[str, ...]
    text: str | None
    answered_at: datetime | None
    outcome: SurveyOutcome | None

    @classmethod
    def of(cls, survey: Survey) -> "SurveyView":
        shown = {name: getattr(survey, name) for name in cls.model_fields if name not in Answer.model_fields}
        answer = survey.answer
        return cls(
            score=answer.score if answer else None,
            reasons=answer.reasons if answer else (),
            text=answer.text if answer else None,
            **shown,
        )


class SurveyQuery(Frozen):
    """Which surveys: those of a ticket, of a team, or of all the caller's teams; answered or not, newest first."""

    ticket: str | None = Field(default=None, max_length=40)
    team: Identifier | None = None
    answered: bool = True
    limit: int = Field(default=25, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=120)


class SurveyList(Frozen):
    """A page of surveys."""

    items: tuple[SurveyView, ...]
    cursor: str | None = None


def survey_id(ticket: str, resolution: int) -> str:
    """The id of the survey that belongs to a resolution: the ticket's number, and the version the resolution made."""
    return f"{ticket}-{resolution}"


def survey_id_parts(identifier: str) -> tuple[str, int]:
    """Ticket and resolution of a survey's id. Raises SurveyNotFoundError for what is no such id."""
    ticket, _, version = identifier.partition("-")
    canonical = version.isascii() and version.isdigit() and len(version) <= VERSION_DIGITS and version[0] != "0"
    if not is_number(ticket) or not canonical:
        raise SurveyNotFoundError
    return ticket, int(version)


def still_stands(ticket: Ticket, resolved_at: datetime) -> bool:
    """Whether this resolution is what the ticket ended with: not reopened since, not closed as having no result."""
    return (
        ticket.status in {"resolved", "closed"}
        and ticket.resolved_at == resolved_at
        and ticket.close_reason not in WITHOUT_RESULT
    )


def link_expiry(questionnaire: Questionnaire, issued_at: datetime) -> datetime:
    """When a link issued now stops working."""
    return issued_at + timedelta(days=questionnaire.life_days)


def must_be_left_alone(questionnaire: Questionnaire, others: Collection[Survey], *, now: datetime) -> bool:
    """Whether the customer is to be left alone: another ticket's survey is open and not older than the quiet hours."""
    since = now - timedelta(hours=questionnaire.quiet_hours)
    return any(survey.is_open(now) and survey.issued_at > since for survey in others)
