"""The schedule door of escalation: once a minute, the timers that are due."""

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
"""The sweep stops when less time is left. One call with all its retries may take so long."""


def handler(_event: dict[str, Any], context: Any) -> dict[str, int | bool]:
    """Fire what is due now, as long as there is time. What is left stays due for the next run."""
    store = resources.store()
    now = cut_to_milliseconds(datetime.now(UTC))
    done = Sweep(store, TIMERS, now, lambda: context.get_remaining_time_in_millis() > SPARE_MS).run()
    return {"due": done.due, "fired": done.fired, "finished": done.finished}
