"""Events that make callbacks: a complaint, or anything, was resolved; a customer gave a low score."""

from datetime import datetime

from tingjian.intake.types.storage import find_type
from tingjian.platform.changes import load_and_write
from tingjian.platform.events import Event
from tingjian.platform.store import ConditionFailedError, Store
from tingjian.survey.callback_plans.calls import wishes_of
from tingjian.survey.callback_plans.models import EventSource, Plan, Trigger
from tingjian.survey.callback_plans.single import one_callback
from tingjian.survey.callback_plans.storage import list_sources, load_plan, load_plans

ATTEMPTS = 10


def hear_trigger(store: Store, event: Event, now: datetime) -> None:
    """Make a callback in each running plan that waits for this event in this team; once, however often it is told.

    Without such a plan it costs nothing when warm.
    """
    waiting = [plan_id for plan_id, source in list_sources(store) if source == "event"]
    if not waiting:
        return
    triggers = triggers_of(store, event)
    for plan in load_plans(store, waiting).values():
        if (
            isinstance(plan.source, EventSource)
            and plan.source.event in triggers
            and plan.team == event.data.get("team")
        ):
            _make(store, plan, event, now)


def triggers_of(store: Store, event: Event) -> set[Trigger]:
    """What an event is to plans."""
    if event.name == "SurveyAnswered":
        return set() if event.data.get("satisfied", True) else {"low_score"}
    kind = find_type(store, event.data["type"])
    return {"ticket_resolved", "complaint_resolved"} if kind and kind.complaint else {"ticket_resolved"}


def _make(store: Store, plan: Plan, event: Event, now: datetime) -> None:
    customer = event.data["customer"]
    ticket = event.data.get("ticket") or event.entity.removeprefix("ticket#")

    def write(present: Plan) -> None:
        wishes = wishes_of(store, [customer])
        if not present.makes(now) or customer in wishes.unwilling:
            return
        turn = f"{event.entity}.{event.version}"
        if writes := one_callback(
            store, present, customer, turn=turn, now=now, ticket=ticket, quiet=wishes.hours.get(customer)
        ):
            store.transact(writes)

    load_and_write(store, lambda: load_plan(store, plan.id), write, again_on=ConditionFailedError, attempts=ATTEMPTS)
