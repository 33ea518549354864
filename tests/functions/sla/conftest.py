"""The HTTP door of escalation in front of a small centre, and a centre whose hours are an office's."""

from collections.abc import Iterator

import pytest

from tests.builders import MANAGER, NOW
from tests.functions.door import Knocker, opened
from tingjian.platform.store import Store
from tingjian.sla.calendars.actions import put_calendar
from tingjian.sla.calendars.models import CalendarBody

WORKDAY = (("09:00", "12:00"), ("13:00", "18:00"))


@pytest.fixture
def office(centre: Store) -> Store:
    """A calendar `office`: eight hours on weekdays in Shanghai."""
    hours = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), WORKDAY)
    body = CalendarBody(name="办公时间", timezone="Asia/Shanghai", hours=hours)
    put_calendar(centre, "office", body, expected=None, actor=MANAGER.actor, now=NOW)
    return centre


@pytest.fixture
def door(office: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Knocker]:  # noqa: ARG001 - the door reads it
    """The door, for anybody to knock at."""
    with opened("escalation", monkeypatch) as found:
        yield found
