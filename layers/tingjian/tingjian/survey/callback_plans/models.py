"""A callback plan: who is to be called about what, by whom, by when and how often (scope row 22; C2-C8). Pure."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from tingjian.intake.customers.models import CustomerLevel
from tingjian.notifications.quiet import QuietHours
from tingjian.platform.errors import ConflictError, NotFoundError
from tingjian.platform.models import Frozen, Identifier, Instant, Line, Text
from tingjian.platform.times import stamp
from tingjian.survey.callbacks.forms import CallbackKind

PlanState = Literal["draft", "running", "paused", "stopped", "ended"]
Trigger = Literal["complaint_resolved", "ticket_resolved", "low_score"]
SourceKind = Literal["list", "event", "cycle"]
MOST_PEOPLE = 100
LONGEST_CYCLE_DAYS = 3650


class PlanNotFoundError(NotFoundError):
    """There is no callback plan with this id."""

    code = "callback_plan_not_found"


class PlanStateError(ConflictError):
    """The plan's state does not allow this; `members["state"]` says which it is."""

    code = "callback_plan_state"


class PlanFixedError(ConflictError):
    """A plan that was started keeps its kind, its team and its source."""

    code = "callback_plan_fixed"


class ListSource(Frozen):
    """Those whom imported lists name."""

    kind: Literal["list"] = "list"


class CycleSource(Frozen):
    """Customers in turn: so many days after the last contact, by level; a level that is left out is not called (C7)."""

    kind: Literal["cycle"]
    days: dict[CustomerLevel, Annotated[int, Field(ge=1, le=LONGEST_CYCLE_DAYS)]] = Field(min_length=1)


class EventSource(Frozen):
    """The customers of what happens in the plan's team: one callback each time."""

    kind: Literal["event"]
    event: Trigger


PlanSource = Annotated[ListSource | CycleSource | EventSource, Field(discriminator="kind")]


class PlanBody(Frozen):
    """A plan as it is written.

    `people` are those it is shared out over; without any its callbacks stand in the team's list. A callback is due
    `due_hours` after it is made.
    """

    name: Line
    kind: CallbackKind
    team: Identifier
    people: tuple[Identifier, ...] = Field(default=(), max_length=MOST_PEOPLE)
    share: Literal["evenly", "owner"] = "evenly"
    source: PlanSource = ListSource()
    script: Text | None = Field(default=None, max_length=4000)
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    due_hours: int = Field(default=72, ge=1, le=2160)
    attempts: int = Field(default=3, ge=1, le=10)
    attempt_gap_minutes: int = Field(default=240, ge=1, le=10_080)
    quiet_hours: QuietHours | None = None

    @field_validator("people")
    @classmethod
    def _each_once(cls, people: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(people)) < len(people):
            code = "duplicate"
            raise PydanticCustomError(code, "Somebody is named twice")
        return people

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> "PlanBody":
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            code = "period"
            raise PydanticCustomError(code, "Ends before it starts")
        return self


class Plan(PlanBody):
    """A stored plan. `seed` decides who gets which callback, the same whenever it is asked."""

    id: str
    version: int
    hash: str = Field(default="", exclude=True)
    state: PlanState = "draft"
    seed: str
    by: str
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    finished_by: str | None = None
    begun: bool = False

    @property
    def entity(self) -> str:
        return f"callback-plan#{self.id}"

    @property
    def queue_sort(self) -> str:
        prefix, moment = ("1", self.finished_at) if self.finished_at else ("0", self.created_at)
        return f"{prefix}#{stamp(moment)}#{self.id}"

    @property
    def due_at(self) -> datetime | None:
        """When the plan's own timer is due: at its start, then at its end."""
        if self.state not in {"running", "paused"}:
            return None
        return self.ends_at if self.begun else (self.starts_at or self.ends_at)

    def makes(self, now: datetime) -> bool:
        """Whether the plan makes callbacks now."""
        return self.state == "running" and (self.starts_at is None or self.starts_at <= now) and not self.is_over(now)

    def is_over(self, now: datetime) -> bool:
        return self.ends_at is not None and self.ends_at <= now

    def owner_for(self, reader: str) -> str | None:
        """Whom the plan counts as belonging to when somebody reads it: everybody who has a share owns it."""
        return reader if reader in self.people else None if not self.people else self.people[0]

    def edited(self, body: PlanBody) -> "Plan":
        """With what was written. Raises PlanStateError for a finished plan, PlanFixedError for one that was started."""
        self._require("draft", "running", "paused")
        fixed = [name for name in ("kind", "team", "source") if getattr(self, name) != getattr(body, name)]
        if self.state != "draft" and fixed:
            raise PlanFixedError(fields=", ".join(fixed), members={"fields": fixed})
        return self._next(**{name: getattr(body, name) for name in PlanBody.model_fields})

    def started(self, now: datetime) -> "Plan":
        self._require("draft")
        return self._next(state="running", started_at=now, begun=self.starts_at is None or self.starts_at <= now)

    def paused(self) -> "Plan":
        self._require("running")
        return self._next(state="paused")

    def resumed(self) -> "Plan":
        self._require("paused")
        return self._next(state="running")

    def stopped(self, *, by: str, now: datetime) -> "Plan":
        self._require("draft", "running", "paused")
        return self._next(state="stopped", finished_at=now, finished_by=by)

    def with_begin(self) -> "Plan":
        return self._next(begun=True)

    def with_end(self, now: datetime) -> "Plan":
        return self._next(state="ended", finished_at=now)

    def has_reached_its_start(self, now: datetime) -> bool:
        """Whether a plan that was started before its first day has come to it."""
        return not self.begun and self.starts_at is not None and self.starts_at <= now

    def without(self, person: str) -> "Plan":
        return self._next(people=tuple(other for other in self.people if other != person))

    def handed_over(self, person: str, *, stays: bool) -> "Plan":
        """With somebody's share given on; who does not stay gets nothing more. Raises PlanStateError."""
        self._require("draft", "running", "paused")
        return self._next() if stays else self.without(person)

    def callback_due(self, now: datetime) -> datetime:
        return now + timedelta(hours=self.due_hours)

    def facts(self) -> dict[str, object]:
        return {
            "kind": self.kind,
            "team": self.team,
            "source": self.source.kind,
            "state": self.state,
            "people": self.people,
        }

    def _require(self, *states: PlanState) -> None:
        if self.state not in states:
            raise PlanStateError(state=self.state, members={"state": self.state})

    def _next(self, **update: object) -> "Plan":
        return self.model_copy(update={**update, "version": self.version + 1})


class PlanReceipt(Frozen):
    """What a step did. The same request, repeated, gives the same receipt."""

    id: str
    version: int
    event: str
    state: PlanState
    at: datetime

    @property
    def location(self) -> str:
        return f"/v1/callback-plans/{self.id}"
