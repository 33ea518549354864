"""SLA policies: targets for the tickets that a policy matches; the most specific match wins (scope row 17)."""

from collections.abc import Iterable

from pydantic import Field

from tingjian.platform.models import Frozen, Identifier, Line, Slug
from tingjian.sla.clocks import ClockName

TEN_YEARS_MINUTES = 10 * 366 * 24 * 60


class Target(Frozen):
    """A promise: so many open minutes, with steps at shares (percent) of it, standing still in some categories."""

    clock: ClockName
    minutes: int = Field(ge=0, le=TEN_YEARS_MINUTES)
    shares: tuple[int, ...] = Field(default=(80, 100), max_length=10)
    pauses_in: tuple[str, ...] = ()


class Facts(Frozen):
    """What a policy may match on."""

    type: str
    priority: str
    channel: str = ""
    team: str = ""
    customer_level: str = ""


class Match(Frozen):
    """Which tickets a policy is for; an empty list means any."""

    types: tuple[Slug, ...] = ()
    priorities: tuple[Slug, ...] = ()
    channels: tuple[Slug, ...] = ()
    teams: tuple[Identifier, ...] = ()
    customer_levels: tuple[Slug, ...] = ()

    def covers(self, facts: Facts) -> bool:
        """Whether every list that is not empty holds the ticket's value."""
        return all(not wanted or value in wanted for wanted, value in self._pairs(facts))

    @property
    def specificity(self) -> int:
        """How many of its lists say something."""
        return sum(
            bool(wanted) for wanted in (self.types, self.priorities, self.channels, self.teams, self.customer_levels)
        )

    def overlaps(self, other: "Match") -> bool:
        """Whether some ticket could be covered by both."""
        mine = (self.types, self.priorities, self.channels, self.teams, self.customer_levels)
        theirs = (other.types, other.priorities, other.channels, other.teams, other.customer_levels)
        return all(not a or not b or set(a) & set(b) for a, b in zip(mine, theirs, strict=True))

    def _pairs(self, facts: Facts) -> tuple[tuple[tuple[str, ...], str], ...]:
        return (
            (self.types, facts.type),
            (self.priorities, facts.priority),
            (self.channels, facts.channel),
            (self.teams, facts.team),
            (self.customer_levels, facts.customer_level),
        )


class PolicyBody(Frozen):
    """What an editor writes."""

    name: Line
    match: Match = Match()
    calendar: Slug = "always"
    targets: tuple[Target, ...] = Field(min_length=1, max_length=5)


class Policy(PolicyBody):
    """A stored policy; an edit makes a new version, and running tickets keep theirs until it is applied again."""

    id: Slug
    version: int


def pick(policies: Iterable[Policy], facts: Facts) -> Policy | None:
    """The most specific policy that covers the ticket; None when none does."""
    covering = [policy for policy in policies if policy.match.covers(facts)]
    return max(covering, key=lambda policy: (policy.match.specificity, policy.id), default=None)
