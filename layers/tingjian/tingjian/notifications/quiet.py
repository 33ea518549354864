"""Quiet hours, in which messages to people wait while clocks run on. Pure."""

from datetime import datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

from tingjian.platform.models import Frozen


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise PydanticCustomError("time_zone", "Is not a known time zone") from error
    return name


TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
ZoneName = Annotated[str, StringConstraints(min_length=1, max_length=64), AfterValidator(_known_zone)]


class QuietHours(Frozen):
    """From one time of day until another in a zone, over midnight when the end is not after the start."""

    start: TimeOfDay
    end: TimeOfDay
    timezone: ZoneName = "Asia/Shanghai"

    def until(self, now: datetime) -> datetime | None:
        """When the quiet hours end that this instant lies in; None outside them. Equal times mean never."""
        zone = ZoneInfo(self.timezone)
        local = now.astimezone(zone)
        start, end = time.fromisoformat(self.start), time.fromisoformat(self.end)
        clock = local.time().replace(tzinfo=None)
        if start < end:
            days = 0 if start <= clock < end else None
        elif start == end:
            days = None
        else:
            days = 1 if clock >= start else 0 if clock < end else None
        if days is None:
            return None
        ended = datetime.combine(local.date() + timedelta(days=days), end, zone)
        return max(ended.astimezone(now.tzinfo), now)
