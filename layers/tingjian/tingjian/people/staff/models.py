"""Members of staff, and the teams and departments they belong to (G2, G4, G7, G8)."""

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from tingjian.platform.assembled import RIGHTS
from tingjian.platform.models import Frozen, Identifier, Line
from tingjian.platform.rights import Caller, Role, Scope
from tingjian.platform.texts import Language

Post = Literal["assignee", "lead", "manager", "director"]
"""A place in the line of command, as seen from a ticket."""
LINE: tuple[Post, ...] = ("assignee", "lead", "manager", "director")


class StaffBody(Frozen):
    """What an administrator writes of a person. `subject` is the id that the sign-in service knows the person by."""

    name: Line
    email: str = Field(default="", max_length=254)
    roles: tuple[Role, ...] = Field(min_length=1, max_length=7)
    teams: tuple[Identifier, ...] = Field(default=(), max_length=50)
    language: Language = "zh-CN"
    subject: str = Field(default="", max_length=128)
    active: bool = True


class Staff(StaffBody):
    """A member of staff. Whoever leaves becomes inactive and keeps the id, so that history stays readable."""

    id: Identifier
    version: int


class TeamBody(Frozen):
    """A team works on tickets; a department answers hand-offs."""

    name: Line
    kind: Literal["team", "department"] = "team"
    lead: Identifier | None = None
    manager: Identifier | None = None
    active: bool = True


class Team(TeamBody):
    """A stored team or department. One that was retired says which one took over from it."""

    successor: Identifier | None = None
    id: Identifier
    version: int


class StaffEntry(Frozen):
    """A person as the caller may know them: departments get name and teams, only editors get the sign-in."""

    id: str
    name: str
    teams: tuple[str, ...]
    email: str | None = None
    roles: tuple[str, ...] | None = None
    language: str | None = None
    subject: str | None = None
    active: bool | None = None
    version: int | None = None

    @classmethod
    def of(cls, person: Staff, *, reader: Caller, may_edit: bool) -> "StaffEntry":
        if reader.roles <= {"department"}:
            return cls(id=person.id, name=person.name, teams=person.teams)
        shown = set(cls.model_fields) - (set() if may_edit else {"subject"})
        return cls(**{name: getattr(person, name) for name in shown})


class StaffList(Frozen):
    """Everybody; departments see those who are there."""

    items: tuple[StaffEntry, ...]

    @classmethod
    def of(cls, staff: Iterable[Staff], *, reader: Caller, may_edit: bool) -> "StaffList":
        everybody = not reader.roles <= {"department"}
        listed = (person for person in staff if everybody or person.active)
        return cls(items=tuple(StaffEntry.of(person, reader=reader, may_edit=may_edit) for person in listed))


class TeamList(Frozen):
    """All teams and departments."""

    items: tuple[Team, ...]


class Me(Frozen):
    """The caller, with the scope of every right the roles give."""

    id: str
    name: str
    roles: tuple[str, ...]
    teams: tuple[str, ...]
    language: str
    rights: dict[str, str]

    @classmethod
    def of(cls, caller: Caller) -> "Me":
        scopes = {
            name: Scope(max((scope for role, scope in scopes.items() if role in caller.roles), default=0))
            for name, scopes in RIGHTS.items()
        }
        return cls(
            id=caller.id,
            name=caller.name,
            roles=tuple(sorted(caller.roles)),
            teams=tuple(sorted(caller.teams)),
            language=caller.language,
            rights={right: scope.name.lower() for right, scope in scopes.items() if scope},
        )
