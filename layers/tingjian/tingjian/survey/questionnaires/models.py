"""Questionnaires: what is asked, of whom, which scores satisfy, and what follows from the others. Pure.

Decided where the texts are silent (scope 4.9 no. 13; K4, P33): 4 and 5 satisfy, 3 is neutral, 1 and 2 are low.
"""

from collections.abc import Collection, Mapping
from typing import Literal

from pydantic import Field

from tingjian.platform.errors import FieldError, InvalidInputError, invalid
from tingjian.platform.models import Frozen, Identifier, Line, Slug
from tingjian.survey.questionnaires.questions import (
    MOST_QUESTIONS,
    Given,
    SurveyQuestion,
    wrong_answers,
    wrong_questions,
)
from tingjian.survey.questionnaires.sending_rules import SendingRules

LOWEST, HIGHEST = 1, 5
DEFAULT_TYPE = "default"

Tone = Literal["praise", "blame", "both"]
OnLow = Literal["follow_up", "reopen", "nothing"]
"""What follows from a score that does not satisfy."""


class Reason(Frozen):
    """A reason to choose; `tone` says whether it is offered for satisfied scores, for the others, or always.

    A reason without labels is one of the product's own, whose texts are in the catalogues.
    """

    key: Slug
    labels: dict[str, Line] = Field(default={}, max_length=10)
    tone: Tone = "both"


class SurveyMatch(Frozen):
    """Which resolutions a questionnaire is for; what is left out restricts nothing."""

    types: tuple[Slug, ...] = Field(default=(), max_length=50)
    teams: tuple[Identifier, ...] = Field(default=(), max_length=50)
    channels: tuple[Slug, ...] = Field(default=(), max_length=20)

    def rank(self, kind: str, team: str, channel: str) -> int:
        """How closely it fits: the type counts more than the team, the team more than the channel; -1 for no fit."""
        parts = ((self.types, kind, 4), (self.teams, team, 2), (self.channels, channel, 1))
        if any(wanted and value not in wanted for wanted, value, _ in parts):
            return -1
        return sum(weight for wanted, _, weight in parts if wanted)


class QuestionnaireBody(Frozen):
    """What an editor writes. Without a `match` it is for the type of its own key, and the one called `default` for all.

    `satisfied_from` is the lowest score that counts as satisfied. Scores up to `low_until` are low, those between are
    neutral; `on_low` and `on_neutral` say what follows. `questions` are asked after the score. `quiet_hours` above 0
    leaves a customer alone who has an open survey of another ticket not older than that; 0 asks after every
    resolution. Nobody is unreachable for a follow-up before `attempts`, each at least `attempt_gap_minutes` after the
    one before. The link works for `life_days`; an answer can be changed for `change_hours`.
    """

    active: bool = True
    match: SurveyMatch = SurveyMatch()
    questions: tuple[SurveyQuestion, ...] = Field(default=(), max_length=MOST_QUESTIONS)
    reasons: tuple[Reason, ...] = Field(default=(), max_length=20)
    satisfied_from: int = Field(default=4, ge=2, le=HIGHEST)
    low_until: int = Field(default=2, ge=0, le=HIGHEST - 1)
    on_low: OnLow = "follow_up"
    on_neutral: OnLow = "follow_up"
    follow_up_hours: int = Field(default=24, ge=1, le=720)
    attempts: int = Field(default=3, ge=1, le=10)
    attempt_gap_minutes: int = Field(default=240, ge=0, le=10_080)
    life_days: int = Field(default=28, ge=1, le=90)
    change_hours: int = Field(default=12, ge=0, le=168)
    quiet_hours: int = Field(default=0, ge=0, le=720)
    sending: SendingRules = SendingRules()

    def check_parts(self) -> None:
        """Raise InvalidInputError for a low score that satisfies, a reason twice, or a question that is not whole."""
        if self.low_until >= self.satisfied_from:
            raise invalid("low_until", "less_than", lt=self.satisfied_from)
        keys = [reason.key for reason in self.reasons]
        wrong = [FieldError(f"reasons.{n}.key", "duplicate") for n, key in enumerate(keys) if key in keys[:n]]
        wrong += wrong_questions(self.questions)
        if wrong:
            raise InvalidInputError(wrong)


class Questionnaire(QuestionnaireBody):
    """A stored questionnaire, named by `type`; the one called `default` holds where no other fits.

    A version never changes: a survey that is out keeps the one it was sent with.
    """

    type: Slug
    version: int

    def rank(self, kind: str, team: str, channel: str) -> int:
        """How closely it fits a resolution; -1 for no fit."""
        match = self.match
        if match == SurveyMatch() and self.type != DEFAULT_TYPE:
            match = SurveyMatch(types=(self.type,))
        return match.rank(kind, team, channel)

    def is_low(self, score: int) -> bool:
        return score <= self.low_until

    def after(self, score: int) -> OnLow:
        """What follows from a score."""
        if self.is_satisfied(score):
            return "nothing"
        return self.on_low if self.is_low(score) else self.on_neutral

    def is_satisfied(self, score: int) -> bool:
        """Whether the score counts as satisfied (K4)."""
        return score >= self.satisfied_from

    def require_answers(self, chosen: Collection[str], given: Mapping[str, Given]) -> None:
        """Raise InvalidInputError that names each reason and each answer that is wrong."""
        known = [reason.key for reason in self.reasons]
        reasons = list(chosen)
        wrong = [
            FieldError(f"reasons.{n}", "choice", expected=known) for n, key in enumerate(reasons) if key not in known
        ]
        wrong += [FieldError(f"reasons.{n}", "duplicate") for n, key in enumerate(reasons) if key in reasons[:n]]
        wrong += wrong_answers(self.questions, given)
        if wrong:
            raise InvalidInputError(wrong)


class QuestionnaireList(Frozen):
    """All questionnaires."""

    items: tuple[Questionnaire, ...]


BUILT_IN = Questionnaire(
    type=DEFAULT_TYPE,
    version=0,
    reasons=(
        Reason(key="solved", tone="praise"),
        Reason(key="fast", tone="praise"),
        Reason(key="friendly", tone="praise"),
        Reason(key="unsolved", tone="blame"),
        Reason(key="slow", tone="blame"),
        Reason(key="unfriendly", tone="blame"),
        Reason(key="repeated", tone="blame"),
        Reason(key="unclear", tone="blame"),
    ),
)
"""What holds while nobody has written anything else."""
