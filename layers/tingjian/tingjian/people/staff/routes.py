from tingjian.people.staff.actions import edit_person, put_team
from tingjian.people.staff.models import Me, Staff, StaffBody, StaffList, Team, TeamBody, TeamList
from tingjian.people.staff.rights import EDIT_STAFF, READ_STAFF
from tingjian.people.staff.storage import list_staff, list_teams
from tingjian.platform.http import Here, resolver, staff
from tingjian.platform.ids import slug
from tingjian.platform.rights import Scope

app = resolver()


@app.get("/v1/me", **staff(READ_STAFF))
def me(call: Here) -> Me:
    """Show who is signed in, with roles, teams and rights."""
    return Me.of(call.caller)


@app.get("/v1/staff", **staff(READ_STAFF))
def everybody(call: Here) -> StaffList:
    """List the members of staff."""
    may_edit = call.caller.scope(EDIT_STAFF) is not Scope.NONE
    return StaffList.of(list_staff(call.store), reader=call.caller, may_edit=may_edit)


@app.put("/v1/staff/<person>", **staff(EDIT_STAFF))
def edit_staff(call: Here, person: str, body: StaffBody) -> Staff:
    """Add or change a member of staff."""
    return edit_person(call, slug(person, "person"), body)


@app.get("/v1/teams", **staff(READ_STAFF))
def teams(call: Here) -> TeamList:
    """List teams and departments."""
    return TeamList(items=tuple(list_teams(call.store)))


@app.put("/v1/teams/<team>", **staff(EDIT_STAFF))
def edit_team(call: Here, team: str, body: TeamBody) -> Team:
    """Add or change a team or department."""
    return put_team(call.store, slug(team, "team"), body, expected=call.if_match, actor=call.caller.actor, now=call.now)
