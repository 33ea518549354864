"""SLA policies: targets for the tickets that a policy matches; the most specific match wins (scope row 17)."""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from tingjian.platform.models import Frozen, Identifier, Line, Slug
from tingjian.sla.clocks import ClockName, Standstill, TargetClock

TEN_YEARS_MINUTES = 10 * 366 * 24 * 60
STANDSTILLS: dict[str, tuple[Standstill, ...]] = {"resolution": ("waiting",), "next_response": ("waiting",)}
"""Where a clock stands still unless its policy says otherwise; the others run."""
DEFAULTS: dict[str, tuple[str, int]] = {"next_response": ("first_response", 100), "handoff": ("resolution", 50)}
"""Targets that a policy need not write down: the clock whose minutes they follow, and at which share (percent)."""
NEVER_PAUSE: frozenset[ClockName] = frozenset({"first_response", "handoff"})
"""Nobody who waits for a first answer, or for a department, can be waited for."""


class Target(Frozen):
    """A promise: so many open minutes, with steps at shares (percent) of it.

    `pauses_in` are the categories of status in which the clock stands still; by default, resolution and next response
    while waiting for the customer. A first response and a hand-off never pause.
    """

    clock: TargetClock
    minutes: int = Field(ge=0, le=TEN_YEARS_MINUTES)
    shares: tuple[Annotated[int, Field(ge=1, le=1000)], ...] = Field(default=(80, 100), max_length=10)
    pauses_in: tuple[Standstill, ...] = Field(default=(), max_length=2)

    @model_validator(mode="before")
    @classmethod
    def _usual_standstills(cls, given: Any) -> Any:
        if isinstance(given, dict) and "pauses_in" not in given:
            return given | {"pauses_in": STANDSTILLS.get(str(given.get("clock")), ())}
        return given

    @model_validator(mode="after")
    def _may_pause(self) -> "Target":
        if self.pauses_in and self.clock in NEVER_PAUSE:
            code = "never_pauses"
            raise PydanticCustomError(code, "This clock never pauses", {"field": "pauses_in"})
        return self


class WaitRule(Frozen):
    """What becomes of a wait for the customer: so many reminders, each so many open minutes after the last word.

    When the last one has gone unanswered for as long, the wait ends.
    """

    reminders: int = Field(default=2, ge=0, le=5)
    every_minutes: int = Field(default=2 * 24 * 60, ge=1, le=TEN_YEARS_MINUTES)


class Facts(Frozen):
    """What a policy may match on."""

    type: str
    priority: str
    channel: str = ""
    team: str = ""
    customer_level: str = ""
    level: str = ""


class Match(Frozen):
    """Which tickets a policy is for; an empty list means any."""

    types: tuple[Slug, ...] = Field(default=(), max_length=100)
    priorities: tuple[Slug, ...] = Field(default=(), max_length=100)
    channels: tuple[Slug, ...] = Field(default=(), max_length=100)
    teams: tuple[Identifier, ...] = Field(default=(), max_length=100)
    customer_levels: tuple[Slug, ...] = Field(default=(), max_length=100)
    levels: tuple[Line, ...] = Field(default=(), max_length=100)

    def covers(self, facts: Facts) -> bool:
        """Whether every list that is not empty holds the ticket's value."""
        values = (facts.type, facts.priority, facts.channel, facts.team, facts.customer_level, facts.level)
        return all(not wanted or value in wanted for wanted, value in zip(self.lists, values, strict=True))

    @property
    def specificity(self) -> int:
        """How many of its lists say something."""
        return sum(bool(wanted) for wanted in self.lists)

    def overlaps(self, other: "Match") -> bool:
        return all(
            not mine or not theirs or set(mine) & set(theirs)
            for mine, theirs in zip(self.lists, other.lists, strict=True)
        )

    @property
    def lists(self) -> tuple[tuple[str, ...], ...]:
        """All its lists, in one order: types, priorities, channels, teams, levels of customer, levels of complaint."""
        return (self.types, self.priorities, self.channels, self.teams, self.customer_levels, self.levels)


class PolicyBody(Frozen):
    """What an editor writes."""

    name: Line
    match: Match = Match()
    calendar: Slug = "always"
    targets: tuple[Target, ...] = Field(min_length=1, max_length=5)
    waiting: WaitRule | None = None
    default_targets: bool = True
    """Whether a next response and a hand-off that `targets` leaves out have a target all the same."""
    active: bool = True


class Policy(PolicyBody):
    """A stored policy; an edit makes a new version, and running tickets keep theirs until it is applied again."""

    default_targets: bool = False
    """Policies from before there were defaults go on without."""
    id: Slug
    version: int

    def target(self, clock: str) -> Target | None:
        """What the policy promises: as it says, else by default; None for what it leaves out.

        A further answer is due as fast as the first one, and a department has half the time of the resolution.
        """
        said = next((target for target in self.targets if target.clock == clock), None)
        if said is not None or not self.default_targets or clock not in DEFAULTS:
            return said
        like, share = DEFAULTS[clock]
        model = next((target for target in self.targets if target.clock == like), None)
        return Target.model_validate({"clock": clock, "minutes": model.minutes * share // 100}) if model else None


class PolicyList(Frozen):
    """Policies: all of them, or versions of one."""

    items: tuple[Policy, ...]
    cursor: str | None = None


def most_specific_policy(policies: Iterable[Policy], facts: Facts) -> Policy | None:
    """The most specific policy that covers the ticket; None when none does."""
    covering = [policy for policy in policies if policy.active and policy.match.covers(facts)]
    return max(covering, key=lambda policy: (policy.match.specificity, policy.id), default=None)
