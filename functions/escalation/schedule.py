"""The schedule door of escalation: once a minute, everything whose time has come."""

from datetime import UTC, datetime
from typing import Any

from functions.escalation import assembled
from tingjian.platform import resources
from tingjian.platform.late import LateTable
from tingjian.platform.sweep import Sweep
from tingjian.platform.timers import Fire
from tingjian.platform.times import cut_to_milliseconds

TIMERS: LateTable[Fire] = LateTable(assembled.TIMERS)
SPARE_MS = 15_000
"""What is left of the function's time when the sweep stops: the longest that one call may take, retries included."""


def handler(_event: dict[str, Any], context: Any) -> dict[str, int | bool]:
    """Sweep what is due now, for as long as there is time; the next run goes on where this one stopped."""
    store = resources.store()
    now = cut_to_milliseconds(datetime.now(UTC))
    done = Sweep(store, TIMERS, now, lambda: context.get_remaining_time_in_millis() > SPARE_MS).run()
    return {"due": done.due, "fired": done.fired, "finished": done.finished}
