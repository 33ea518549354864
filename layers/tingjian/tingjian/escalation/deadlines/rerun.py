"""What would have been kept: the history of a ticket run again under targets that it never had. Pure.

docs/report-definitions.md says when a clock starts, stands still, is met and is missed; live tickets have no other
rules. `tests/oracle/sla.py` counts the same by other means.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from tingjian.intake.tickets.events import TicketClosed, TicketOpened, TicketReopened, TicketResolved
from tingjian.intake.tickets.models import CATEGORIES
from tingjian.sla.calendar import WorkCalendar
from tingjian.sla.clocks import Clock, ClockName, start_clock
from tingjian.sla.policies.models import Target

FROM_OPENING: tuple[ClockName, ...] = ("first_response", "resolution", "feedback_answer")
ANSWERED: frozenset[ClockName] = frozenset({"first_response", "feedback_answer"})


class Happening(NamedTuple):
    """What a rerun needs of an event: its name, when, the ticket's status after it, whether it answered first."""

    name: str
    at: datetime
    status: str
    first: bool = False


class Outcome(NamedTuple):
    """A target that was kept, at the instant that met it, or missed, at its deadline."""

    clock: ClockName
    kept: bool
    at: datetime


def rerun(
    happenings: Sequence[Happening], targets: Iterable[Target], calendar: WorkCalendar, *, until: datetime
) -> list[Outcome]:
    """The outcomes of a ticket's history, opening first, as known at `until`; what is open then has none yet."""
    run = _Run({target.clock: target for target in targets}, calendar)
    for happening in happenings:
        run.goes_on(happening)
    run.reaches(until)
    return run.outcomes


class _Run:
    """The clocks of one ticket on their way through its history."""

    def __init__(self, targets: Mapping[ClockName, Target], calendar: WorkCalendar) -> None:
        self.targets, self.calendar = targets, calendar
        self.clocks: dict[ClockName, Clock] = {}
        self.outcomes: list[Outcome] = []

    def goes_on(self, happening: Happening) -> None:
        """The next event."""
        self.reaches(happening.at)
        if happening.name == TicketOpened.__name__:
            self._start(FROM_OPENING, happening.at)
        elif happening.name == TicketReopened.__name__:
            self._start(("resolution",), happening.at)
        if happening.first:
            self._meet(ANSWERED, happening.at)
        if happening.name == TicketResolved.__name__:
            self._meet({"resolution"}, happening.at)
        if happening.name == TicketClosed.__name__:
            self.clocks.clear()
        category = CATEGORIES[happening.status]  # type: ignore[index]
        for name, clock in self.clocks.items():
            self.clocks[name] = clock.enter(category, lambda _: self.calendar, happening.at)

    def reaches(self, moment: datetime) -> None:
        """Clocks that ran out before this moment are missed; one that runs out just then is not yet."""
        for name, clock in list(self.clocks.items()):
            if clock.due_at is not None and clock.due_at < moment:
                self.outcomes.append(Outcome(name, kept=False, at=clock.due_at))
                del self.clocks[name]

    def _start(self, names: Iterable[ClockName], now: datetime) -> None:
        for name in names:
            target = self.targets.get(name)
            if target is not None:
                self.clocks[name] = start_clock(
                    name=name,
                    policy=("rerun", 0),
                    calendar=("rerun", 0, self.calendar),
                    target_minutes=target.minutes,
                    shares=(),
                    pauses_in=target.pauses_in,
                    now=now,
                )

    def _meet(self, names: Iterable[ClockName], now: datetime) -> None:
        for name in names:
            if self.clocks.pop(name, None) is not None:
                self.outcomes.append(Outcome(name, kept=True, at=now))
