"""Editing working calendars: every edit is a new version; running clocks keep the version that they began with."""

from datetime import datetime

from tingjian.platform.events import Actor
from tingjian.platform.records import record_change
from tingjian.platform.store import Store
from tingjian.sla.calendars.models import Calendar, CalendarBody
from tingjian.sla.calendars.storage import COLLECTION, find_calendar, writes_of


def put_calendar(
    store: Store, calendar_id: str, body: CalendarBody, *, expected: int | None, actor: Actor, now: datetime
) -> Calendar:
    """Add a calendar or a new version of one. Raises StaleError that names who was first."""
    before = find_calendar(store, calendar_id)
    calendar = Calendar(**body.model_dump(), id=calendar_id, version=(before.version if before else 0) + 1)
    record_change(
        store,
        entity=f"calendar#{calendar_id}",
        name="CalendarChanged" if before else "CalendarAdded",
        writes=writes_of(calendar),
        version=calendar.version,
        expected=expected,
        data=calendar.facts(),
        actor=actor,
        now=now,
    )
    store.forget(COLLECTION)
    return calendar
