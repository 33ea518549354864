"""What a report asks and what it answers. Pure; what each figure means is in docs/report-definitions.md."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, model_serializer

from tingjian.platform.models import Frozen
from tingjian.report.figures.survey_figures import SurveyFigures

Records = Literal["live", "imported", "all"]
Dimension = Literal["type", "channel", "team", "person", "customer", "day"]
Value = Annotated[str, Field(min_length=1, max_length=200)]

BOUNDS_MINUTES = (15.0, 60.0, 240.0, 480.0, 1440.0, 2880.0, 4320.0)
"""Where the bars of a distribution of times begin, the first one at 0."""
SCORES = (1, 2, 3, 4, 5)
SATISFIED_FROM = 4
TOP_CUSTOMERS = 20
WITHOUT_RESULT = ("closed_duplicate", "closed_invalid", "closed_withdrawn", "closed_spam")
"""The closes that had no result, by their reason."""
REST = "*"
"""The key of all customers who are not among the top."""


class Filters(Frozen):
    """Which tickets are counted; what is left out restricts nothing. Team and person are those at the counted event."""

    type: Value | None = None
    channel: Value | None = None
    priority: Value | None = None
    team: Value | None = None
    person: Value | None = None
    customer: Value | None = None
    source: Value | None = None


class Question(Frozen):
    """A period [starts_at, ends_at) and the one it is compared with, in UTC; its days; what is counted."""

    before_starts_at: datetime
    starts_at: datetime
    ends_at: datetime
    days: tuple[tuple[str, datetime, datetime], ...]
    records: Records = "live"
    filters: Filters = Filters()
    satisfied_from: int = SATISFIED_FROM


class Spread(Frozen):
    """Median and 90th percentile in minutes; null when nothing was measured."""

    median: float | None = None
    p90: float | None = None

    @model_serializer
    def _with_nulls(self) -> dict[str, float | None]:
        return {"median": self.median, "p90": self.p90}


class TargetShare(Frozen):
    """Targets kept and missed."""

    kept: int = 0
    missed: int = 0

    @property
    def share(self) -> float | None:
        """Share that was kept, between 0 and 1."""
        return self.kept / (self.kept + self.missed) if self.kept + self.missed else None


class Targets(Frozen):
    """Targets by clock."""

    first_response: TargetShare = TargetShare()
    resolution: TargetShare = TargetShare()


class Satisfaction(Frozen):
    """What surveys said: how many answers, their mean score, and the share that is satisfied."""

    answers: int = 0
    average: float | None = None
    satisfied_share: float | None = None

    @model_serializer
    def _with_nulls(self) -> dict[str, Any]:
        return {"answers": self.answers, "average": self.average, "satisfied_share": self.satisfied_share}


class Figures(Frozen):
    """The figures of some tickets in some period; `closed_duplicate` and the like are in `closed` too."""

    opened: int = 0
    answered: int = 0
    resolved: int = 0
    closed: int = 0
    closed_duplicate: int = 0
    closed_invalid: int = 0
    closed_withdrawn: int = 0
    closed_spam: int = 0
    reopened: int = 0
    open_at_end: int = 0
    unsolved_at_end: int = 0
    first_response_minutes: Spread = Spread()
    first_response_working_minutes: Spread = Spread()
    resolution_minutes: Spread = Spread()
    resolution_working_minutes: Spread = Spread()
    targets: Targets = Targets()
    satisfaction: Satisfaction = Satisfaction()
    surveys: SurveyFigures = SurveyFigures()


class FigurePart(Figures):
    """The figures of one part: `key` is a code or id, empty for nobody or nothing; the rest of a long list is `*`."""

    key: str
    label: str = ""


class Bar(Frozen):
    """How many tickets' times lie from `from_minutes` up to the next bar."""

    from_minutes: float
    tickets: int


class Distribution(Frozen):
    """How times and scores are spread; `scores` counts answers by score."""

    first_response: tuple[Bar, ...]
    resolution: tuple[Bar, ...]
    scores: dict[str, int]


class PeriodFigures(Figures):
    """A report's figures: the whole period, the one before it, and every breakdown.

    `data_until` is when the newest event that was counted had been recorded; what happened in the seconds before the
    report was made may be missing.
    """

    previous: Figures
    by_type: tuple[FigurePart, ...]
    by_channel: tuple[FigurePart, ...]
    by_team: tuple[FigurePart, ...]
    by_person: tuple[FigurePart, ...]
    by_customer: tuple[FigurePart, ...]
    by_day: tuple[FigurePart, ...]
    distribution: Distribution
    data_until: datetime | None = None
