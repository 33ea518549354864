"""People and teams: two small collections, cached for seconds."""

from collections.abc import Callable
from typing import Any

from tingjian.people.staff.models import Staff, Team
from tingjian.platform.items import Item
from tingjian.platform.store import Store, Write

STAFF, TEAMS = "staff", "teams"


def list_staff(store: Store) -> list[Staff]:
    """Everybody, at most 15 seconds old."""
    return store.members(STAFF, staff_from_item)


def list_teams(store: Store) -> list[Team]:
    """All teams and departments, at most 15 seconds old."""
    return store.members(TEAMS, team_from_item)


def find_staff(store: Store, staff_id: str, *, fits: Callable[[Staff], bool] | None = None) -> Staff | None:
    """One person by id. One who does not do for the caller (`fits`) is read again: they may have changed just now."""
    return store.member(STAFF, staff_id, staff_from_item, fits=fits)


def find_team(store: Store, team_id: str, *, fits: Callable[[Team], bool] | None = None) -> Team | None:
    """One team or department by id; `fits` as for `find_staff`."""
    return store.member(TEAMS, team_id, team_from_item, fits=fits)


def current_staff(store: Store, staff_id: str) -> Staff | None:
    """The person as they are now, for an edit."""
    return store.current_member(STAFF, staff_id, staff_from_item)


def current_team(store: Store, team_id: str) -> Team | None:
    """The team as it is now, for an edit."""
    return store.current_member(TEAMS, team_id, team_from_item)


def staff_with_role(store: Store, *, team: str, role: str) -> list[Staff]:
    return [person for person in list_staff(store) if person.active and team in person.teams and role in person.roles]


def staff_write(person: Staff) -> Write:
    return Write("desk", {"pk": STAFF, "sk": person.id} | person.model_dump(exclude={"id"}), expect=person.version - 1)


def team_write(team: Team) -> Write:
    return Write("desk", {"pk": TEAMS, "sk": team.id} | team.model_dump(exclude={"id"}), expect=team.version - 1)


def staff_from_item(item: Item) -> Staff:
    return Staff.model_validate(_fields(item))


def team_from_item(item: Item) -> Team:
    return Team.model_validate(_fields(item))


def _fields(item: Item) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in {"pk", "sk"}} | {"id": item["sk"]}
