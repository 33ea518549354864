"""What the routes of escalation share: the door and its settings."""

import functools

from tingjian.people.staff.storage import identify
from tingjian.platform.http import Door
from tingjian.platform.settings import Settings


class EscalationApiSettings(Settings):
    """What this door reads from its environment. Webhooks may call this machine only where that is said."""

    webhook_loopback: str = "off"


@functools.cache
def settings() -> EscalationApiSettings:
    """The settings of this process."""
    return EscalationApiSettings.from_environment()


door = Door(settings=settings, identify=identify)
"""The HTTP door of escalation."""
