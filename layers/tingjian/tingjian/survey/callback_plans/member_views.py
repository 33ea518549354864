"""The callbacks of a plan as their readers see them: states, with names beside ids."""

from datetime import datetime

from pydantic import Field

from tingjian.intake.customers.storage import customer_from_item
from tingjian.people.staff.storage import list_staff
from tingjian.platform.http.call import Call
from tingjian.platform.models import Frozen, Identifier
from tingjian.platform.places import customer_key
from tingjian.platform.rights import Scope
from tingjian.survey.callback_plans.members import keys_of, list_members, load_members
from tingjian.survey.callback_plans.rights import READ_PLANS
from tingjian.survey.callback_plans.storage import load_plan
from tingjian.survey.callback_plans.tallies import MemberState


class MemberQuery(Frozen):
    """Which callbacks of a plan: somebody's, in a state; in the order of their making within each state."""

    person: Identifier | None = None
    state: MemberState | None = None
    limit: int = Field(default=25, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=1000)


class MemberView(Frozen):
    """A callback in its plan; `list` and `line` say which row of which list it comes from."""

    callback: str
    customer: str
    customer_name: str | None
    person: str | None
    person_name: str | None
    state: MemberState
    number: int
    list: str | None
    line: int | None
    made_at: datetime


class MemberList(Frozen):
    """A page of the callbacks of a plan."""

    items: tuple[MemberView, ...]
    cursor: str | None = None


def find_members(call: Call, plan_id: str, query: MemberQuery) -> MemberList:
    """The callbacks of a plan that the caller may see: of an agent the own share. Four calls."""
    plan = load_plan(call.store, plan_id)
    call.caller.require(READ_PLANS, team=plan.team, owner=plan.owner_for(call.caller.id))
    own_only = call.caller.scope(READ_PLANS) is Scope.OWN
    if own_only and query.person not in {None, call.caller.id}:
        call.caller.require(READ_PLANS, team="", owner=query.person)
    person = call.caller.id if own_only else query.person
    page = list_members(call.store, plan_id, person=person, state=query.state, limit=query.limit, cursor=query.cursor)
    members = load_members(call.store, plan_id, keys_of(page))
    found = call.store.get_many([customer_key(one.customer) for one in members.values()], consistent=False)
    customers = {customer.id: customer.name for customer in map(customer_from_item, found.values())}
    people = {person.id: person.name for person in list_staff(call.store)}
    views = [
        MemberView(
            callback=one.callback,
            customer=one.customer,
            customer_name=customers.get(one.customer),
            person=one.person,
            person_name=people.get(one.person) if one.person else None,
            state=one.state,
            number=one.position + 1,
            list=one.source or None,
            line=one.line or None,
            made_at=one.made_at,
        )
        for one in (members[key] for key in keys_of(page) if key in members)
    ]
    return MemberList(items=tuple(views), cursor=page.cursor)
