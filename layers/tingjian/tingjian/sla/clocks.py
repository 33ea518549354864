"""Clocks: a target that runs in a calendar's open time, can pause, warns at shares of the target, and is met or missed.

Pure. A clock holds every pause since its start, so any change is computed again from the start (scope rows 17, 19).
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Literal, get_args

from tingjian.platform.models import Frozen
from tingjian.sla.calendar import WorkCalendar

ClockName = Literal["first_response", "next_response", "resolution", "handoff", "feedback_answer", "promise"]
TargetClock = Literal["first_response", "next_response", "resolution", "handoff", "feedback_answer"]
"""The clocks that a policy gives targets. The promise is what somebody told this customer, in a field of the ticket."""
CLOCKS: tuple[ClockName, ...] = get_args(ClockName)
Standstill = Literal["waiting", "resolved"]
"""A category of status in which a clock may stand still."""
BREACH = 100
EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class Pause(Frozen):
    """An interval in which the clock stands still; open while it has no end."""

    start: datetime
    end: datetime | None = None


class Step(Frozen):
    """A moment at a share (percent) of the target; 100 is the breach."""

    share: int
    at: datetime
    fired_at: datetime | None = None


class Clock(Frozen):
    """A running, paused, met or stopped clock. `due_at` is None while it is paused.

    `pauses_in` are the categories in which it stands still, `pauses` those times in which it did.
    """

    name: ClockName
    policy: str
    policy_version: int
    calendar: str
    calendar_version: int
    target_minutes: int
    pauses_in: tuple[Standstill, ...]
    started_at: datetime
    due_at: datetime | None
    steps: tuple[Step, ...]
    pauses: tuple[Pause, ...] = ()
    met_at: datetime | None = None
    stopped_at: datetime | None = None

    @property
    def running(self) -> bool:
        """Whether its time counts now."""
        return self.met_at is None and self.stopped_at is None and self.due_at is not None

    @property
    def live(self) -> bool:
        """Whether it can still be met or missed."""
        return self.met_at is None and self.stopped_at is None

    @property
    def deadline(self) -> datetime:
        """The end of its target as last planned, with every ended pause."""
        return next(step.at for step in self.steps if step.share == BREACH)

    @property
    def next_at(self) -> datetime | None:
        """The time of its next step; None if there is none or the clock does not run."""
        return min((step.at for step in self.steps if step.fired_at is None), default=None) if self.running else None

    @property
    def breached(self) -> bool:
        """Whether it was missed: its breach step fired, or its time had run out before it was met."""
        return any(
            step.share == BREACH
            and (step.fired_at is not None or (self.met_at is not None and self._stood_still_at(self.met_at) > step.at))
            for step in self.steps
        )

    def is_broken(self, now: datetime) -> bool:
        """Whether it was missed, or would be if it were met now."""
        return self.breached or (self.running and self.deadline < now)

    def enter(self, category: str, hours: "Hours", now: datetime) -> "Clock":
        """The clock after its ticket entered a category of status: standing still in it, or running."""
        if not self.live:
            return self
        return self.pause(now) if category in self.pauses_in else self.resume(hours, now)

    def pause(self, now: datetime) -> "Clock":
        """The clock standing still from now; unchanged if it does not run."""
        if not self.running:
            return self
        return self.model_copy(update={"pauses": (*self.pauses, Pause(start=now)), "due_at": None})

    def resume(self, hours: "Hours", now: datetime) -> "Clock":
        """The clock running again from now, its deadlines moved by what was paused; unchanged if it was not paused."""
        if not self.live or self.due_at is not None:
            return self
        return self.model_copy(update={"pauses": self._pauses_until(now)}).plan(hours(self))

    def plan(self, calendar: WorkCalendar) -> "Clock":
        """The clock with deadline and steps computed from its start and every pause; steps that fired stay fired."""
        cuts = self.cuts()
        steps = tuple(
            step.model_copy(update={"at": calendar.add(self.started_at, self.target_minutes * step.share / 100, cuts)})
            for step in self.steps
        )
        after = self.model_copy(update={"steps": steps})
        return after.model_copy(update={"due_at": None if self._stands_still else after.deadline})

    def with_shares(self, shares: Iterable[int]) -> "Clock":
        """The clock with steps at these shares (percent) and at the breach; steps that it had keep when they fired.

        The times of new steps are not computed here: `plan` does that.
        """
        known = {step.share: step for step in self.steps}
        steps = (known.get(share, Step(share=share, at=self.started_at)) for share in sorted({*shares, BREACH}))
        return self.model_copy(update={"steps": tuple(steps)})

    def meet(self, now: datetime) -> "Clock":
        """The clock met now; a second time changes nothing."""
        if not self.live:
            return self
        if self._stands_still and self.pauses[-1].start >= now:
            # It was met before it began to stand still, and that is heard of only afterwards.
            return self.model_copy(update={"met_at": now, "pauses": self.pauses[:-1], "due_at": self.deadline})
        pauses = self._pauses_until(now) if self._stands_still else self.pauses
        due_at = None if pauses and pauses[-1].end == now else self.due_at
        return self.model_copy(update={"met_at": now, "pauses": pauses, "due_at": due_at})

    def run_on(self, hours: "Hours") -> "Clock":
        """The clock as if it had not been met: what met it did not happen."""
        return self.model_copy(update={"met_at": None}).plan(hours(self)) if self.met_at else self

    def stop(self, now: datetime) -> "Clock":
        """The clock stopped now, since nothing is promised any more: neither met nor missed, unless its time was up."""
        if not self.live:
            return self
        return self.miss(now) if self.running and self.deadline < now else self.model_copy(update={"stopped_at": now})

    def miss(self, now: datetime) -> "Clock":
        """The clock missed for good now, in or after its time: what would have met it cannot happen any more."""
        if not self.live:
            return self
        steps = tuple(
            step.model_copy(update={"fired_at": step.fired_at or now}) if step.share == BREACH else step
            for step in self.steps
        )
        return self.model_copy(update={"stopped_at": now, "steps": steps})

    def fire(self, now: datetime) -> tuple["Clock", tuple[Step, ...]]:
        """The clock with every step that is due marked as fired, and those steps in order."""
        due = self.due_steps(now)
        if not due:
            return self, ()
        steps = tuple(step.model_copy(update={"fired_at": now}) if step in due else step for step in self.steps)
        return self.model_copy(update={"steps": steps}), due

    def due_steps(self, now: datetime) -> tuple[Step, ...]:
        """The steps that are due and have not fired, in order; none while it does not run."""
        due = [step for step in self.steps if step.fired_at is None and step.at <= now] if self.running else []
        return tuple(sorted(due, key=lambda step: step.at))

    def cuts(self) -> tuple[tuple[datetime, datetime], ...]:
        """The ended pauses, as `WorkCalendar.add` takes them."""
        return tuple((pause.start, pause.end) for pause in self.pauses if pause.end is not None)

    def was_kept(self) -> bool | None:
        """Whether the target was kept; None while that is open or when it was stopped."""
        if self.breached:
            return False
        return True if self.met_at is not None else None

    @property
    def _stands_still(self) -> bool:
        return bool(self.pauses) and self.pauses[-1].end is None

    def _pauses_until(self, now: datetime) -> tuple[Pause, ...]:
        return (*self.pauses[:-1], Pause(start=self.pauses[-1].start, end=now))

    def _stood_still_at(self, moment: datetime) -> datetime:
        # A clock that is met in a pause is not planned again: its steps are compared with the begin of that pause.
        return self.pauses[-1].start if self.pauses and self.pauses[-1].end == moment else moment


Hours = Callable[[Clock], WorkCalendar]
"""Finds the calendar that a clock counts in."""


def start_clock(
    *,
    name: ClockName,
    policy: tuple[str, int],
    calendar: tuple[str, int, WorkCalendar],
    target_minutes: int,
    shares: Iterable[int],
    pauses_in: Iterable[Standstill] = (),
    now: datetime,
) -> Clock:
    """A clock that starts now; its steps are the shares (percent), the breach (100) always among them."""
    calendar_id, calendar_version, hours = calendar
    return (
        Clock(
            name=name,
            policy=policy[0],
            policy_version=policy[1],
            calendar=calendar_id,
            calendar_version=calendar_version,
            target_minutes=target_minutes,
            pauses_in=tuple(pauses_in),
            started_at=now,
            due_at=now,
            steps=(),
        )
        .with_shares(shares)
        .plan(hours)
    )


def next_step_at(clocks: Iterable[Clock]) -> datetime | None:
    """When the first step of any clock is due."""
    return min((clock.next_at for clock in clocks if clock.next_at is not None), default=None)
