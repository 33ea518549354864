"""What happens when a clock reaches a step: facts of the ticket, whose rung they tell, and of the alert."""

from datetime import datetime
from typing import ClassVar

from tingjian.intake.tickets.events import TicketFact
from tingjian.platform.facts import Fact
from tingjian.platform.models import Frozen


class RungTask(Frozen):
    """The hand-off that a rung asked for."""

    handoff: int
    department: str


class RungFact(TicketFact):
    """The base of facts that a rung may come with: its alert, who was told, what it did to the ticket."""

    alert: str | None = None
    told: tuple[str, ...] = ()
    held_back: str | None = None
    from_assignee: str | None = None
    from_priority: str | None = None
    message_id: str | None = None
    task: RungTask | None = None


class ClockWarned(RungFact):
    """A clock reached a share (percent) of its target before the target's end.

    `reached_at` is when the step was due by the clock, `due_at` when the target ends.
    """

    clock: str
    share: int
    target_minutes: int
    started_at: datetime
    due_at: datetime | None = None
    reached_at: datetime
    policy: str
    policy_version: int
    ladder: str
    ladder_version: int


class ClockBreached(ClockWarned):
    """A clock used up its target."""


class ClockOverrun(ClockWarned):
    """A clock reached a share above its target."""


class HandoffWarned(RungFact):
    """A hand-off reached a share of its target before the target's end; what is said of the clock is of its own.

    A due time that the asker set has no clock.
    """

    handoff: int
    department: str
    state: str
    share: int
    due_at: datetime
    clock: str | None = None
    target_minutes: int | None = None
    started_at: datetime | None = None
    reached_at: datetime | None = None
    policy: str | None = None
    policy_version: int | None = None
    ladder: str | None = None
    ladder_version: int | None = None


class HandoffOverdue(HandoffWarned):
    """A department used up its time."""

    public: ClassVar[str] = "handoff.overdue"


class HandoffOverrun(HandoffWarned):
    """A hand-off reached a share above its target."""


class AlertUnanswered(RungFact):
    """Nobody acknowledged an alert in time, so the next rung was reached early; `unanswered` is that alert."""

    clock: str
    share: int
    next_share: int
    unanswered: str


class AlertAcknowledged(Fact):
    """Somebody put a name on an alert, so many seconds after it was raised."""

    public: ClassVar[str] = "alert.acknowledged"
    ticket: str
    clock: str
    share: int
    team: str
    seconds: float


class AlertRaised(Fact):
    """A rung was reached. Webhooks are told this; Journal has it in the fact of the ticket, as `alert` and `told`."""

    public: ClassVar[str] = "alert.raised"
    alert: str
    ticket: str
    clock: str
    share: int
    due_at: datetime | None = None
    team: str
    told: tuple[str, ...]
