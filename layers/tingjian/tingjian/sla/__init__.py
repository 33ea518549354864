"""Service levels: working time, and what China's State Council makes of it."""

from tingjian.sla.calendar import WorkCalendar
from tingjian.sla.errors import CalendarError, OpenTimeExhaustedError, QuestionError, WorkingTimeError
from tingjian.sla.explanation import ExplainedSpan, Explanation, SpanReason

__all__ = [
    "CalendarError",
    "ExplainedSpan",
    "Explanation",
    "OpenTimeExhaustedError",
    "QuestionError",
    "SpanReason",
    "WorkCalendar",
    "WorkingTimeError",
]
