"""A retirement: something takes nothing more, and what it had goes to a successor, some at a time. Pure."""

from datetime import datetime, timedelta
from typing import Literal

from tingjian.platform.models import Frozen, Identifier

RetirementKind = Literal["team", "person", "type"]
SETTLED = timedelta(seconds=20)
"""For so long other processes may still know it as active, so a look after that is the last one."""


class RetireBody(Frozen):
    """Who takes over. A person's tickets go into their teams' queues without one."""

    to: Identifier | None = None


class Uses(Frozen):
    """What points at a team, a person or a type. `tickets` are those open, counted up to a thousand (`more`)."""

    tickets: int
    more: bool = False
    handoffs: int = 0
    types: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    ladders: tuple[str, ...] = ()


class Retirement(Frozen):
    """How far a retirement is; `moved` counts tickets."""

    kind: RetirementKind
    subject: str
    to: str | None
    version: int
    by: str
    asked_at: datetime
    moved: int = 0
    team: str = ""
    cursor: str | None = None
    found_in_pass: int = 0
    finished_at: datetime | None = None

    @property
    def name(self) -> str:
        return f"{self.kind}.{self.subject}"

    def advance(self, *, moved: int, place: tuple[str, str | None] | None, now: datetime) -> "Retirement":
        """After some more tickets; it ends with a pass that found nothing, when everybody knows that it is off."""
        found = self.found_in_pass + moved
        update: dict[str, object] = {"version": self.version + 1, "moved": self.moved + moved, "found_in_pass": found}
        if place is not None:
            update |= {"team": place[0], "cursor": place[1]}
        else:
            update |= {"team": "", "cursor": None, "found_in_pass": 0}
            if not found and now >= self.asked_at + SETTLED:
                update["finished_at"] = now
        return self.model_copy(update=update)


class RetirementView(Frozen):
    """A retirement as it is shown."""

    kind: RetirementKind
    subject: str
    to: str | None
    state: Literal["running", "done"]
    moved: int
    uses: Uses
