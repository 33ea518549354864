"""Why a deadline is where it is: the answer of a calendar, and the clocks of a ticket explained. Pure."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field

from tingjian.platform.models import AnyInstant, Frozen
from tingjian.sla.calendars.models import Calendar, Spans
from tingjian.sla.clocks import Clock, ClockName
from tingjian.sla.explanation import ExplainedSpan, Explanation, SpanReason
from tingjian.sla.policies.models import TEN_YEARS_MINUTES

MOST_SPANS = 1_000
Interval = tuple[AnyInstant, AnyInstant]


class Question(Frozen):
    """When so many open minutes have passed since a start, pauses not counted."""

    start: AnyInstant
    minutes: Annotated[float, Field(ge=0, le=TEN_YEARS_MINUTES, allow_inf_nan=False)]
    pauses: tuple[Interval, ...] = Field(default=(), max_length=200)


class Deadline(Frozen):
    """The answer; `estimated` when the time touches a year whose holidays were not announced."""

    calendar: str
    calendar_version: int
    timezone: str
    start_at: datetime
    minutes: float
    due_at: datetime
    estimated: bool


class SpanView(Frozen):
    """One span: counted or skipped, and why. `day` is the local date whose hours decide it."""

    begins_at: datetime
    ends_at: datetime
    day: str
    counted: bool
    reason: SpanReason
    seconds: float

    @classmethod
    def of(cls, span: ExplainedSpan) -> "SpanView":
        return cls(
            begins_at=span.begins_at,
            ends_at=span.ends_at,
            day=span.day.isoformat(),
            counted=span.counted,
            reason=span.reason,
            seconds=span.duration.total_seconds(),
        )


class ExplainedDeadline(Deadline):
    """The answer with every span from start to end. The sums are of all spans, also where more than 1,000 are cut."""

    spans: tuple[SpanView, ...]
    cut: bool
    counted_seconds: float
    skipped_seconds: float


class PauseView(Frozen):
    """A time in which a clock stood still; it still does when there is no end."""

    start: datetime
    end: datetime | None


class ExplainedClock(Frozen):
    """A clock of a ticket, or of a hand-off of it, and why its deadline is where it is.

    `due_at` is the deadline; of a clock that stands still, what it were if it ran on from now.
    """

    clock: ClockName
    handoff: int | None = None
    state: Literal["running", "paused", "met", "stopped"]
    kept: bool | None
    policy: str
    policy_version: int
    calendar: str
    calendar_version: int
    timezone: str
    target_minutes: int
    started_at: datetime
    due_at: datetime
    met_at: datetime | None
    estimated: bool
    pauses: tuple[PauseView, ...]
    spans: tuple[SpanView, ...]
    cut: bool
    counted_seconds: float
    skipped_seconds: float


class ExplainedTicket(Frozen):
    """All clocks of a ticket explained."""

    ticket: str
    number: str
    status: str
    clocks: tuple[ExplainedClock, ...]


class ChinaYearBody(Frozen):
    """Which year to import, and the hours of its make-up days; without any they have those of a weekday."""

    year: int
    hours: Spans | None = Field(default=None, min_length=1)


class DateBody(Frozen):
    """The hours of one date; none closes it."""

    hours: Spans = ()


def explain_clock(clock: Clock, calendar: Calendar, *, now: datetime, handoff: int | None = None) -> ExplainedClock:
    """A clock with every span from its start to its deadline. Raises WorkingTimeError when there is none."""
    cuts = [(pause.start, pause.end or max(now, pause.start)) for pause in clock.pauses]
    told = calendar.work_calendar().explain(clock.started_at, clock.target_minutes, cuts)
    standing = clock.due_at is None and clock.live
    return ExplainedClock(
        clock=clock.name,
        handoff=handoff,
        state="met" if clock.met_at else "stopped" if clock.stopped_at else "paused" if standing else "running",
        kept=clock.was_kept(),
        policy=clock.policy,
        policy_version=clock.policy_version,
        calendar=clock.calendar,
        calendar_version=clock.calendar_version,
        timezone=calendar.timezone,
        target_minutes=clock.target_minutes,
        started_at=clock.started_at,
        due_at=told.end_at,
        met_at=clock.met_at,
        estimated=calendar.estimates(told.start_at, told.end_at),
        pauses=tuple(PauseView(start=pause.start, end=pause.end) for pause in clock.pauses),
        **_span_fields(told),
    )


def explained_deadline(calendar: Calendar, question: Question) -> ExplainedDeadline:
    """The deadline of a question with every span. Raises WorkingTimeError."""
    told = calendar.work_calendar().explain(question.start, question.minutes, question.pauses)
    return ExplainedDeadline(**dict(deadline_for(calendar, question)), **_span_fields(told))


def deadline_for(calendar: Calendar, question: Question) -> Deadline:
    """The deadline of a question. Raises WorkingTimeError."""
    due_at = calendar.work_calendar().add(question.start, question.minutes, question.pauses)
    return Deadline(
        calendar=calendar.id,
        calendar_version=calendar.version,
        timezone=calendar.timezone,
        start_at=question.start,
        minutes=question.minutes,
        due_at=due_at,
        estimated=calendar.estimates(question.start, due_at),
    )


def _span_fields(told: Explanation) -> dict[str, object]:
    return {
        "spans": tuple(SpanView.of(span) for span in told.spans[:MOST_SPANS]),
        "cut": len(told.spans) > MOST_SPANS,
        "counted_seconds": _seconds(told.counted),
        "skipped_seconds": _seconds(told.skipped),
    }


def _seconds(length: timedelta) -> float:
    return length.total_seconds()
