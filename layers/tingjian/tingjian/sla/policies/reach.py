"""For which clocks a ladder is, and at which shares of their targets. Pure."""

from collections.abc import Iterable

from tingjian.platform.models import Frozen, Identifier, Line, Slug
from tingjian.sla.clocks import ClockName
from tingjian.sla.policies.models import Facts


class Reach(Frozen):
    """Which clocks of which tickets a ladder is for; an empty list means any.

    Certain customers have a ladder of their own by the policy that is theirs.
    """

    clocks: tuple[ClockName, ...] = ()
    policies: tuple[Slug, ...] = ()
    types: tuple[Slug, ...] = ()
    priorities: tuple[Slug, ...] = ()
    channels: tuple[Slug, ...] = ()
    teams: tuple[Identifier, ...] = ()
    levels: tuple[Line, ...] = ()

    def covers(self, facts: Facts, *, policy: str, clock: str) -> bool:
        """Whether every list that is not empty holds the clock's value."""
        values = (clock, policy, facts.type, facts.priority, facts.channel, facts.team, facts.level)
        return all(not wanted or value in wanted for wanted, value in zip(self.lists, values, strict=True))

    def overlaps(self, other: "Reach") -> bool:
        return all(
            not mine or not theirs or set(mine) & set(theirs)
            for mine, theirs in zip(self.lists, other.lists, strict=True)
        )

    @property
    def specificity(self) -> int:
        """How many of its lists say something."""
        return sum(bool(wanted) for wanted in self.lists)

    @property
    def lists(self) -> tuple[tuple[str, ...], ...]:
        """All its lists, in one order."""
        return (self.clocks, self.policies, self.types, self.priorities, self.channels, self.teams, self.levels)


class Scale(Frozen):
    """A ladder as a clock sees it: for whom, and at which shares (percent of the target)."""

    id: Slug
    reach: Reach
    shares: tuple[int, ...]


def most_specific_scale(scales: Iterable[Scale], facts: Facts, *, policy: str, clock: str) -> Scale | None:
    """The scale whose reach names most about the clock; between equals the last by id, as with policies."""
    covering = [scale for scale in scales if scale.reach.covers(facts, policy=policy, clock=clock)]
    return max(covering, key=lambda scale: (scale.reach.specificity, scale.id), default=None)
