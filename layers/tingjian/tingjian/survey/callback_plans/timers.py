"""The timer of a plan: its first day has come, or its last one is over."""

from datetime import datetime

from tingjian.platform.chains import with_event
from tingjian.platform.events import SYSTEM, event_write
from tingjian.platform.items import Item
from tingjian.platform.store import Store
from tingjian.platform.timers import Firing
from tingjian.survey.callback_plans.events import CallbackPlanBegan, CallbackPlanEnded, CallbackPlanFact
from tingjian.survey.callback_plans.models import Plan
from tingjian.survey.callback_plans.storage import plan_from_item, plan_writes


def fire_plan(_store: Store, item: Item, *, now: datetime) -> Firing | None:
    """Begin a plan that was started before, or end it. None when it is neither's time."""
    plan = plan_from_item(item)
    if plan.finished_at:
        return None
    if plan.is_over(now):
        return _firing(plan.with_end(now), CallbackPlanEnded, now)
    if plan.has_reached_its_start(now):
        return _firing(plan.with_begin(), CallbackPlanBegan, now)
    return None


def _firing(plan: Plan, fact: type[CallbackPlanFact], now: datetime) -> Firing:
    plan, event = with_event(plan, fact, now=now, actor=SYSTEM)
    return Firing((*plan_writes(plan), event_write(event)), {f"{fact.__name__}s": 1})
