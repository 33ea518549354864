"""What the routes of survey share: the door and its settings."""

import functools

from tingjian.people.staff.storage import identify
from tingjian.platform import resources
from tingjian.platform.http import Door
from tingjian.platform.settings import Settings
from tingjian.platform.signing import Signer


class SurveyApiSettings(Settings):
    """What this door reads from its environment."""

    signing_secret_id: str


@functools.cache
def settings() -> SurveyApiSettings:
    """The settings of this process."""
    return SurveyApiSettings.from_environment()


def signer() -> Signer:
    """The signer of this deployment."""
    return resources.signer(settings().signing_secret_id)


door = Door(settings=settings, identify=identify)
