"""Those who ask, and where the things are that they ask about."""

from dataclasses import dataclass

from tests.functions.rights.table import SCOPES, STAFF
from tingjian.platform.rights import Caller

HOME, AWAY = "aftersales", "presales"


def person(name: str, *roles: str, teams: frozenset[str] = frozenset({HOME})) -> Caller:
    """A member of staff with these roles."""
    return Caller(id=name, name=name, roles=frozenset(roles), teams=teams)


CALLERS: dict[str, Caller] = {role: person(f"the-{role}", role) for role in STAFF} | {
    "agent without a team": person("loner", "agent", teams=frozenset()),
    "agent and quality": person("both", "agent", "quality"),
    "nobody's role": person("guest", "janitor"),
}
COLLEAGUE, STRANGER = person("colleague", "agent"), person("stranger", "agent", teams=frozenset({AWAY}))


@dataclass(frozen=True)
class Position:
    """Where a thing is, as a caller of the team at home sees it."""

    team: str
    owner: str | None


def positions(caller: Caller) -> dict[str, Position]:
    """Every position that a thing can have for a caller."""
    return {
        "own": Position(HOME, caller.id),
        "own, of another team": Position(AWAY, caller.id),
        "a colleague's": Position(HOME, COLLEAGUE.id),
        "another team's": Position(AWAY, STRANGER.id),
        "nobody's, of the team": Position(HOME, None),
        "nobody's, of another team": Position(AWAY, None),
    }


def reaches(caller: Caller, right: str, thing: Position | None) -> bool:
    """Whether the caller may do it; without a thing it is the centre's own, which any scope covers."""
    scopes = {SCOPES[right].get(role) for role in caller.roles}
    if thing is None or "all" in scopes:
        return bool(scopes - {None})
    if thing.owner == caller.id and scopes & {"own", "team"}:
        return True
    at_home = thing.team in caller.teams
    return at_home and ("team" in scopes or ("own" in scopes and thing.owner is None))
