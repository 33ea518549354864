"""Questionnaires: the reasons to choose from, which scores satisfy, and what follows from a low one. Pure.

Decided where the texts are silent (scope 4.9 no. 13; K4, P33): 4 and 5 satisfy, 3 is neutral, 1 and 2 are low.
"""

from collections.abc import Collection
from typing import Literal

from pydantic import Field

from tingjian.platform.errors import FieldError, InvalidInputError, invalid
from tingjian.platform.models import Frozen, Line, Slug
from tingjian.survey.questionnaires.sending_rules import SendingRules

LOWEST, HIGHEST = 1, 5
DEFAULT_TYPE = "default"

Tone = Literal["praise", "blame", "both"]
OnLow = Literal["follow_up", "reopen", "nothing"]


class Reason(Frozen):
    """A reason to choose; `tone` says whether it is offered for satisfied scores, for the others, or always.

    A reason without labels is one of the product's own, whose texts are in the catalogues.
    """

    key: Slug
    labels: dict[str, Line] = Field(default={}, max_length=10)
    tone: Tone = "both"


class QuestionnaireBody(Frozen):
    """What an editor writes.

    `satisfied_from` is the lowest score that counts as satisfied. Scores up to `low_until` are low; 3 makes neutral low
    too, 0 none. `quiet_hours` above 0 leaves a customer alone who has an open survey of another ticket not older than
    that; 0 asks after every resolution. Nobody is unreachable for a follow-up before `attempts`, each at least
    `attempt_gap_minutes` after the one before.
    """

    active: bool = True
    reasons: tuple[Reason, ...] = Field(default=(), max_length=20)
    satisfied_from: int = Field(default=4, ge=2, le=HIGHEST)
    low_until: int = Field(default=2, ge=0, le=HIGHEST - 1)
    on_low: OnLow = "follow_up"
    follow_up_hours: int = Field(default=24, ge=1, le=720)
    attempts: int = Field(default=3, ge=1, le=10)
    attempt_gap_minutes: int = Field(default=240, ge=0, le=10_080)
    life_days: int = Field(default=14, ge=1, le=90)
    quiet_hours: int = Field(default=0, ge=0, le=720)
    sending: SendingRules = SendingRules()

    def check_parts(self) -> None:
        """Raise InvalidInputError for a low score that satisfies or a reason twice."""
        if self.low_until >= self.satisfied_from:
            raise invalid("low_until", "less_than", lt=self.satisfied_from)
        keys = [reason.key for reason in self.reasons]
        twice = [FieldError(f"reasons.{n}.key", "duplicate") for n, key in enumerate(keys) if key in keys[:n]]
        if twice:
            raise InvalidInputError(twice)


class Questionnaire(QuestionnaireBody):
    """A stored questionnaire of a type; that of type `default` holds for every type without its own."""

    type: Slug
    version: int

    def is_low(self, score: int) -> bool:
        return score <= self.low_until

    def is_satisfied(self, score: int) -> bool:
        """Whether the score counts as satisfied (K4)."""
        return score >= self.satisfied_from

    def require_reasons(self, chosen: Collection[str]) -> None:
        """Raise InvalidInputError that names each chosen reason which is none, or is given twice."""
        known = [reason.key for reason in self.reasons]
        given = list(chosen)
        wrong = [
            FieldError(f"reasons.{n}", "choice", expected=known) for n, key in enumerate(given) if key not in known
        ]
        wrong += [FieldError(f"reasons.{n}", "duplicate") for n, key in enumerate(given) if key in given[:n]]
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
