"""What the routes of escalation share: the door, its settings, and who calls webhooks."""

import functools

from tingjian.escalation.webhooks.calling import Dialer
from tingjian.intake.staff.storage import identify
from tingjian.platform.http import Door
from tingjian.platform.settings import Settings


class EscalationApiSettings(Settings):
    """What this door reads from its environment. Webhooks may call this machine only where that is said."""

    webhook_loopback: str = "off"


@functools.cache
def settings() -> EscalationApiSettings:
    """The settings of this process."""
    return EscalationApiSettings.from_environment()


def webhook_dialer() -> Dialer:
    """Who tries a webhook's address before it is stored."""
    return Dialer(loopback=settings().webhook_loopback == "on")


door = Door(settings=settings, identify=identify)
"""The HTTP door of escalation."""
