"""Who may do what: one table, right by role, each with its scope. Checked in the service for every route.

Scope `own` covers things whose assignee is the caller (and what nobody owns yet in the caller's teams), `team` covers
things of the caller's teams, `all` everything. Personal data is masked for everybody; `customers.reveal` shows one
field, with a reason, as an event (A3, A4, A5, C53).
"""

from dataclasses import dataclass, field
from enum import IntEnum

from tingjian.platform.errors import AccessDeniedError
from tingjian.platform.events import Actor
from tingjian.platform.texts import Language


class Scope(IntEnum):
    """How far a right reaches; a wider scope includes the narrower."""

    NONE = 0
    OWN = 1
    TEAM = 2
    ALL = 3


OWN, TEAM, ALL = Scope.OWN, Scope.TEAM, Scope.ALL

ROLES = ("agent", "lead", "manager", "director", "quality", "department", "admin")

RIGHTS: dict[str, dict[str, Scope]] = {
    "tickets.read": {"agent": TEAM, "lead": TEAM, "manager": ALL, "director": ALL, "quality": ALL, "admin": ALL},
    "tickets.open": {"agent": ALL, "lead": ALL, "manager": ALL, "director": ALL, "admin": ALL},
    "tickets.work": {"agent": TEAM, "lead": TEAM, "manager": ALL, "director": ALL, "admin": ALL},
    "tickets.assign": {"lead": TEAM, "manager": ALL, "director": ALL, "admin": ALL},
    "handoffs.read": {"agent": TEAM, "lead": TEAM, "manager": ALL, "director": ALL, "department": TEAM, "admin": ALL},
    "handoffs.answer": {"department": TEAM, "manager": ALL, "director": ALL, "admin": ALL},
    "customers.read": {"agent": ALL, "lead": ALL, "manager": ALL, "director": ALL, "quality": ALL, "admin": ALL},
    "customers.edit": {"agent": ALL, "lead": ALL, "manager": ALL, "director": ALL, "admin": ALL},
    "customers.reveal": {"agent": TEAM, "lead": TEAM, "manager": ALL, "director": ALL},
    "types.read": dict.fromkeys(ROLES, ALL),
    "types.edit": {"manager": ALL, "director": ALL, "admin": ALL},
    "staff.read": dict.fromkeys(ROLES, ALL),
    "staff.edit": {"manager": ALL, "director": ALL, "admin": ALL},
    "policies.read": dict.fromkeys(ROLES, ALL),
    "policies.edit": {"manager": ALL, "director": ALL, "admin": ALL},
    "notices.read": dict.fromkeys(ROLES, OWN),
    "alerts.read": {"agent": OWN, "lead": TEAM, "manager": ALL, "director": ALL, "admin": ALL},
    "webhooks.edit": {"admin": ALL, "director": ALL},
    "surveys.read": {"lead": TEAM, "manager": ALL, "director": ALL, "quality": ALL, "admin": ALL},
    "followups.work": {"agent": OWN, "lead": TEAM, "manager": ALL, "director": ALL, "admin": ALL},
    "reports.read": {"lead": ALL, "manager": ALL, "director": ALL, "quality": ALL, "admin": ALL},
    "reports.make": {"lead": ALL, "manager": ALL, "director": ALL, "quality": ALL, "admin": ALL},
    "imports.run": {"manager": ALL, "admin": ALL},
}


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in member of staff, as the token and the staff list together say."""

    id: str
    name: str
    roles: frozenset[str]
    teams: frozenset[str] = field(default_factory=frozenset)
    language: Language = "zh-CN"

    @property
    def actor(self) -> Actor:
        """Who the events name."""
        return Actor(kind="department" if self.roles == {"department"} else "staff", id=self.id)

    def scope(self, right: str) -> Scope:
        """The widest scope in which any of the caller's roles has the right."""
        granted = RIGHTS[right]
        return max((granted.get(role, Scope.NONE) for role in self.roles), default=Scope.NONE)

    def may(self, right: str, *, team: str = "", owner: str | None = None) -> bool:
        """Whether the right covers a thing of this team and owner."""
        scope = self.scope(right)
        if scope is Scope.ALL:
            return True
        if owner == self.id:
            return scope >= Scope.OWN
        if team not in self.teams:
            return False
        return scope is Scope.TEAM or (scope is Scope.OWN and owner is None)

    def require(self, right: str, *, team: str = "", owner: str | None = None) -> None:
        """Raise AccessDeniedError unless the right covers the thing."""
        if not self.may(right, team=team, owner=owner):
            raise AccessDeniedError(right=right)
