"""Ladders: who is told at which share of a target, how, and what else happens then (scope row 20; C13, C14). Pure."""

from typing import Literal

from pydantic import Field

from tingjian.notifications.channels import Channel
from tingjian.notifications.quiet import QuietHours
from tingjian.people.staff.models import Post
from tingjian.platform.errors import FieldError, InvalidInputError
from tingjian.platform.models import Frozen, Identifier, Line, Slug, Text
from tingjian.sla.clocks import BREACH, Clock
from tingjian.sla.policies.reach import Reach, Scale

MONTH_MINUTES = 31 * 24 * 60


class Task(Frozen):
    """A request to a department that a rung makes: a hand-off, which must be answered and holds back closing."""

    department: Identifier
    request: Text


class Rung(Frozen):
    """What happens at a share (percent) of the target, in the clock's own open time; above 100 after the breach.

    With `acknowledge_within_minutes` (open time too) the next rung comes early when nobody has acknowledged by then.
    `only_if_unacknowledged` leaves the rung out once somebody has acknowledged an earlier one of this clock.
    """

    share: int = Field(ge=1, le=1000)
    tell: tuple[Post, ...] = Field(default=(), max_length=4)
    people: tuple[Identifier, ...] = Field(default=(), max_length=20)
    channels: tuple[Channel, ...] = Field(default=("in_app", "email"), max_length=4)
    acknowledge_within_minutes: int | None = Field(default=None, ge=1, le=MONTH_MINUTES)
    only_if_unacknowledged: bool = False
    reassign_to: Literal["lead", "manager", "director"] | None = None
    raise_priority: bool = False
    note: Text | None = None
    task: Task | None = None

    def problem(self) -> tuple[str, str] | None:
        """The field and the reason why the rung tells nobody; None when it tells somebody."""
        if not self.channels:
            return "channels", "tells_nobody"
        if not self.tell and not self.people and "webhook" not in self.channels:
            return "tell", "tells_nobody"
        return None


class LadderBody(Frozen):
    """What an editor writes: for which clocks, and the rungs from the lowest share up."""

    name: Line
    reach: Reach = Reach()
    rungs: tuple[Rung, ...] = Field(max_length=10)
    quiet_hours: QuietHours | None = None
    active: bool = True

    def check(self) -> None:
        """Raise InvalidInputError that names what is wrong: no rungs, one that tells nobody, shares not rising."""
        wrong = [FieldError("rungs", "tells_nobody")] if not self.rungs else []
        for place, rung in enumerate(self.rungs):
            if found := rung.problem():
                wrong.append(FieldError(f"rungs.{place}.{found[0]}", found[1]))
            if place and rung.share <= self.rungs[place - 1].share:
                wrong.append(FieldError(f"rungs.{place}.share", "not_rising"))
        if wrong:
            raise InvalidInputError(wrong)


class Ladder(LadderBody):
    """A stored ladder. Running clocks follow its newest version; what that adds is planned at their next step."""

    id: Slug
    version: int

    @property
    def scale(self) -> Scale:
        return Scale(id=self.id, reach=self.reach, shares=tuple(rung.share for rung in self.rungs))

    def rung(self, share: int) -> Rung | None:
        """The rung at exactly this share."""
        return next((rung for rung in self.rungs if rung.share == share), None)

    def above(self, share: int) -> Rung | None:
        return next((rung for rung in self.rungs if rung.share > share), None)

    def below(self, share: int) -> tuple[Rung, ...]:
        return tuple(rung for rung in self.rungs if rung.share < share)


class LadderList(Frozen):
    """All ladders."""

    items: tuple[Ladder, ...]


ABOVE: dict[int, Post] = {150: "manager", 200: "director"}
"""Who is told besides, at which share of a target, as long as nobody has acknowledged."""


def built_in_ladder(clock: Clock) -> Ladder:
    """The ladder where none is stored: warnings to the assignee, the breach to the lead as well, and so up the line.

    A clock that is missed and that nobody answers for reaches the manager at one and a half times its target, and the
    director at twice. None for a hand-off: the department and who asked are told of its steps without one.
    """
    rungs: dict[int, Rung] = {}
    for step in clock.steps if clock.name != "handoff" else ():
        rungs[step.share] = Rung(share=step.share, tell=("assignee",) if step.share < BREACH else ("assignee", "lead"))
    for share, post in ABOVE.items() if rungs else ():
        rungs[share] = Rung(share=share, tell=(post,), only_if_unacknowledged=True)
    return Ladder(id="built-in", version=0, name="built-in", rungs=tuple(rungs[share] for share in sorted(rungs)))
