"""The demo's plan: thirty callbacks, some called, and no second plan."""

from infra.demo.centre import PEOPLE
from infra.demo.plans import COUNT, plan_calls
from tests.builders import NOW, SIGNER
from tests.functions.survey.callback_plans.desk import members
from tingjian.people.staff.models import Staff
from tingjian.people.staff.storage import staff_write
from tingjian.platform.store import Store
from tingjian.survey.callback_plans.list_storage import list_call_lists
from tingjian.survey.callback_plans.storage import list_plans
from tingjian.survey.callbacks.storage import list_callbacks


def test_demo_has_one_running_plan_with_a_list_of_thirty(centre: Store) -> None:
    people = [
        Staff(id=person.id, version=1, name=person.name, roles=person.roles, teams=person.teams) for person in PEOPLE
    ]
    centre.transact(list(map(staff_write, people)))

    for _ in range(2):
        plan_calls(centre, SIGNER, now=NOW)

    [(plan, tally)], _ = list_plans(centre, ["aftersales"], finished=False, limit=5, after=None)
    [listed], _ = list_call_lists(centre, plan.id, limit=5, cursor=None)
    over, _ = list_callbacks(centre, "queue", ["aftersales"], done=True, limit=50, after=None)
    assert (plan.state, listed.state, listed.made) == ("running", "done", COUNT)
    assert len(members(centre, plan.id)) == tally.counts.total == COUNT
    assert len(over) == 7
