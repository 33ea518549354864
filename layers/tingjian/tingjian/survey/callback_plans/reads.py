"""Plans and lists for staff."""

from tingjian.people.staff.storage import list_staff, list_teams
from tingjian.platform.cursors import open_cursor, seal_cursor
from tingjian.platform.http.call import Call
from tingjian.platform.models import PageQuery
from tingjian.platform.rights import Scope
from tingjian.survey.callback_plans.call_lists import CallListPage, CallListView
from tingjian.survey.callback_plans.list_storage import list_call_lists, load_list
from tingjian.survey.callback_plans.list_views import list_view
from tingjian.survey.callback_plans.models import Plan
from tingjian.survey.callback_plans.plan_views import PlanList, PlanQuery, PlanView
from tingjian.survey.callback_plans.rights import EDIT_PLANS, READ_PLANS
from tingjian.survey.callback_plans.storage import list_plans, load_plan, load_plan_with_tally
from tingjian.survey.callback_plans.tallies import Tally

MOST_LOOKS = 10


def show_plan(call: Call, plan_id: str) -> PlanView:
    """A plan that the caller may read. Raises PlanNotFoundError, AccessDeniedError."""
    plan, tally = load_plan_with_tally(call.store, plan_id)
    call.caller.require(READ_PLANS, team=plan.team, owner=plan.owner_for(call.caller.id))
    return _view(call, plan, tally)


def find_plans(call: Call, query: PlanQuery) -> PlanList:
    """The plans of the caller's teams, or of one of them; of an agent those that they have a share in.

    A page is full while there are more: at most ten calls. Raises AccessDeniedError for a foreign team.
    """
    own_only = call.caller.scope(READ_PLANS) is Scope.OWN
    if query.team and not own_only:
        call.caller.require(READ_PLANS, team=query.team)
    teams = [team for team in _teams(call) if query.team in {None, team}]
    if query.team and not teams:
        call.caller.require(READ_PLANS, team=query.team)
    shown: list[tuple[Plan, Tally]] = []
    after = open_cursor(query.cursor, call.caller)
    for _ in range(MOST_LOOKS):
        limit = query.limit - len(shown)
        found, after = list_plans(call.store, teams, finished=query.finished, limit=limit, after=after)
        shown += call.caller.covered(READ_PLANS, found, lambda one: (one[0].team, one[0].owner_for(call.caller.id)))
        if after is None or len(shown) == query.limit:
            break
    cursor = seal_cursor(after, call.caller) if own_only else after
    return PlanList(items=tuple(_view(call, plan, tally) for plan, tally in shown), cursor=cursor)


def find_call_lists(call: Call, plan_id: str, query: PageQuery) -> CallListPage:
    """The lists of a plan. Raises PlanNotFoundError, AccessDeniedError."""
    plan = load_plan(call.store, plan_id)
    call.caller.require(EDIT_PLANS, team=plan.team)
    found, cursor = list_call_lists(call.store, plan_id, limit=query.limit, cursor=query.cursor)
    return CallListPage(items=tuple(list_view(call.store, one, call.language) for one in found), cursor=cursor)


def show_call_list(call: Call, plan_id: str, list_id: str) -> CallListView:
    """A list. Raises PlanNotFoundError, ListNotFoundError, AccessDeniedError."""
    plan, listed = load_list(call.store, plan_id, list_id)
    call.caller.require(EDIT_PLANS, team=plan.team)
    return list_view(call.store, listed, call.language)


def _view(call: Call, plan: Plan, tally: Tally) -> PlanView:
    names = {person.id: person.name for person in list_staff(call.store)}
    names |= {team.id: team.name for team in list_teams(call.store)}
    return PlanView.of(
        plan,
        tally,
        reader=call.caller.id,
        own_only=call.caller.scope(READ_PLANS) is Scope.OWN,
        may_edit=call.caller.may(EDIT_PLANS, team=plan.team),
        names=names,
    )


def _teams(call: Call) -> list[str]:
    teams = [team.id for team in list_teams(call.store) if team.kind == "team"]
    return (
        teams if call.caller.scope(READ_PLANS) is Scope.ALL else [team for team in teams if team in call.caller.teams]
    )
