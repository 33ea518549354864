"""Calendars in the store: the current version in a small collection, every version in a partition of its own."""

import json
from typing import Any

from tingjian.platform.errors import NotFoundError
from tingjian.platform.items import Item, Key
from tingjian.platform.store import Store, Write
from tingjian.sla.calendar import WorkCalendar
from tingjian.sla.calendars.models import ALWAYS, Calendar

CALENDARS = "calendars"
CENTRE = "centre"
"""The calendar of the centre's own opening hours, in which reports count working time."""
VERSIONS = "calendar#"
"""The prefix of the partitions that keep every version."""


class CalendarNotFoundError(NotFoundError):
    """There is no calendar with this id, or no such version of it."""

    code = "calendar_not_found"


def list_calendars(store: Store) -> list[Calendar]:
    """The current version of every calendar that was not deleted, at most 15 seconds old."""
    return [calendar for calendar in store.members(CALENDARS, _standing_calendar) if calendar]


def find_calendar(store: Store, calendar_id: str, version: int | None = None) -> Calendar | None:
    """A calendar: its current version, or exactly the one asked for."""
    if calendar_id == ALWAYS.id:
        return ALWAYS
    if version is None:
        return store.member(CALENDARS, calendar_id, _standing_calendar)
    current = optional_calendar(store, calendar_id)
    if current and version == current.version:
        return current
    old = store.get(Key(VERSIONS + calendar_id, f"{version:08d}"))
    return calendar_from_item(old) if old else None


def optional_calendar(store: Store, calendar_id: str) -> Calendar | None:
    """The current version of a calendar that may well not be there, at most 15 seconds old. No call when warm."""
    return next((calendar for calendar in list_calendars(store) if calendar.id == calendar_id), None)


def last_calendar(store: Store, calendar_id: str) -> Calendar | None:
    """The newest version under an id, deleted or not, for an edit."""
    return store.current_member(CALENDARS, calendar_id, calendar_from_item)


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


def calendar_writes(calendar: Calendar, *, deleted: bool = False) -> list[Write]:
    """The members of a transaction that make this version the current one and keep it; a deleted one stays readable."""
    document = _document(calendar) | ({"deleted": True} if deleted else {})
    return [
        Write("desk", document | {"pk": CALENDARS, "sk": calendar.id}, expect=calendar.version - 1),
        Write("desk", document | {"pk": VERSIONS + calendar.id, "sk": f"{calendar.version:08d}"}, expect=0),
    ]


def names_of_policies(store: Store, calendar_id: str, *, active_only: bool) -> list[str]:
    """The names of the policies that count in a calendar. Policies lie above, so they are read as data."""
    found = [json.loads(item["document"]) for item in store.collection("policies") if not item.get("deleted")]
    wanted = [one for one in found if one.get("calendar", ALWAYS.id) == calendar_id]
    return [one["name"] for one in wanted if not active_only or one.get("active", True)]


def _standing_calendar(item: Item) -> Calendar | None:
    return None if item.get("deleted") else calendar_from_item(item)


def calendar_from_item(item: Item) -> Calendar:
    return Calendar.model_validate(json.loads(item["document"]))


def _document(calendar: Calendar) -> dict[str, Any]:
    return {"version": calendar.version, "document": calendar.model_dump_json()}
