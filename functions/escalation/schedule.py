"""The schedule door of escalation: once a minute, everything whose time has come."""

import functools
import importlib
from datetime import UTC, datetime
from typing import Any

from tingjian.platform import resources
from tingjian.platform.items import Item
from tingjian.platform.settings import Settings
from tingjian.platform.store import Store
from tingjian.platform.sweep import Sweep
from tingjian.platform.timers import Fire, Firing
from tingjian.platform.times import milliseconds


def _late(module: str, name: str) -> Fire:
    """A function whose module is imported when the first timer of its kind is due, since few kinds are in a run."""

    def fire(store: Store, item: Item, /, *, now: datetime) -> Firing | None:
        function: Fire = getattr(importlib.import_module(f"tingjian.{module}"), name)
        return function(store, item, now=now)

    return fire


TIMERS: dict[str, Fire] = {
    "ticket": _late("escalation.alerts.timers", "fire_ticket"),
    "alert": _late("escalation.alerts.timers", "fire_alert"),
    "handoff": _late("escalation.alerts.handoffs", "fire_handoff"),
    "delivery": _late("notifications.deliveries.actions", "fire_delivery"),
    "survey": _late("survey.surveys.actions", "expire_survey"),
    "followup": _late("survey.followups.actions", "mark_overdue"),
    "replan": _late("escalation.replans.actions", "fire_replan"),
}
"""What a timed item does, by the part of its sort key before the first `#`."""
SPARE_MS = 15_000
"""What is left of the function's time when the sweep stops: the longest that one call may take, retries included."""


class EscalationScheduleSettings(Settings):
    """What this door reads from its environment."""


@functools.cache
def settings() -> EscalationScheduleSettings:
    """The settings of this process."""
    return EscalationScheduleSettings.from_environment()


def handler(_event: dict[str, Any], context: Any) -> dict[str, int | bool]:
    """Sweep what is due now, for as long as there is time; the next run goes on where this one stopped."""
    names = settings()
    store = resources.store(names.desk_table, names.journal_table)
    now = milliseconds(datetime.now(UTC))
    done = Sweep(store, TIMERS, now, lambda: context.get_remaining_time_in_millis() > SPARE_MS).run()
    return {"due": done.due, "fired": done.fired, "finished": done.finished}
