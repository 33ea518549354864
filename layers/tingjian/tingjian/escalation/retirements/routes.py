"""Routes of retirements."""

from tingjian.escalation.retirements import actions
from tingjian.escalation.retirements.models import RetireBody, RetirementView, Uses
from tingjian.intake.types.rights import EDIT_TYPES
from tingjian.people.staff.rights import EDIT_STAFF
from tingjian.platform.http import Here, resolver, staff

app = resolver()


@app.get("/v1/teams/<team>/uses", **staff(EDIT_STAFF))
def team_uses(call: Here, team: str) -> Uses:
    """Show what points at a team or department."""
    return actions.uses_of(call.store, "team", team)


@app.post("/v1/teams/<team>/retire", **staff(EDIT_STAFF, kept=True))
def retire_team(call: Here, team: str, body: RetireBody) -> RetirementView:
    """Switch a team off, and give what it has to another."""
    return actions.retire_team(call.store, team, body.to, actor=call.caller.actor, now=call.now)


@app.get("/v1/staff/<person>/uses", **staff(EDIT_STAFF))
def person_uses(call: Here, person: str) -> Uses:
    """Show what points at a person."""
    return actions.uses_of(call.store, "person", person)


@app.post("/v1/staff/<person>/retire", **staff(EDIT_STAFF, kept=True))
def retire_person(call: Here, person: str, body: RetireBody) -> RetirementView:
    """Switch a person off, and give what they have to somebody else or back to the queues."""
    view = actions.retire_person(call.store, person, body.to, actor=call.caller.actor, now=call.now, editor=call.caller)
    call.record_security("RolesChanged", person=person, roles="")
    return view


@app.get("/v1/ticket-types/<key>/uses", **staff(EDIT_TYPES))
def type_uses(call: Here, key: str) -> Uses:
    """Show what points at a type of request."""
    return actions.uses_of(call.store, "type", key)


@app.post("/v1/ticket-types/<key>/retire", **staff(EDIT_TYPES, kept=True))
def retire_type(call: Here, key: str, body: RetireBody) -> RetirementView:
    """Switch a type of request off, and make its open tickets those of another."""
    return actions.retire_type(call.store, key, body.to, actor=call.caller.actor, now=call.now)
