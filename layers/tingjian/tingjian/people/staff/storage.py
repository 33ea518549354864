"""People and teams: two small collections, cached for seconds."""

from collections.abc import Callable, Mapping
from typing import Any

from tingjian.people.staff.models import Staff, Team
from tingjian.platform.errors import SignInRequiredError
from tingjian.platform.items import Item
from tingjian.platform.rights import ROLES, Caller
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


def identify(store: Store, claims: Mapping[str, Any]) -> Caller:
    """The caller that a verified token names. Raises SignInRequiredError for an unknown or inactive person."""
    subject = str(claims.get("sub", ""))
    person = _active_person(store, subject)
    if person is None and store.renew(STAFF):  # A new person may sign in before the copy is read again.
        person = _active_person(store, subject)
    if person is None:
        raise SignInRequiredError
    groups = str(claims.get("cognito:groups", "")).strip("[]").replace(",", " ").split()
    return Caller(
        id=person.id,
        name=person.name,
        roles=frozenset(groups) & frozenset(ROLES),
        teams=frozenset(person.teams),
        language=person.language,
    )


def _active_person(store: Store, subject: str) -> Staff | None:
    if not subject:  # An empty subject would match a person who has never signed in.
        return None
    return next((person for person in list_staff(store) if person.active and subject == person.subject), None)


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
