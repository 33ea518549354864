"""What the routes of intake share: the door, its settings, and how a call becomes a request for a change."""

import functools

from tingjian.intake.attachments.actions import Files
from tingjian.intake.staff.storage import identify
from tingjian.intake.tickets.changes import Request
from tingjian.platform import resources
from tingjian.platform.events import Actor
from tingjian.platform.http import Call, Door
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


def files() -> Files:
    """The bucket of files."""
    return Files(settings().files_bucket)


def change(call: Call, number: str, *, right: str | None = "tickets.work") -> Request:
    """A change of this ticket by the caller."""
    return Request(
        number=number,
        actor=call.caller.actor,
        now=call.now,
        caller=call.caller,
        right=right,
        idempotency=call.idempotency,
        if_match=call.if_match,
    )


def customers_change(call: Call, number: str) -> Request:
    """A change of this ticket by its customer, who came by a link."""
    return Request(number=number, actor=Actor(kind="customer"), now=call.now, idempotency=call.idempotency)


door = Door(settings=settings, identify=identify)
