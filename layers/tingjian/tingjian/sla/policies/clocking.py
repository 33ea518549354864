"""From policies to running clocks."""

from collections.abc import Callable, Collection
from datetime import datetime

from tingjian.platform.store import Store
from tingjian.sla.calendar import WorkCalendar
from tingjian.sla.calendars.models import ALWAYS, Calendar
from tingjian.sla.calendars.storage import counting, find_calendar
from tingjian.sla.clocks import Clock, ClockName, start_clock
from tingjian.sla.policies.models import Facts, pick
from tingjian.sla.policies.storage import list_policies

CENTRE = "centre"
"""The calendar of the centre's own opening hours, in which reports count working time."""


def clocks_for(store: Store, facts: Facts, names: Collection[ClockName], *, now: datetime) -> tuple[Clock, ...]:
    """The clocks of these names that the ticket's policy starts now; none without a policy. No call when warm."""
    policy = pick(list_policies(store), facts)
    if policy is None:
        return ()
    calendar = _calendar(store, policy.calendar, None)
    return tuple(
        start_clock(
            name=target.clock,
            policy=(policy.id, policy.version),
            calendar=(calendar.id, calendar.version, counting(calendar)),
            target_minutes=target.minutes,
            shares=target.shares,
            pausing="waiting" in target.pauses_in,
            now=now,
        )
        for target in policy.targets
        if target.clock in names
    )


def hours_of(store: Store) -> Callable[[Clock], WorkCalendar]:
    """Finds the calendar version that a clock counts in."""
    return lambda clock: counting(_calendar(store, clock.calendar, clock.calendar_version))


def working_seconds(store: Store, start: datetime, end: datetime) -> int:
    """Open seconds between two instants in the centre's hours; every second counts where the centre has set none."""
    return int(counting(_calendar(store, CENTRE, None)).between(start, end).total_seconds())


def _calendar(store: Store, calendar_id: str, version: int | None) -> Calendar:
    """The calendar; one that is gone counts every minute, so that no deadline is ever lost."""
    return find_calendar(store, calendar_id, version) or find_calendar(store, calendar_id) or ALWAYS
