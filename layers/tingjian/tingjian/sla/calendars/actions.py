"""Editing working calendars: every edit is a new version; running clocks keep the version that they began with."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from tingjian.platform.errors import ConflictError, invalid
from tingjian.platform.events import Actor
from tingjian.platform.idempotency import KeyUse
from tingjian.platform.problems import input_error
from tingjian.platform.records import record_change, stale
from tingjian.platform.store import Store, Write
from tingjian.platform.texts import Phrase
from tingjian.sla.calendars.events import CalendarAdded, CalendarChanged, CalendarRemoved
from tingjian.sla.calendars.models import ALWAYS, Calendar, CalendarBody, Spans, calendar_refusal, with_china_year
from tingjian.sla.calendars.storage import (
    CALENDARS,
    CENTRE,
    calendar_writes,
    find_calendar,
    last_calendar,
    load_calendar,
    names_of_policies,
)
from tingjian.sla.china import china_year
from tingjian.sla.errors import CalendarError


class StillNeededError(ConflictError):
    """Something needs it, so it is neither switched off nor deleted."""

    code = "still_needed"


Beside = Callable[[Calendar], Sequence[Write]]
"""What is written together with a new version."""


def put_calendar(
    store: Store, calendar_id: str, body: CalendarBody, *, expected: int | None, actor: Actor, now: datetime
) -> Calendar:
    """Add a calendar or a new version of one. Raises StaleError that names who was first."""
    calendar = draft_calendar(store, calendar_id, body)
    if expected == 0 and find_calendar(store, calendar_id) is None:
        expected = None  # There may have been one before it, whose versions are counted on.
    _record(store, calendar, (), expected=expected, actor=actor, now=now)
    return calendar


def draft_calendar(store: Store, calendar_id: str, body: CalendarBody) -> Calendar:
    """The calendar as it would be saved. Raises InvalidInputError for the id of the calendar that is built in."""
    if calendar_id == ALWAYS.id:
        raise invalid("calendar", "reserved")
    store.forget(CALENDARS)
    before = last_calendar(store, calendar_id)
    if not body.active:
        _require_unneeded(store, calendar_id, active_only=True)
    return Calendar(**dict(body), id=calendar_id, version=(before.version if before else 0) + 1)


def remove_calendar(store: Store, calendar_id: str, *, expected: int | None, actor: Actor, now: datetime) -> None:
    """Delete a calendar that no policy counts in. Clocks that count in it go on, since its versions stay.

    Raises CalendarNotFoundError, StillNeededError that names the policies, StaleError.
    """
    if calendar_id == ALWAYS.id:
        raise invalid("calendar", "reserved")
    store.forget(CALENDARS)
    before = load_calendar(store, calendar_id)
    _require_unneeded(store, calendar_id, active_only=False)
    after = before.model_copy(update={"version": before.version + 1, "active": False})
    record_change(
        store,
        entity=f"calendar#{calendar_id}",
        fact=CalendarRemoved,
        writes=calendar_writes(after, deleted=True),
        version=after.version,
        expected=expected,
        data={},
        actor=actor,
        now=now,
    )
    store.forget(CALENDARS)


def _require_unneeded(store: Store, calendar_id: str, *, active_only: bool) -> None:
    """Raise StillNeededError that names what counts in a calendar: policies, and reports in that of the centre."""
    store.renew("policies")
    needed: list[object] = [*names_of_policies(store, calendar_id, active_only=active_only)]
    needed += [Phrase("needed.reports")] if calendar_id == CENTRE else []
    if needed:
        raise StillNeededError(by=needed, members={"policies": [name for name in needed if isinstance(name, str)]})


def edit_calendar(
    store: Store,
    calendar_id: str,
    edit: Callable[[Calendar], dict[str, Any]],
    *,
    beside: Beside,
    key_use: KeyUse | None,
    expected: int | None,
    actor: Actor,
    now: datetime,
) -> Calendar:
    """Change parts of a calendar, together with what `beside` writes; one that stays as it is makes no new version.

    `key_use` is the use of an idempotency key by an event among what `beside` writes.

    Raises CalendarNotFoundError, StaleError, InvalidInputError.
    """
    if calendar_id == ALWAYS.id:
        raise invalid("calendar", "reserved")
    store.forget(CALENDARS)
    before = load_calendar(store, calendar_id)
    if expected not in {None, before.version}:
        raise stale(store, f"calendar#{calendar_id}", after=expected or 0)
    try:
        calendar = Calendar(**edit(before), id=calendar_id, version=before.version + 1)
    except ValidationError as error:
        raise input_error(error.errors(include_url=False, include_input=False)) from error
    if calendar.body == before.body:
        return before
    _record(store, calendar, beside(calendar), key_use=key_use, expected=expected, actor=actor, now=now)
    return calendar


def import_china(year: int, hours: Spans | None) -> Callable[[Calendar], dict[str, Any]]:
    """The edit that sets China's holidays and make-up days of a year. Raises InvalidInputError for a year out of range.

    A year that the State Council has not announced is marked as estimated (scope row 18).
    """
    try:
        known = china_year(year)
    except CalendarError as error:
        raise calendar_refusal(error) from error
    return lambda calendar: with_china_year(calendar, known, hours)


def _record(
    store: Store,
    calendar: Calendar,
    beside: Sequence[Write],
    *,
    key_use: KeyUse | None = None,
    expected: int | None,
    actor: Actor,
    now: datetime,
) -> None:
    record_change(
        store,
        entity=f"calendar#{calendar.id}",
        fact=CalendarChanged if calendar.version > 1 else CalendarAdded,
        writes=[*calendar_writes(calendar), *beside],
        version=calendar.version,
        expected=expected,
        data=calendar.facts(),
        actor=actor,
        now=now,
        beside=key_use,
    )
    store.forget(CALENDARS)
