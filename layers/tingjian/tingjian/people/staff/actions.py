from collections.abc import Sequence
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
from tingjian.people.staff.uses import require_unused_person, require_unused_team
from tingjian.platform.errors import invalid
from tingjian.platform.events import Actor
from tingjian.platform.records import record_change
from tingjian.platform.store import Store, Write


def put_staff(
    store: Store,
    staff_id: str,
    body: StaffBody,
    *,
    expected: int | None,
    actor: Actor,
    now: datetime,
    beside: Sequence[Write] | None = None,
) -> Staff:
    """Add or change a person; `beside` is what else is written where a retirement switches off.

    Raises StaleError when it changed meanwhile, InvalidInputError for an unknown team, StillUsedError for who has work.
    """
    for place, team in enumerate(body.teams):
        if find_team(store, team) is None:
            raise invalid(f"teams.{place}", "unknown", value=team)
    before = current_staff(store, staff_id)
    if before and before.active and not body.active and beside is None:
        require_unused_person(store, staff_id)
    person = Staff(**body.model_dump(), id=staff_id, version=(before.version if before else 0) + 1)
    record_change(
        store,
        entity=f"staff#{staff_id}",
        fact=StaffChanged if before else StaffAdded,
        writes=[staff_write(person), *(beside or ())],
        version=person.version,
        expected=expected,
        data={"roles": body.roles, "teams": body.teams, "active": body.active},
        actor=actor,
        now=now,
    )
    store.forget(STAFF)
    return person


def put_team(
    store: Store,
    team_id: str,
    body: TeamBody,
    *,
    expected: int | None,
    actor: Actor,
    now: datetime,
    successor: str | None = None,
    beside: Sequence[Write] | None = None,
) -> Team:
    """Add or change a team or department; `beside` is what else is written where a retirement switches off.

    Raises StaleError, InvalidInputError for an unknown lead or manager, StillUsedError for one that has work.
    """
    for name in ("lead", "manager"):
        person = getattr(body, name)
        if person is not None and find_staff(store, person) is None:
            raise invalid(name, "unknown", value=person)
    before = current_team(store, team_id)
    takes = body.active and before is not None and body.kind == before.kind
    if before and before.active and not takes and beside is None:
        require_unused_team(store, team_id)
    heir = None if body.active else successor or (before.successor if before else None)
    version = (before.version if before else 0) + 1
    team = Team(**body.model_dump(), successor=heir, id=team_id, version=version)
    record_change(
        store,
        entity=f"team#{team_id}",
        fact=TeamChanged if before else TeamAdded,
        writes=[team_write(team), *(beside or ())],
        version=team.version,
        expected=expected,
        data={"kind": body.kind, "lead": body.lead, "manager": body.manager, "active": body.active},
        actor=actor,
        now=now,
    )
    store.forget(TEAMS)
    return team
