from collections.abc import Sequence
from datetime import datetime

from tingjian.people.staff.events import StaffAdded, StaffChanged, TeamAdded, TeamChanged
from tingjian.people.staff.models import Staff, StaffBody, Team, TeamBody
from tingjian.people.staff.ranks import (
    is_administrator,
    require_administrator,
    require_editable,
    require_no_heir,
    rights_changed,
)
from tingjian.people.staff.rights import EDIT_STAFF
from tingjian.people.staff.sign_ins import administrators_write, sign_in_holder, sign_in_write
from tingjian.people.staff.storage import (
    STAFF,
    TEAMS,
    current_staff,
    current_team,
    find_staff,
    find_team,
    list_staff,
    staff_write,
    team_write,
)
from tingjian.people.staff.uses import require_unused_person, require_unused_team
from tingjian.platform.errors import invalid
from tingjian.platform.events import Actor
from tingjian.platform.http.call import Call
from tingjian.platform.records import record_change
from tingjian.platform.rights import Caller
from tingjian.platform.store import Store, Write


def edit_person(call: Call, staff_id: str, body: StaffBody) -> Staff:
    """Add or change a person for the caller; a change of rights goes into the security log. Raises as `put_staff`."""
    before = current_staff(call.store, staff_id)
    person = put_staff(
        call.store,
        staff_id,
        body,
        expected=call.if_match,
        actor=call.caller.actor,
        now=call.now,
        editor=call.caller,
    )
    if rights_changed(before, person):
        was = "/".join(before.roles) if before else ""
        call.record_security("RolesChanged", person=staff_id, roles="/".join(person.roles), was=was)
    return person


def put_staff(
    store: Store,
    staff_id: str,
    body: StaffBody,
    *,
    expected: int | None,
    actor: Actor,
    now: datetime,
    editor: Caller | None = None,
    beside: Sequence[Write] | None = None,
) -> Staff:
    """Add or change a person; `beside` is what else is written where a retirement switches off.

    Raises StaleError when it changed meanwhile, InvalidInputError for an unknown team or a sign-in that is somebody
    else's, StillUsedError for who has work, LeaverError, LastAdministratorError, and for an `editor` AccessDeniedError.
    """
    for place, team in enumerate(body.teams):
        if find_team(store, team) is None:
            raise invalid(f"teams.{place}", "unknown", value=team)
    before = current_staff(store, staff_id)
    if editor:
        require_editable(editor, before, staff_id, body, right=EDIT_STAFF.name)
    require_no_heir(before, body)
    if before and before.active and not body.active and beside is None:
        require_unused_person(store, staff_id)
    person = Staff(**body.model_dump(), id=staff_id, version=(before.version if before else 0) + 1)
    record_change(
        store,
        entity=f"staff#{staff_id}",
        fact=StaffChanged if before else StaffAdded,
        writes=[
            staff_write(person),
            *_sign_in_writes(store, person),
            *_administrator_writes(store, before, person),
            *(beside or ()),
        ],
        version=person.version,
        expected=expected,
        data={"roles": body.roles, "teams": body.teams, "active": body.active},
        actor=actor,
        now=now,
    )
    store.forget(STAFF)
    return person


def _sign_in_writes(store: Store, person: Staff) -> list[Write]:
    """What makes a sign-in one person's. Raises InvalidInputError for one that is somebody else's."""
    if not person.subject:
        return []
    holder = sign_in_holder(store, person.subject)
    if holder == person.id:
        return []
    store.forget(STAFF)  # Sign-ins from before they were claimed stand in the records only, as those are now.
    if holder is not None or any(one.subject == person.subject and one.id != person.id for one in list_staff(store)):
        raise invalid("subject", "taken")
    return [sign_in_write(person)]


def _administrator_writes(store: Store, before: Staff | None, person: Staff) -> list[Write]:
    """What keeps two edits at once from removing the last two administrators. Raises LastAdministratorError."""
    if before is None or not is_administrator(before) or is_administrator(person):
        return []
    write = administrators_write(store)
    store.forget(STAFF)  # The count is of now, and not of a copy.
    require_administrator(list_staff(store), person)
    return [write]


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
