"""The ways out of the house: mail by SES, text messages by SNS, calls to webhooks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from tingjian.notifications.deliveries.models import GiveUpError, Outgoing
from tingjian.notifications.webhooks.actions import switch_off
from tingjian.notifications.webhooks.calling import AddressRefusedError, Dialer, GoneError
from tingjian.notifications.webhooks.models import WebhookNotFoundError, headers, target_of
from tingjian.notifications.webhooks.storage import load_webhook
from tingjian.platform.errors import InvalidInputError
from tingjian.platform.events import SYSTEM
from tingjian.platform.store import Store

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sesv2.type_defs import BodyTypeDef
    from mypy_boto3_sns import SNSClient

HOPELESS = frozenset({"MessageRejected", "BadRequestException", "InvalidParameter", "InvalidParameterValue"})
"""What the services answer to a message that they will never take."""


class SwitchedOffError(Exception):
    """The webhook is switched off, or is there no more."""


@dataclass(frozen=True, slots=True)
class Outbox:
    """Sends one message at a time; its clients are made at first use."""

    store: Store
    mail: "Callable[[], SESV2Client]"
    sms: "Callable[[], SNSClient]"
    sender: str
    webhooks: Dialer

    def __call__(self, outgoing: Outgoing, now: datetime) -> None:
        """Send a message. Raises GiveUpError when trying again would not help, anything else when it might."""
        try:
            {"email": self._mail, "sms": self._text, "webhook": self._call}[outgoing.way](outgoing, now)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in HOPELESS:
                raise GiveUpError from error
            raise

    def _mail(self, outgoing: Outgoing, _now: datetime) -> None:
        body: BodyTypeDef = {"Text": {"Data": outgoing.text, "Charset": "UTF-8"}}
        if outgoing.html:
            body["Html"] = {"Data": outgoing.html, "Charset": "UTF-8"}
        self.mail().send_email(
            FromEmailAddress=self.sender,
            Destination={"ToAddresses": [outgoing.to]},
            Content={
                "Simple": {
                    "Subject": {"Data": outgoing.subject, "Charset": "UTF-8"},
                    "Body": body,
                }
            },
        )

    def _text(self, outgoing: Outgoing, _now: datetime) -> None:
        self.sms().publish(PhoneNumber=outgoing.to, Message=outgoing.text)

    def _call(self, outgoing: Outgoing, now: datetime) -> None:
        """Call a webhook as it is set up now. A 410 switches it off (Standard Webhooks)."""
        try:
            webhook = load_webhook(self.store, outgoing.to)
        except WebhookNotFoundError as error:
            raise GiveUpError from error
        if not webhook.active:
            raise GiveUpError from SwitchedOffError()
        try:
            target = target_of(webhook.url, loopback=self.webhooks.loopback)
            self.webhooks.post(target, outgoing.text, headers(outgoing.id, outgoing.text, webhook.secrets(now), now))
        except GoneError as error:
            switch_off(self.store, webhook, actor=SYSTEM, now=now)
            raise GiveUpError from error
        except (AddressRefusedError, InvalidInputError) as error:
            raise GiveUpError from error
