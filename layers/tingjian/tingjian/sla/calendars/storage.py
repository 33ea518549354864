"""Calendars in the store: the current version in a small collection, every version in a partition of its own."""

import json
from typing import Any

from tingjian.platform.errors import NotFoundError
from tingjian.platform.items import Item, Key
from tingjian.platform.store import Store, Write
from tingjian.sla.calendar import WorkCalendar
from tingjian.sla.calendars.models import ALWAYS, Calendar

CALENDARS = "calendars"
VERSIONS = "calendar#"
"""The prefix of the partitions that keep every version."""


class CalendarNotFoundError(NotFoundError):
    """There is no calendar with this id, or no such version of it."""

    code = "calendar_not_found"


def list_calendars(store: Store) -> list[Calendar]:
    """The current version of every calendar, at most 15 seconds old."""
    return store.members(CALENDARS, calendar_from_item)


def find_calendar(store: Store, calendar_id: str, version: int | None = None) -> Calendar | None:
    """A calendar: its current version, or exactly the one asked for."""
    if calendar_id == ALWAYS.id:
        return ALWAYS
    if version is None:
        return store.member(CALENDARS, calendar_id, calendar_from_item)
    current = optional_calendar(store, calendar_id)
    if current and version == current.version:
        return current
    old = store.get(Key(VERSIONS + calendar_id, f"{version:08d}"))
    return calendar_from_item(old) if old else None


def optional_calendar(store: Store, calendar_id: str) -> Calendar | None:
    """The current version of a calendar that may well not be there, at most 15 seconds old. No call when warm."""
    return next((calendar for calendar in list_calendars(store) if calendar.id == calendar_id), None)


def load_calendar(store: Store, calendar_id: str, version: int | None = None) -> Calendar:
    """A calendar, as `find_calendar`. Raises CalendarNotFoundError."""
    calendar = find_calendar(store, calendar_id, version)
    if calendar is None:
        raise CalendarNotFoundError
    return calendar


def list_calendar_versions(
    store: Store, calendar_id: str, *, limit: int, cursor: str | None
) -> tuple[list[Calendar], str | None]:
    """The versions of a calendar, newest first, and the cursor to older ones. One call."""
    page = store.query(VERSIONS + calendar_id, limit=limit, forward=False, cursor=cursor)
    return [calendar_from_item(item) for item in page.items], page.cursor


def work_calendar(calendar: Calendar) -> WorkCalendar:
    """The calendar that counts, built once a process and stored version."""
    key = (calendar.id, calendar.version)
    known = _built.get(key)
    if known is None or known[0] is not calendar:
        known = _built[key] = (calendar, calendar.work_calendar())
    return known[1]


_built: dict[tuple[str, int], tuple[Calendar, WorkCalendar]] = {}


def calendar_writes(calendar: Calendar) -> list[Write]:
    """The members of a transaction that make this version the current one and keep it."""
    document = _document(calendar)
    return [
        Write("desk", document | {"pk": CALENDARS, "sk": calendar.id}, expect=calendar.version - 1),
        Write("desk", document | {"pk": VERSIONS + calendar.id, "sk": f"{calendar.version:08d}"}, expect=0),
    ]


def calendar_from_item(item: Item) -> Calendar:
    return Calendar.model_validate(json.loads(item["document"]))


def _document(calendar: Calendar) -> dict[str, Any]:
    return {"version": calendar.version, "document": calendar.model_dump_json()}
