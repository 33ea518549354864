"""Where a ticket may go: to a team that is active and works on tickets, to a person who is active and works for it."""

from tingjian.people.staff.models import Staff, Team
from tingjian.people.staff.storage import find_staff, find_team
from tingjian.platform.errors import invalid
from tingjian.platform.store import Store

STANDS_IN = {"manager", "director"}
"""Roles that stand in for every team, whichever they belong to."""
WORKS = {"agent", "lead", "admin"} | STANDS_IN
"""Roles that work on tickets at all."""


def open_team(store: Store, team_id: str) -> Team | None:
    """The team, if it takes tickets. No call when warm."""
    team = find_team(store, team_id, fits=takes_tickets)
    return team if team and takes_tickets(team) else None


def takes_tickets(team: Team) -> bool:
    return team.active and team.kind == "team"


def require_open_team(store: Store, team_id: str, *, field: str = "team") -> Team:
    """The team. Raises InvalidInputError for one that is unknown, and by its name for one that takes no tickets."""
    team = find_team(store, team_id, fits=takes_tickets)
    if team is None:
        raise invalid(field, "unknown", value=team_id)
    if not takes_tickets(team):
        raise invalid(field, "takes_no_tickets", name=team.name)
    return team


def works_for(person: Staff, team: str) -> bool:
    """Whether tickets of the team can be the person's."""
    roles = set(person.roles)
    return person.active and bool(roles & WORKS) and (team in person.teams or bool(roles & STANDS_IN))


def require_worker(store: Store, staff_id: str, team: str, *, field: str = "assignee") -> Staff:
    """The person. Raises InvalidInputError for somebody unknown, and by name for who has left or works elsewhere."""
    person = find_staff(store, staff_id, fits=lambda person: works_for(person, team))
    if person is None:
        raise invalid(field, "unknown", value=staff_id)
    if not works_for(person, team):
        raise invalid(field, "works_elsewhere", name=person.name)
    return person
