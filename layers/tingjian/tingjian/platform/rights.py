"""Rights: each feature declares its own, by role, each with its scope; the service checks them for every route.

Scope `own` covers things whose assignee is the caller (and what nobody owns yet in the caller's teams), `team` covers
things of the caller's teams, `all` everything. `docs/rights.md` lists them all (A3, A4, A5, C53).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal, TypeVar, get_args

from tingjian.platform.errors import AccessDeniedError
from tingjian.platform.events import Actor
from tingjian.platform.texts import Language

Thing = TypeVar("Thing")
Role = Literal["agent", "lead", "manager", "director", "quality", "department", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)


class Scope(IntEnum):
    """How far a right reaches; a wider scope includes the narrower."""

    NONE = 0
    OWN = 1
    TEAM = 2
    ALL = 3


OWN, TEAM, ALL = Scope.OWN, Scope.TEAM, Scope.ALL


@dataclass(frozen=True, slots=True, eq=False)
class Right:
    """A right, with the scope that each role has of it; a role that is not named has none."""

    name: str
    scopes: Mapping[Role, Scope]

    @property
    def is_narrow(self) -> bool:
        """Whether some role has the right for some things only."""
        return any(scope is not ALL for scope in self.scopes.values())


def everybody(scope: Scope) -> Mapping[Role, Scope]:
    return dict.fromkeys(ROLES, scope)


class RightNotAskedError(Exception):
    """An action answered, or wrote, without having asked whether the caller's narrow right covers the thing."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in member of staff, as the token and the staff list together say.

    `asked` collects the names of the rights that were checked against a thing in this request.
    """

    id: str
    name: str
    roles: frozenset[str]
    teams: frozenset[str] = field(default_factory=frozenset)
    language: Language = "zh-CN"
    asked: set[str] = field(default_factory=set, compare=False, repr=False)

    @property
    def actor(self) -> Actor:
        return Actor(kind="department" if self.roles == {"department"} else "staff", id=self.id)

    def widest(self, right: Right) -> Scope:
        """The widest scope of the right among the caller's roles. It does not count as having asked."""
        return max((scope for role, scope in right.scopes.items() if role in self.roles), default=Scope.NONE)

    def scope(self, right: Right) -> Scope:
        """The same scope, for an action that selects by it. This counts as having asked."""
        self.asked.add(right.name)
        return self.widest(right)

    def own_id(self, right: Right) -> str:
        """The caller's id, where the right is only about what is the caller's own."""
        self.require(right, owner=self.id)
        return self.id

    def require_some(self, right: Right) -> None:
        """Raise AccessDeniedError unless the caller has the right in some scope: for things without team and owner."""
        if not self.scope(right):
            raise AccessDeniedError(right=right.name)

    def teams_within(self, right: Right, teams: Iterable[str]) -> list[str]:
        scope = self.scope(right)
        return [team for team in teams if scope is ALL or (scope is TEAM and team in self.teams)]

    def may(self, right: Right, *, team: str = "", owner: str | None = None) -> bool:
        """Whether the right covers a thing of this team and owner."""
        self.scope(right)
        return self._reaches(right, team, owner)

    def _reaches(self, right: Right, team: str, owner: str | None) -> bool:
        scope = self.widest(right)
        if scope is ALL:
            return True
        if owner == self.id:
            return scope >= OWN
        if team not in self.teams:
            return False
        return scope is TEAM or (scope is OWN and owner is None)

    def covered(
        self, right: Right, things: Iterable[Thing], place: Callable[[Thing], tuple[str, str | None]]
    ) -> list[Thing]:
        """Those of the things that the right covers; `place` gives a thing's team and owner."""
        self.scope(right)  # Or nobody would have asked about an empty list.
        return [thing for thing in things if self._reaches(right, *place(thing))]

    def require(self, right: Right, *, team: str = "", owner: str | None = None) -> None:
        """Raise AccessDeniedError unless the right covers the thing."""
        if not self.may(right, team=team, owner=owner):
            raise AccessDeniedError(right=right.name)


@dataclass(slots=True)
class Guard:
    """Makes sure that a request asked about its thing before it writes or answers, where its right is narrow."""

    caller: Caller
    right: Right
    excused: bool = False

    def excuse(self) -> None:
        """Require no question: the request repeats one that was done, and that one asked."""
        self.excused = True

    def require_asked(self) -> None:
        """Raise RightNotAskedError if the right is narrow for this caller and was checked against nothing."""
        if not self.excused and self.caller.widest(self.right) is not ALL and self.right.name not in self.caller.asked:
            raise RightNotAskedError(self.right.name)
