from datetime import datetime

from tingjian.people.staff.events import StaffAdded, StaffChanged, TeamAdded, TeamChanged
from tingjian.people.staff.models import Staff, StaffBody, Team, TeamBody
from tingjian.people.staff.storage import (
    STAFF,
    TEAMS,
    current_staff,
    current_team,
    find_staff,
    find_team,
    staff_write,
    team_write,
)
from tingjian.platform.errors import invalid
from tingjian.platform.events import Actor
from tingjian.platform.records import record_change
from tingjian.platform.store import Store


def put_staff(
    store: Store, staff_id: str, body: StaffBody, *, expected: int | None, actor: Actor, now: datetime
) -> Staff:
    """Add or change a person. Raises StaleError when it changed meanwhile, InvalidInputError for an unknown team."""
    for place, team in enumerate(body.teams):
        if find_team(store, team) is None:
            raise invalid(f"teams.{place}", "unknown", value=team)
    before = current_staff(store, staff_id)
    person = Staff(**body.model_dump(), id=staff_id, version=(before.version if before else 0) + 1)
    record_change(
        store,
        entity=f"staff#{staff_id}",
        fact=StaffChanged if before else StaffAdded,
        writes=[staff_write(person)],
        version=person.version,
        expected=expected,
        data={"roles": body.roles, "teams": body.teams, "active": body.active},
        actor=actor,
        now=now,
    )
    store.forget(STAFF)
    return person


def put_team(store: Store, team_id: str, body: TeamBody, *, expected: int | None, actor: Actor, now: datetime) -> Team:
    """Add or change a team or department. Raises StaleError, or InvalidInputError for an unknown lead or manager."""
    for name in ("lead", "manager"):
        person = getattr(body, name)
        if person is not None and find_staff(store, person) is None:
            raise invalid(name, "unknown", value=person)
    before = current_team(store, team_id)
    team = Team(**body.model_dump(), id=team_id, version=(before.version if before else 0) + 1)
    record_change(
        store,
        entity=f"team#{team_id}",
        fact=TeamChanged if before else TeamAdded,
        writes=[team_write(team)],
        version=team.version,
        expected=expected,
        data={"kind": body.kind, "lead": body.lead, "manager": body.manager, "active": body.active},
        actor=actor,
        now=now,
    )
    store.forget(TEAMS)
    return team
