from tingjian.people.staff.actions import put_staff, put_team
from tingjian.people.staff.models import Me, Staff, StaffBody, StaffList, Team, TeamBody, TeamList
from tingjian.people.staff.rights import EDIT_STAFF, READ_STAFF
from tingjian.people.staff.storage import list_staff, list_teams
from tingjian.platform.http import Here, resolver, staff
from tingjian.platform.ids import slug

app = resolver()


@app.get("/v1/me", **staff(READ_STAFF))
def me(call: Here) -> Me:
    """Show who is signed in, with roles, teams and rights."""
    return Me.of(call.caller)


@app.get("/v1/staff", **staff(READ_STAFF))
def everybody(call: Here) -> StaffList:
    """List the members of staff."""
    return StaffList(items=tuple(list_staff(call.store)))


@app.put("/v1/staff/<person>", **staff(EDIT_STAFF))
def edit_staff(call: Here, person: str, body: StaffBody) -> Staff:
    """Add or change a member of staff."""
    return put_staff(
        call.store, slug(person, "person"), body, expected=call.if_match, actor=call.caller.actor, now=call.now
    )


@app.get("/v1/teams", **staff(READ_STAFF))
def teams(call: Here) -> TeamList:
    """List teams and departments."""
    return TeamList(items=tuple(list_teams(call.store)))


@app.put("/v1/teams/<team>", **staff(EDIT_STAFF))
def edit_team(call: Here, team: str, body: TeamBody) -> Team:
    """Add or change a team or department."""
    return put_team(call.store, slug(team, "team"), body, expected=call.if_match, actor=call.caller.actor, now=call.now)
