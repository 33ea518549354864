"""What callback plans do, act by act, for those who count what each costs."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import count

from tests.aftercare import Act, at, resolved
from tests.builders import AGENT, COLLEAGUE, LEAD, NOW, SIGNER
from tingjian.platform.events import last_event
from tingjian.platform.http.call import Call
from tingjian.platform.rights import Guard, Right
from tingjian.platform.store import Store
from tingjian.survey.callback_plans.actions import create_plan, start_plan
from tingjian.survey.callback_plans.call_lists import CallList, Progress
from tingjian.survey.callback_plans.calls import load_calls, state_of
from tingjian.survey.callback_plans.files import ListFiles
from tingjian.survey.callback_plans.making import GROUP, Run, make_group
from tingjian.survey.callback_plans.members import keys_of, list_members
from tingjian.survey.callback_plans.models import PlanBody
from tingjian.survey.callback_plans.reads import show_plan
from tingjian.survey.callback_plans.rights import EDIT_PLANS, READ_PLANS
from tingjian.survey.callback_plans.rows import ListRow
from tingjian.survey.callback_plans.standing import follow_callback
from tingjian.survey.callback_plans.turns import enrol, fire_turn, turn_key
from tingjian.survey.callbacks.actions import record_call
from tingjian.survey.callbacks.models import CallRecord
from tingjian.survey.callbacks.rights import WORK_CALLBACKS

LINES = count(2)


def plan_acts(store: Store) -> Iterator[tuple[str, Act]]:
    """Groups of a list, the counts that follow a call, and a customer in a cycle."""
    plan = running(store, source={"kind": "list"})
    people = rows(GROUP)
    yield f"plan: {GROUP} new people of a list", partial(make, store, plan, "a", people)
    other = running(store, source={"kind": "list"})
    yield f"plan: {GROUP} known people of a list", partial(make, store, other, "b", people)
    first = keys_of(list_members(store, plan, limit=1))[0]
    record_call(calling(store, WORK_CALLBACKS), first, CallRecord(result="satisfied", note="很好"))
    called = last_event(store, f"callback#{first}")
    assert called
    assert state_of(load_calls(store, [first])[first]) == "satisfied"
    yield "plan: counts follow a call", partial(follow_callback, store, called, NOW)
    yield "plan: call heard of again", partial(follow_callback, store, called, NOW)
    yield "plan: shown with its counts", partial(show_plan, calling(store, READ_PLANS), plan)
    cycle = running(store, source={"kind": "cycle", "days": {"normal": 30}})
    store.collection("callback-sources")
    contact = resolved(store, 31)
    opened = contact.model_copy(update={"at": NOW})
    yield "cycle: contact takes a customer in", partial(enrol, store, opened, NOW)
    item = store.get(turn_key(cycle, contact.data["customer"]))
    assert item
    later = NOW + timedelta(days=32)

    def fire() -> None:
        firing = fire_turn(store, item, now=later)
        assert firing
        store.transact(firing.writes)

    yield "cycle: a turn makes a callback", fire


def running(store: Store, *, source: dict[str, object]) -> str:
    body = {
        "name": "回访",
        "kind": "care",
        "team": "aftersales",
        "people": [AGENT.id, COLLEAGUE.id],
        "source": source,
    }
    plan = create_plan(calling(store, EDIT_PLANS), PlanBody.model_validate(body)).id
    start_plan(calling(store, EDIT_PLANS), plan)
    return plan


def make(store: Store, plan: str, name: str, people: list[ListRow]) -> None:
    listed = CallList(id=name, version=1, plan=plan, name=name, size_bytes=1, by=LEAD.id, created_at=NOW)
    made = make_group(Run(store, listed, ListFiles("", name), SIGNER, lambda: False, NOW), people, Progress())
    assert made
    assert made.made == len(people)


def rows(many: int) -> list[ListRow]:
    lines = [next(LINES) for _ in range(many)]
    return [ListRow(line=line, name="王芳", phone=f"+8613711{line:06d}") for line in lines]


def calling(store: Store, right: Right) -> Call:
    return Call(at(hours=2), "zh-CN", store, "/v1/callback-plans", Guard(LEAD, right))
