"""The promise: the time by which somebody told the customer that it would be settled, in the field `promised_at`.

Its clock runs at all hours, since the customer was told a time and no share of ours; it warns as others do, and the
resolution meets it. Policies give it no target, and planning anew leaves it alone.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from tingjian.intake.tickets.clock_plans import PROMISE
from tingjian.intake.tickets.models import Ticket
from tingjian.platform.store import Store
from tingjian.sla.calendars.models import ALWAYS
from tingjian.sla.clocks import Clock, ClockName, start_clock
from tingjian.sla.policies.models import Facts
from tingjian.sla.policies.plans import clocks_for
from tingjian.sla.policies.steps import shares_for

FIELD = "promised_at"
WARNED_AT, DUE_AT = 80, 100
MINUTE = timedelta(minutes=1)


def opening_clocks(
    store: Store, facts: Facts, fields: Mapping[str, Any], names: Collection[ClockName], *, now: datetime
) -> tuple[Clock, ...]:
    """The clocks that start with a ticket: those of its policy, and that of a promise. No call when warm."""
    promise = promise_clock(store, facts, fields, now=now)
    return (*clocks_for(store, facts, names, now=now), *((promise,) if promise else ()))


def promise_clock(store: Store, facts: Facts, fields: Mapping[str, Any], *, now: datetime) -> Clock | None:
    """The clock of a promise that is still to be kept; None where none is made. No call when warm."""
    promised_at = _promised_at(fields)
    if promised_at is None or promised_at <= now:
        return None
    # A clock counts whole minutes, and is due at the very instant that was promised: so it began up to one earlier.
    minutes = -((now - promised_at) // MINUTE)
    return start_clock(
        name=PROMISE,
        policy=(PROMISE, 0),
        calendar=(ALWAYS.id, ALWAYS.version, ALWAYS.work_calendar()),
        target_minutes=minutes,
        shares=shares_for(store, facts, (WARNED_AT, DUE_AT), policy=PROMISE, clock=PROMISE),
        now=promised_at - minutes * MINUTE,
    )


def clocks_with_promise(
    store: Store, before: Ticket, after: Ticket, clocks: Collection[Clock], facts: Facts, *, now: datetime
) -> tuple[Clock, ...]:
    """The clocks after a promise was made, changed or taken back; one whose time was up stays missed."""
    if _promised_at(before.fields) == _promised_at(after.fields) or before.imported:
        return tuple(clocks)
    fresh = promise_clock(store, facts, after.fields, now=now)
    kept = tuple(clock.stop(now) if clock.name == PROMISE else clock for clock in clocks)
    return (*(clock for clock in kept if clock.name != PROMISE), fresh) if fresh else kept


def _promised_at(fields: Mapping[str, Any]) -> datetime | None:
    written = fields.get(FIELD)
    try:
        moment = datetime.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None
