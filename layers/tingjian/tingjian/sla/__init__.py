"""Service levels: working time, with China's holidays and make-up days."""

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
