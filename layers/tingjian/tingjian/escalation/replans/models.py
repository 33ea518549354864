"""A replan: the open tickets of a policy or a calendar get their clocks planned anew, some at a time. Pure."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from tingjian.intake.tickets.bodies import Number
from tingjian.intake.tickets.clock_plans import DeadlineMove
from tingjian.platform.models import Frozen, Slug
from tingjian.sla.calendars.models import Calendar, CalendarBody
from tingjian.sla.policies.models import PolicyBody

ReplanKind = Literal["policy", "calendar"]
Cause = Literal["policy", "calendar", "customer"]
"""Whose change moves the deadlines of open tickets."""
ReplanReason = Literal["policy", "calendar", "holidays", "level"]
MOST_PASSES = 3


class Replan(Frozen):
    """How far a replan is.

    It goes through the queues of all teams until a pass finds nothing more to move, since tickets change queues
    meanwhile. `looked_at` counts the tickets of the first pass, `moved` every ticket that was changed.
    """

    id: str
    version: int
    kind: ReplanKind
    subject: str
    reason: ReplanReason
    by: str
    asked_at: datetime
    looked_at: int = 0
    moved: int = 0
    passes: int = 1
    moved_in_pass: int = 0
    team: str = ""
    cursor: str | None = None
    finished_at: datetime | None = None

    def advance(self, *, looked_at: int, moved: int, place: tuple[str, str | None] | None, now: datetime) -> "Replan":
        """The replan after some more tickets; `place` is where to go on, None at the end of a pass."""
        in_pass = self.moved_in_pass + moved
        update: dict[str, Any] = {
            "version": self.version + 1,
            "looked_at": self.looked_at + (looked_at if self.passes == 1 else 0),
            "moved": self.moved + moved,
            "moved_in_pass": in_pass,
        }
        if place is not None:
            update |= {"team": place[0], "cursor": place[1]}
        elif in_pass and self.passes < MOST_PASSES:
            update |= {"team": "", "cursor": None, "passes": self.passes + 1, "moved_in_pass": 0}
        else:
            update |= {"finished_at": now}
        return self.model_copy(update=update)


class ReplanView(Frozen):
    """A replan as it is shown."""

    id: str
    kind: ReplanKind
    subject: str
    reason: ReplanReason
    state: Literal["running", "done"]
    looked_at: int
    moved: int
    asked_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, replan: Replan) -> "ReplanView":
        shown = {name: getattr(replan, name) for name in cls.model_fields if name != "state"}
        return cls(state="done" if replan.finished_at else "running", **shown)


class Apply(Frozen):
    """Which tickets: one by its number, or all open ones."""

    ticket: Number | None = None


class Applied(Frozen):
    """What applying did.

    To one ticket: the deadlines that moved, none when it ran by the present version already. To all: the replan.
    """

    ticket: str | None = None
    moves: tuple[DeadlineMove, ...] = ()
    replan: ReplanView | None = None


class EditedCalendar(Calendar):
    """A calendar after an edit of its dates, and the replan that moves the deadlines that rest on it."""

    replan: ReplanView | None = None


class PreviewPage(Frozen):
    """Which page of the open tickets."""

    limit: int = Field(default=50, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=1200)


class PreviewBody(PreviewPage):
    """A policy as it would be saved, under the id of one that there is or as a new one."""

    id: Slug | None = None
    body: PolicyBody


class CalendarPreviewBody(PreviewPage):
    """A calendar as it would be saved."""

    body: CalendarBody


class PreviewedTicket(Frozen):
    """An open ticket that the change would touch, and how its deadlines would move."""

    ticket: str
    number: str
    team: str
    type: str
    priority: str
    moves: tuple[DeadlineMove, ...]


class Preview(Frozen):
    """A page of the open tickets: how many were looked at, those that would be touched, and the cursor to the rest."""

    looked_at: int
    touched: int
    items: tuple[PreviewedTicket, ...]
    cursor: str | None = None
