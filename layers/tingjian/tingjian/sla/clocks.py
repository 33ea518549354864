"""Clocks: a target that runs in a calendar's open time, can pause, warns at shares of the target, and is met or missed.

Pure. A clock holds every pause since its start, so any change is computed again from the start (scope rows 17, 19).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from tingjian.platform.models import Frozen
from tingjian.sla.calendar import WorkCalendar

ClockName = Literal["first_response", "next_response", "resolution", "handoff", "feedback_answer"]
BREACH = 100


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
    """A running, paused, met or stopped clock. `due_at` is None while it is paused."""

    name: ClockName
    policy: str
    policy_version: int
    calendar: str
    calendar_version: int
    target_minutes: int
    pausing: bool
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
    def next_at(self) -> datetime | None:
        """When its next step is due, None when nothing is left or it does not run."""
        return min((step.at for step in self.steps if step.fired_at is None), default=None) if self.running else None

    @property
    def breached(self) -> bool:
        """Whether it was missed: its breach step fired, or it was met after it."""
        return any(
            step.share == BREACH and (step.fired_at is not None or (self.met_at is not None and self.met_at > step.at))
            for step in self.steps
        )

    def paused(self, now: datetime) -> "Clock":
        """Standing still from now; unchanged if it does not pause or does not run."""
        if not (self.running and self.pausing):
            return self
        return self.model_copy(update={"pauses": (*self.pauses, Pause(start=now)), "due_at": None})

    def resumed(self, calendar: WorkCalendar, now: datetime) -> "Clock":
        """Running again from now, with every deadline moved by what was paused; unchanged if it was not paused."""
        if not self.live or self.due_at is not None:
            return self
        pauses = (*self.pauses[:-1], Pause(start=self.pauses[-1].start, end=now))
        return self.model_copy(update={"pauses": pauses}).planned(calendar)

    def planned(self, calendar: WorkCalendar) -> "Clock":
        """Its deadline and steps computed from the start, with every pause; steps that fired stay fired."""
        cuts = self.cuts()
        steps = tuple(
            step.model_copy(update={"at": calendar.add(self.started_at, self.target_minutes * step.share / 100, cuts)})
            for step in self.steps
        )
        return self.model_copy(
            update={"steps": steps, "due_at": calendar.add(self.started_at, self.target_minutes, cuts)}
        )

    def met(self, now: datetime) -> "Clock":
        """Met now; a second time changes nothing."""
        if not self.live:
            return self
        pauses = self.pauses
        if pauses and pauses[-1].end is None:
            pauses = (*pauses[:-1], Pause(start=pauses[-1].start, end=now))
        return self.model_copy(update={"met_at": now, "pauses": pauses})

    def stopped(self, now: datetime) -> "Clock":
        """Neither met nor missed any more: the ticket was closed without it."""
        return self.model_copy(update={"stopped_at": now}) if self.live else self

    def fired(self, now: datetime) -> tuple["Clock", tuple[Step, ...]]:
        """The clock with every step that is due marked as fired, and those steps in order."""
        if not self.running:
            return self, ()
        due = tuple(step for step in self.steps if step.fired_at is None and step.at <= now)
        steps = tuple(step.model_copy(update={"fired_at": now}) if step in due else step for step in self.steps)
        return self.model_copy(update={"steps": steps}), tuple(sorted(due, key=lambda step: step.at))

    def cuts(self) -> tuple[tuple[datetime, datetime], ...]:
        """The ended pauses as pairs of instants, as the calendar's arithmetic takes them."""
        return tuple((pause.start, pause.end) for pause in self.pauses if pause.end is not None)

    def kept(self) -> bool | None:
        """Whether the target was kept; None while that is open or when it was stopped."""
        if self.breached:
            return False
        return True if self.met_at is not None else None


def start_clock(
    *,
    name: ClockName,
    policy: tuple[str, int],
    calendar: tuple[str, int, WorkCalendar],
    target_minutes: int,
    shares: Iterable[int],
    pausing: bool,
    now: datetime,
) -> Clock:
    """A clock that starts now; its steps are the shares (percent), the breach (100) always among them."""
    calendar_id, calendar_version, hours = calendar
    steps = tuple(Step(share=share, at=now) for share in sorted({*shares, BREACH}))
    return Clock(
        name=name,
        policy=policy[0],
        policy_version=policy[1],
        calendar=calendar_id,
        calendar_version=calendar_version,
        target_minutes=target_minutes,
        pausing=pausing,
        started_at=now,
        due_at=now,
        steps=steps,
    ).planned(hours)


def next_step_at(clocks: Iterable[Clock]) -> datetime | None:
    """When the first step of any clock is due."""
    return min((clock.next_at for clock in clocks if clock.next_at is not None), default=None)


def to_compact(clock: Clock) -> list[object]:
    """The clock as a short list: instants in milliseconds since 1970, since every kilobyte of a ticket costs."""
    return [
        clock.name,
        clock.policy,
        clock.policy_version,
        clock.calendar,
        clock.calendar_version,
        clock.target_minutes,
        clock.pausing,
        _short(clock.started_at),
        _short(clock.due_at),
        [[step.share, _short(step.at), _short(step.fired_at)] for step in clock.steps],
        [[_short(pause.start), _short(pause.end)] for pause in clock.pauses],
        _short(clock.met_at),
        _short(clock.stopped_at),
    ]


def from_compact(stored: list[object]) -> Clock:
    """The clock of its short list."""
    steps: list[list[int]] = stored[9]  # type: ignore[assignment]
    pauses: list[list[int]] = stored[10]  # type: ignore[assignment]
    return Clock.model_validate(
        {
            "name": stored[0],
            "policy": stored[1],
            "policy_version": stored[2],
            "calendar": stored[3],
            "calendar_version": stored[4],
            "target_minutes": stored[5],
            "pausing": stored[6],
            "started_at": _long(stored[7]),
            "due_at": _long(stored[8]),
            "steps": [{"share": share, "at": _long(at), "fired_at": _long(fired)} for share, at, fired in steps],
            "pauses": [{"start": _long(start), "end": _long(end)} for start, end in pauses],
            "met_at": _long(stored[11]),
            "stopped_at": _long(stored[12]),
        }
    )


def _short(moment: datetime | None) -> int:
    return 0 if moment is None else round(moment.timestamp() * 1000)


def _long(milliseconds: object) -> datetime | None:
    if not isinstance(milliseconds, int) or milliseconds == 0:
        return None
    return EPOCH + timedelta(milliseconds=milliseconds)


EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
