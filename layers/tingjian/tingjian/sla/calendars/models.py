"""A working calendar as it is stored and edited."""

from typing import Any

from pydantic import Field, model_validator

from tingjian.platform.models import Frozen, Line, Slug
from tingjian.sla.calendar import WorkCalendar

Span = tuple[str, str]


class CalendarBody(Frozen):
    """What an editor writes: hours by weekday (`mon` … `sun`), closed dates, and dates with their own hours (调休)."""

    name: Line
    timezone: str = Field(max_length=64)
    hours: dict[str, tuple[Span, ...]]
    closed: tuple[str, ...] = ()
    extra: dict[str, tuple[Span, ...]] = Field(default={})
    estimated_years: tuple[int, ...] = ()

    @model_validator(mode="after")
    def _can_be_made(self) -> "CalendarBody":
        self.made()
        return self

    def made(self) -> WorkCalendar:
        """The calendar that counts. Raises ValueError that names the wrong part."""
        return WorkCalendar(
            timezone=self.timezone,
            hours={day: [list(span) for span in spans] for day, spans in self.hours.items()},
            closed=list(self.closed),
            extra={day: [list(span) for span in spans] for day, spans in self.extra.items()},
        )


class Calendar(CalendarBody):
    """A stored calendar: an edit makes a new version, and running clocks keep theirs until they are planned anew."""

    id: Slug
    version: int

    def facts(self) -> dict[str, Any]:
        """What an event says of it."""
        return {"timezone": self.timezone, "closed": len(self.closed), "extra": len(self.extra)}


ALWAYS = Calendar(
    id="always",
    version=0,
    name="24x7",
    timezone="UTC",
    hours=dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), (("00:00", "24:00"),)),
)
"""What a policy without a calendar counts in: every minute."""
