"""People who leave: they lose their place in the plans, and what is open of theirs is given on."""

from datetime import datetime

from tingjian.notifications.notices.models import notice_of
from tingjian.notifications.notices.storage import notice_write
from tingjian.people.staff.posts import holders
from tingjian.people.staff.storage import STAFF, list_teams
from tingjian.platform.chains import with_event
from tingjian.platform.changes import load_and_write
from tingjian.platform.events import Event, event_write
from tingjian.platform.ids import derived_id
from tingjian.platform.store import ConditionFailedError, Store, Write
from tingjian.survey.callback_plans.clearing import begin_clearing
from tingjian.survey.callback_plans.clearings import Clearing
from tingjian.survey.callback_plans.events import CallbackPlanChanged
from tingjian.survey.callback_plans.models import Plan
from tingjian.survey.callback_plans.owners import workers_of
from tingjian.survey.callback_plans.storage import list_plans, load_plan, plan_writes

PAGE = 100
ATTEMPTS = 5


def give_on(store: Store, event: Event, now: datetime) -> None:
    """What a change of a member of staff means for the plans: whoever works for a plan's team no more leaves it.

    One query a team, and a transaction a plan that the person is in.
    """
    person = event.entity.removeprefix("staff#")
    store.forget(STAFF)  # A copy from before the change would let them stay.
    for team in list_teams(store):
        after: str | None = None
        while True:
            found, after = list_plans(store, [team.id], finished=False, limit=PAGE, after=after)
            for plan, tally in found:
                if (person in plan.people or person in tally.people) and person not in workers_of(store, plan, person):
                    _leave(store, plan.id, person, event, now)
            if after is None:
                break


def _leave(store: Store, plan_id: str, person: str, event: Event, now: datetime) -> None:
    clearing_id = derived_id("leaving", plan_id, person, str(event.version))

    def write(plan: Plan) -> None:
        if plan.finished_at:
            return
        clearing = Clearing(
            id=clearing_id, version=1, plan=plan_id, act="give", person=person, by=str(event.actor), asked_at=now
        )
        writes = begin_clearing(clearing, now=now)
        if person in plan.people:
            left = plan.without(person)
            left, changed = with_event(
                left, CallbackPlanChanged, now=now, actor=event.actor, data={"changed": ["people"]}
            )
            writes += [*plan_writes(left), event_write(changed)]
            if not workers_of(store, left):
                writes += deserted_notices(store, left, now)
        store.transact(writes)

    try:
        load_and_write(
            store, lambda: load_plan(store, plan_id), write, again_on=ConditionFailedError, attempts=ATTEMPTS
        )
    except ConditionFailedError as error:
        if f"callback-plan#{plan_id} clearing#{clearing_id}" not in error.failed:
            raise  # Else an earlier delivery of this event has done it.


def deserted_notices(store: Store, plan: Plan, now: datetime) -> list[Write]:
    """Tell the lead that nobody is left in a plan, and that its callbacks stand in the team's list."""
    data = {"plan": plan.id, "team": plan.team}
    mark = f"{plan.id}.{plan.version}.callback_plan_deserted"
    people = holders(store, "lead", team=plan.team, assignee=None)
    return [
        notice_write(notice_of(person.id, "callback_plan_deserted", None, data, now=now, mark=mark))
        for person in people
    ]
