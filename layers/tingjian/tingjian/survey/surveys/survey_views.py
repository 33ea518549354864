"""Surveys as staff see and look for them. Pure."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from tingjian.platform.errors import invalid
from tingjian.platform.models import Frozen, Identifier, Instant, Slug
from tingjian.survey.questionnaires.questions import Given
from tingjian.survey.surveys.models import Answer, HeldReason, Survey, SurveyOutcome, SurveyState

ANSWERED: SurveyState = "answered"


class SurveyView(Frozen):
    """A survey as staff see it."""

    id: str
    version: int
    ticket: str
    type: str
    channel: str
    team: str
    person: str | None
    person_name: str | None
    customer: str
    questionnaire: str
    questionnaire_version: int
    resolved_at: datetime
    issued_at: datetime
    expires_at: datetime
    send_at: datetime | None
    remind_at: datetime | None
    reminded: int
    state: SurveyState
    why: HeldReason | None
    score: int | None
    reasons: tuple[str, ...]
    text: str | None
    answers: dict[str, Given]
    answered_at: datetime | None
    changed_at: datetime | None
    outcome: SurveyOutcome | None

    @classmethod
    def of(cls, survey: Survey, names: Mapping[str, str]) -> "SurveyView":
        others = {*Answer.model_fields, "person_name"}
        shown = {name: getattr(survey, name) for name in cls.model_fields if name not in others}
        answer = survey.answer
        return cls(
            person_name=names.get(survey.person or ""),
            score=answer.score if answer else None,
            reasons=answer.reasons if answer else (),
            text=answer.text if answer else None,
            answers=dict(answer.answers) if answer else {},
            **shown,
        )


class SurveyQuery(Frozen):
    """Which surveys, newest first: those of a ticket, of a team, of a person, or all that the caller may see.

    `state` says which, else `answered` whether they were. `since` and `until` bound the answers, or else the sending:
    from the one up to the other.
    """

    ticket: str | None = Field(default=None, max_length=40)
    team: Identifier | None = None
    person: Identifier | None = None
    type: Slug | None = None
    channel: Slug | None = None
    score: int | None = Field(default=None, ge=1, le=5)
    state: SurveyState | None = None
    answered: bool = True
    since: Instant | None = None
    until: Instant | None = None
    limit: int = Field(default=25, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=200)

    @property
    def among_answered(self) -> bool:
        return self.state == ANSWERED if self.state else self.answered

    @property
    def narrows(self) -> bool:
        """Whether it leaves out some of those in its list."""
        filters = (self.type, self.channel, self.score, None if self.state == ANSWERED else self.state)
        return any(value is not None for value in filters)

    def check_period(self) -> None:
        """Raise InvalidInputError for a period that ends before it begins."""
        if self.since and self.until and self.until <= self.since:
            raise invalid("until", "greater_than", gt=self.since.isoformat())

    def wants(self, survey: Survey) -> bool:
        """Whether a survey in its list is asked for."""
        score = survey.answer.score if survey.answer else None
        pairs = (
            (self.team, survey.team),
            (self.person, survey.person),
            (self.type, survey.type),
            (self.channel, survey.channel),
            (self.score, score),
            (self.state, survey.state),
        )
        return all(wanted is None or wanted == value for wanted, value in pairs)


class SurveyList(Frozen):
    """A page of surveys."""

    items: tuple[SurveyView, ...]
    cursor: str | None = None


class SurveyCounts(Frozen):
    """How many surveys of a period stand in which state; `more` says that there are more than were counted."""

    counts: dict[SurveyState, int]
    more: bool = False
