"""Calendars in the store: the current version in the CONFIG collection, every version in a partition of its own."""

import json
from typing import Any

from tingjian.platform.items import Item, Key
from tingjian.platform.store import Store, Write
from tingjian.sla.calendar import WorkCalendar
from tingjian.sla.calendars.models import ALWAYS, Calendar

COLLECTION = "calendars"


def list_calendars(store: Store) -> list[Calendar]:
    """The current version of every calendar, at most 15 seconds old."""
    return store.parsed(COLLECTION, from_item)


def find_calendar(store: Store, calendar_id: str, version: int | None = None) -> Calendar | None:
    """A calendar: its current version, or exactly the one asked for."""
    if calendar_id == ALWAYS.id:
        return ALWAYS
    current = next((calendar for calendar in list_calendars(store) if calendar.id == calendar_id), None)
    if current and version in {None, current.version}:
        return current
    if version is None:
        return None
    old = store.get(Key(f"calendar#{calendar_id}", f"{version:08d}"))
    return from_item(old) if old else None


def counting(calendar: Calendar) -> WorkCalendar:
    """The calendar that counts, built once a process and stored version."""
    key = (calendar.id, calendar.version)
    known = _built.get(key)
    if known is None or known[0] is not calendar:
        known = _built[key] = (calendar, calendar.made())
    return known[1]


_built: dict[tuple[str, int], tuple[Calendar, WorkCalendar]] = {}


def writes_of(calendar: Calendar) -> list[Write]:
    """The members of a transaction that make this version the current one and keep it."""
    document = _document(calendar)
    return [
        Write("desk", document | {"pk": COLLECTION, "sk": calendar.id}, expect=calendar.version - 1),
        Write("desk", document | {"pk": f"calendar#{calendar.id}", "sk": f"{calendar.version:08d}"}, expect=0),
    ]


def from_item(item: Item) -> Calendar:
    """The calendar of an item."""
    return Calendar.model_validate(json.loads(item["document"]))


def _document(calendar: Calendar) -> dict[str, Any]:
    return {"version": calendar.version, "document": calendar.model_dump_json()}
