"""What surveys say and how they fare, each figure with its numerator, its denominator and its range. Pure.

What was not asked is no zero: a share, a score or a mean of nothing is null.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import model_serializer

from tingjian.platform.models import Frozen
from tingjian.survey.measures import nps, wilson

HELD = ("automatic", "nobody_answered", "cooldown", "opted_out")
"""Why a survey was held back."""


class Nulls(Frozen):
    """Figures that show what is null."""

    @model_serializer
    def _with_nulls(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in type(self).model_fields}


class Ratio(Nulls):
    """`numerator` of `denominator`, the share from 0 to 1 and Wilson's interval of 95 %; null of nothing."""

    numerator: int = 0
    denominator: int = 0
    share: float | None = None
    low: float | None = None
    high: float | None = None

    @classmethod
    def of(cls, numerator: int, denominator: int) -> "Ratio":
        interval = wilson(numerator, denominator)
        if interval is None:
            return cls()
        return cls(
            numerator=numerator,
            denominator=denominator,
            share=numerator / denominator,
            low=interval.low,
            high=interval.high,
        )


class PromoterScore(Nulls):
    """The Net Promoter Score in points, -100 to 100, and its adjusted Wald interval of 95 %; null without answers."""

    promoters: int = 0
    passives: int = 0
    detractors: int = 0
    answers: int = 0
    score: float | None = None
    low: float | None = None
    high: float | None = None

    @classmethod
    def of(cls, promoters: int, passives: int, detractors: int) -> "PromoterScore":
        found = nps(promoters, passives, detractors)
        counts = {"promoters": promoters, "passives": passives, "detractors": detractors}
        return cls(**counts, answers=sum(counts.values()), **found._asdict()) if found else cls()


class Effort(Nulls):
    """The mean of the answers to how easy it was, 1 to 7; null without answers."""

    answers: int = 0
    mean: float | None = None


class SurveyFigures(Nulls):
    """Surveys of resolutions: what was sent and what became of it, what was held back and why, and what it says.

    `csat` is the satisfied of the answered, `response` the answered of those delivered in the period.
    """

    sent: int = 0
    delivered: int = 0
    answered: int = 0
    dismissed: int = 0
    bounced: int = 0
    no_way: int = 0
    late: int = 0
    withdrawn: int = 0
    held_back: int = 0
    held_back_by: dict[str, int] = dict.fromkeys(HELD, 0)
    csat: Ratio = Ratio()
    response: Ratio = Ratio()
    nps: PromoterScore = PromoterScore()
    ces: Effort = Effort()


def survey_figures(kinds: Mapping[str, Mapping[str, Any]]) -> SurveyFigures:
    """The figures of surveys from the rows of the SQL by kind of fact."""

    def number(kind: str) -> int:
        return int(kinds[kind]["number"]) if kind in kinds else 0

    answers, effort = kinds.get("survey"), kinds.get("survey_ces")
    held = {why: number(f"survey_held_{why}") for why in HELD}
    return SurveyFigures(
        sent=number("survey_issued"),
        delivered=number("survey_delivered"),
        answered=number("survey"),
        dismissed=number("survey_dismissed"),
        bounced=number("survey_bounced"),
        no_way=number("survey_no_way"),
        late=number("survey_late"),
        withdrawn=number("survey_withdrawn"),
        held_back=sum(held.values()),
        held_back_by=held,
        csat=Ratio.of(answers["satisfied"], answers["number"]) if answers else Ratio(),
        response=Ratio.of(number("survey_responded"), number("survey_delivered")),
        nps=PromoterScore.of(number("survey_promoter"), number("survey_passive"), number("survey_detractor")),
        ces=Effort(answers=effort["number"], mean=effort["mean"]) if effort else Effort(),
    )
