"""Routes of what is set up: types of request, people, teams; and who one is oneself."""

from functions.intake.door import door
from tingjian.intake.types.actions import put_type
from tingjian.intake.types.models import TicketType, TypeBody, TypeList
from tingjian.intake.types.storage import list_types, require_type
from tingjian.people.staff import actions as people
from tingjian.people.staff.models import Me, Staff, StaffBody, StaffList, Team, TeamBody, TeamList
from tingjian.people.staff.storage import list_staff, list_teams
from tingjian.platform.http import Call
from tingjian.platform.ids import slug


@door.get("/v1/me", right="staff.read")
def me(call: Call) -> Me:
    """Show who is signed in, with roles, teams and rights."""
    return Me.of(call.caller)


@door.get("/v1/ticket-types", right="types.read")
def types(call: Call) -> TypeList:
    """List the types of request."""
    return TypeList(items=tuple(list_types(call.store)))


@door.get("/v1/ticket-types/{key}", right="types.read")
def one_type(call: Call, key: str) -> TicketType:
    """Show a type of request."""
    return require_type(call.store, key)


@door.put("/v1/ticket-types/{key}", right="types.edit")
def edit_type(call: Call, key: str, body: TypeBody) -> TicketType:
    """Add or change a type of request."""
    return put_type(call.store, slug(key, "key"), body, expected=call.if_match, actor=call.caller.actor, now=call.now)


@door.get("/v1/staff", right="staff.read")
def staff(call: Call) -> StaffList:
    """List the members of staff."""
    return StaffList(items=tuple(list_staff(call.store)))


@door.put("/v1/staff/{person}", right="staff.edit")
def edit_staff(call: Call, person: str, body: StaffBody) -> Staff:
    """Add or change a member of staff."""
    return people.put_staff(
        call.store, slug(person, "person"), body, expected=call.if_match, actor=call.caller.actor, now=call.now
    )


@door.get("/v1/teams", right="staff.read")
def teams(call: Call) -> TeamList:
    """List teams and departments."""
    return TeamList(items=tuple(list_teams(call.store)))


@door.put("/v1/teams/{team}", right="staff.edit")
def edit_team(call: Call, team: str, body: TeamBody) -> Team:
    """Add or change a team or department."""
    return people.put_team(
        call.store, slug(team, "team"), body, expected=call.if_match, actor=call.caller.actor, now=call.now
    )
