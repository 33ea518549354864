"""Alerts: one for each rung that a clock reaches, acknowledged by somebody at a time. Pure."""

import re
from datetime import datetime, timedelta
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, StringConstraints

from tingjian.intake.handoffs.models import handoff_blocker
from tingjian.intake.tickets.models import Ticket
from tingjian.notifications.channels import Channel
from tingjian.platform.errors import NotFoundError
from tingjian.platform.models import Frozen, Identifier
from tingjian.sla.clocks import EPOCH, Clock, ClockName

AlertState = Literal["open", "acknowledged", "over"]
WRITTEN_ID = re.compile(r"^([0-9]{12})\.([a-z_]{1,20})(?:_([0-9]{1,4}))?\.([0-9]{1,14})\.([0-9]{1,4})$")


class AlertNotFoundError(NotFoundError):
    """There is no alert with this id, or none that the caller may see."""

    code = "alert_not_found"


class AlertName(NamedTuple):
    """The name by which an alert is raised once only.

    The ticket, the clock, the number of the hand-off if it is one's, the clock's start in milliseconds since 1970, and
    the rung.
    """

    ticket: str
    clock: str
    start: int
    share: int
    handoff: int = 0

    def __str__(self) -> str:
        return f"{self.ticket}.{self.label}.{self.start}.{self.share}"

    @classmethod
    def of(cls, ticket: str, clock: Clock, share: int, handoff: int = 0) -> "AlertName":
        return cls(ticket=ticket, clock=clock.name, start=clock_start(clock), share=share, handoff=handoff)

    @classmethod
    def parse(cls, text: str) -> "AlertName":
        """The name of its text form. Raises AlertNotFoundError for what can be none."""
        found = WRITTEN_ID.match(text)
        if found is None:
            raise AlertNotFoundError
        ticket, clock, handoff, start, share = found.groups()
        return cls(ticket=ticket, clock=clock, start=int(start), share=int(share), handoff=int(handoff or 0))

    @property
    def label(self) -> str:
        return f"{self.clock}_{self.handoff}" if self.handoff else self.clock


class Alert(Frozen):
    """A rung that was reached.

    `due_at` is when the target ends; `answer_by` when the next rung comes unless somebody acknowledges this one.
    """

    id: str
    version: int
    ticket: str
    clock: ClockName
    share: int
    raised_at: datetime
    due_at: datetime | None
    ladder: str
    ladder_version: int
    team: str
    owner: str | None = None
    told: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    answer_by: datetime | None = None
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    over_at: datetime | None = None

    @property
    def name(self) -> AlertName:
        return AlertName.parse(self.id)

    @property
    def waits(self) -> bool:
        """Whether the sweep must look at it when `answer_by` comes."""
        return self.answer_by is not None and self.acknowledged_at is None and self.over_at is None

    def acknowledge(self, *, by: str, now: datetime) -> "Alert":
        """The alert with a name on it; the first one stays."""
        if self.acknowledged_at is not None:
            return self
        return self.model_copy(update={"version": self.version + 1, "acknowledged_by": by, "acknowledged_at": now})

    def without_answer(self) -> "Alert":
        """The alert after the next rung was reached because nobody answered."""
        return self.model_copy(update={"version": self.version + 1, "answer_by": None})

    def end(self, now: datetime) -> "Alert":
        """The alert whose clock was met or stopped before anybody answered."""
        return self.model_copy(update={"version": self.version + 1, "over_at": now})

    def state(self, ticket: Ticket) -> AlertState:
        """Acknowledged; else over once its clock is met, stopped or started anew (its hand-off done); else open."""
        if self.acknowledged_at is not None:
            return "acknowledged"
        return "open" if is_running(self.name, ticket) else "over"


class AlertView(Alert):
    """An alert as it is shown, with its state now."""

    state_now: AlertState


class AlertList(Frozen):
    """A page of alerts, newest first."""

    items: tuple[AlertView, ...]
    cursor: str | None = None


class AlertQuery(Frozen):
    """Which alerts: of a team, or of the caller alone, in a state. Without a team all that the caller may see."""

    team: Identifier | None = None
    mine: bool = False
    state: AlertState | None = None
    limit: int = Field(default=25, ge=1, le=50)
    cursor: Annotated[str, StringConstraints(pattern=r"^[0-9TZ:.#a-z_-]{1,100}$")] | None = None


def clock_start(clock: Clock) -> int:
    """The clock's start in milliseconds since 1970."""
    return (clock.started_at - EPOCH) // timedelta(milliseconds=1)


def is_running(name: AlertName, ticket: Ticket) -> bool:
    if name.handoff:
        return handoff_blocker(name.handoff) in ticket.blockers
    return running_clock(name, ticket.clocks) is not None


def running_clock(name: AlertName, clocks: tuple[Clock, ...]) -> Clock | None:
    return next(
        (clock for clock in clocks if clock.name == name.clock and clock.live and clock_start(clock) == name.start),
        None,
    )
