"""The figures of surveys as the lines of a sheet: what each is called, its number, and how that is shown. Pure."""

from collections.abc import Iterator
from typing import Literal

from tingjian.report.figures.survey_figures import SurveyFigures

Form = Literal["count", "share", "mean"]
Line = tuple[str, float | None, Form]
SURVEY_COUNTS = (
    "sent", "delivered", "answered", "dismissed", "bounced", "no_way", "late", "withdrawn", "held_back",
)  # fmt: skip


def survey_lines(surveys: SurveyFigures) -> Iterator[Line]:
    """Counts, then each share, score and mean with what it is made of and its range."""
    for name in SURVEY_COUNTS:
        yield f"survey.{name}", getattr(surveys, name), "count"
    for name in ("csat", "response"):
        ratio = getattr(surveys, name)
        yield f"survey.{name}.numerator", ratio.numerator, "count"
        yield f"survey.{name}.denominator", ratio.denominator, "count"
        yield f"survey.{name}.share", ratio.share, "share"
        yield "survey.low", ratio.low, "share"
        yield "survey.high", ratio.high, "share"
    yield "survey.nps.answers", surveys.nps.answers, "count"
    yield "survey.nps.score", surveys.nps.score, "mean"
    yield "survey.low", surveys.nps.low, "mean"
    yield "survey.high", surveys.nps.high, "mean"
    yield "survey.ces.answers", surveys.ces.answers, "count"
    yield "survey.ces.mean", surveys.ces.mean, "mean"
