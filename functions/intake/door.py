"""What the routes of intake share: the door and its settings. Every cold start imports it, so it knows no feature."""

import functools

from tingjian.people.staff.storage import identify
from tingjian.platform import resources
from tingjian.platform.http import Door
from tingjian.platform.settings import FilesSettings, Settings, SigningSettings
from tingjian.platform.signing import Signer


class IntakeSettings(Settings, SigningSettings, FilesSettings):
    """What this door reads from its environment."""

    import_queue_url: str
    centre_time_zone: str


@functools.cache
def settings() -> IntakeSettings:
    """The settings of this process."""
    return IntakeSettings.from_environment()


def signer() -> Signer:
    """The signer of this deployment."""
    return resources.signer(settings().signing_secret_id)


door = Door(settings=settings, identify=identify)
