"""What plans hear: of themselves, their lists and clearings, since each run leads to the next; of their callbacks."""

import time
from collections.abc import Callable
from datetime import datetime

from tingjian.platform.events import Event
from tingjian.platform.store import Store
from tingjian.survey.callback_plans.clearing import advance_clearing
from tingjian.survey.callback_plans.exporting import advance_export
from tingjian.survey.callback_plans.making import work_on

RUN_SECONDS = 8.0
"""How long a run goes on; the worker has twenty seconds, and a group of rows takes less than one."""


def make_callbacks(store: Store, event: Event, now: datetime) -> None:
    """Work off the lists of the plan that an event is about."""
    plan_id = event.data.get("plan") or event.entity.removeprefix("callback-plan#")
    work_on(store, plan_id, over=_after(RUN_SECONDS), now=now)


def clear_callbacks(store: Store, event: Event, now: datetime) -> None:
    """Go on with a clearing."""
    clearing_id = event.entity.removeprefix("callback-clearing#")
    advance_clearing(store, event.data["plan"], clearing_id, over=_after(RUN_SECONDS), now=now)


def make_export(store: Store, event: Event, now: datetime) -> None:
    """Go on with an export."""
    export_id = event.entity.removeprefix("callback-export#")
    advance_export(store, event.data["plan"], export_id, over=_after(RUN_SECONDS), now=now)


def _after(seconds: float) -> Callable[[], bool]:
    ends_at = time.monotonic() + seconds
    return lambda: time.monotonic() >= ends_at
