"""Settings: what a process reads from its environment, typed, once, by the part of the product that needs it.

A field is required unless a default is a decision. Field `desk_table` is the variable `DESK_TABLE`.
"""

import functools
import os
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict

from tingjian.platform.contacts import is_phone_of


class Settings(BaseModel):
    """The base of all settings."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    @classmethod
    @functools.cache
    def read(cls) -> Self:
        """The settings of this process. Raises ValidationError that names each missing variable."""
        return cls.model_validate(
            {name: os.environ[name.upper()] for name in cls.model_fields if name.upper() in os.environ}
        )


class TableSettings(Settings):
    """The two tables."""

    desk_table: str
    journal_table: str


class FilesSettings(Settings):
    """The bucket of attachments, imports, reports and uploads."""

    files_bucket: str


class LakeSettings(Settings):
    """The bucket of the journal as files."""

    lake_bucket: str


class SigningSettings(Settings):
    """The secret behind signed links and the keyed hashes by which people are looked up."""

    signing_secret_id: str


class OriginSettings(Settings):
    """Scheme and host that customers and staff see in links."""

    public_origin: str


class EdgeSettings(Settings):
    """What the distribution in front of the API proves itself by; empty where there is none."""

    edge_mark: str = ""


class CentreSettings(Settings):
    """The time zone in which the centre counts its days."""

    centre_time_zone: str


class ImportQueueSettings(Settings):
    """The queue of the import's jobs."""

    import_queue_url: str


class ReportQueueSettings(Settings):
    """The queue of the reports' jobs."""

    report_queue_url: str


class ListenerQueueSettings(Settings):
    """The queue between the reader of the Journal and those who listen."""

    listener_queue_url: str


class LaneSettings(Settings):
    """The queues by which messages go out."""

    customers_queue_url: str
    notices_queue_url: str
    webhooks_queue_url: str


class MailSettings(Settings):
    """Who mail comes from, where answers to it go, and the set of SES that tells what came back.

    `{ticket}` in the address of answers stands for the number of the ticket that a mail is about.
    """

    mail_sender: str
    mail_reply_to: str
    mail_configuration_set: str


class TextMessageSettings(Settings):
    """Whether text messages are sent, each of which costs money; off unless somebody switches them on."""

    send_sms: Literal["on", "off"] = "off"
    sms_countries: str = "CN"
    """ISO codes with commas between: text messages go nowhere else, since somebody else may have given the number."""

    def reaches(self, phone: str) -> bool:
        """Whether a text message may be sent to this phone."""
        return self.send_sms == "on" and is_phone_of(phone, self.countries)

    @property
    def countries(self) -> frozenset[str]:
        return frozenset(code.strip().upper() for code in self.sms_countries.split(",") if code.strip())


class WebhookSettings(Settings):
    """Whether webhooks may call this machine, as on the local stack."""

    webhook_loopback: Literal["on", "off"] = "off"
