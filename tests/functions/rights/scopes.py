"""What each role may do, written down a second time, and the one rule that follows from a scope."""

from collections.abc import Collection
from dataclasses import dataclass

from tingjian.platform.rights import Caller

ROLES = ("agent", "lead", "manager", "director", "quality", "department", "admin")
TABLE = """
right             agent  lead  manager  director  quality  department  admin
alerts.read       own    team  all      all       -        -           all
callback-plans.edit -  team all       all       -        -           all
callback-plans.read own team all     all       all      -           all
callbacks.share   -      team  all      all       -        -           all
callbacks.work    own    team  all      all       -        -           all
customers.edit    team   team  all      all       -        -           all
customers.read    all    all   all      all       all      -           all
customers.reveal  team   team  all      all       -        -           -
followups.work    own    team  all      all       -        -           all
handoff-forms.edit - -     all      all       -        -           all
handoff-forms.read all all all      all       all      all         all
handoffs.answer   -      -     all      all       -        team        all
handoffs.read     team   team  all      all       -        team        all
handoffs.verify   -      team  all      all       -        -           all
imports.run       -      -     all      -         -        -           all
notices.read      own    own   own      own       own      own         own
policies.edit     -      -     all      all       -        -           all
policies.read     all    all   all      all       all      all         all
reports.make      -      all   all      all       all      -           all
reports.read      -      all   all      all       all      -           all
reveals.list      -      team  all      all       all      -           -
staff.edit        -      -     all      all       -        -           all
staff.read        all    all   all      all       all      all         all
surveys.read      own    team  all      all       all      -           all
tickets.assign    -      team  all      all       -        -           all
tickets.open      all    all   all      all       -        -           all
tickets.read      team   team  all      all       all      -           all
tickets.work      team   team  all      all       -        -           all
types.edit        -      -     all      all       -        -           all
types.read        all    all   all      all       all      all         all
webhooks.edit     -      -     -        all       -        -           all
"""
WIDTH = ("-", "own", "team", "all")
SCOPES: dict[str, dict[str, str]] = {
    right: dict(zip(ROLES, scopes, strict=True))
    for right, *scopes in (line.split() for line in TABLE.strip().splitlines()[1:])
}


@dataclass(frozen=True)
class Place:
    """Whose a thing is: a team's, and a person's or nobody's. A thing that no person can have is owned by ""."""

    team: str
    owner: str | None = ""

    def __str__(self) -> str:
        return f"{self.team}/{'nobody' if self.owner is None else self.owner}".removesuffix("/")


def scope_of(right: str, roles: Collection[str]) -> str:
    """The widest scope that some role has of a right."""
    return max((SCOPES[right][role] for role in roles), key=WIDTH.index, default="-")


def is_allowed(scope: str, caller: Caller, place: Place | None) -> bool:
    """Whether somebody with this scope may; without a place the thing is the whole centre's."""
    if scope in {"-", "all"} or place is None:
        return scope != "-"
    if place.owner == caller.id:
        return True
    return place.team in caller.teams and (scope == "team" or place.owner is None)
