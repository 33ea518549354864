"""The schedule door of escalation: once a minute, everything whose time has come."""

import functools
from datetime import UTC, datetime
from typing import Any

from tingjian.escalation.alerts.timers import fire_alert, fire_ticket
from tingjian.escalation.deliveries.actions import fire_delivery
from tingjian.escalation.replans.actions import fire_replan
from tingjian.escalation.sweep.actions import Sweep
from tingjian.escalation.sweep.handoffs import fire_handoff
from tingjian.escalation.sweep.models import Fire
from tingjian.platform import resources
from tingjian.platform.settings import Settings
from tingjian.platform.times import milliseconds
from tingjian.survey.followups.actions import mark_overdue
from tingjian.survey.surveys.actions import expire_survey

TIMERS: dict[str, Fire] = {
    "ticket": fire_ticket,
    "alert": fire_alert,
    "handoff": fire_handoff,
    "delivery": fire_delivery,
    "survey": expire_survey,
    "followup": mark_overdue,
    "replan": fire_replan,
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
