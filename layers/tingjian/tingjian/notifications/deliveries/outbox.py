"""The ways out: mail by SES, text messages by SNS, and whoever calls webhooks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from tingjian.notifications.deliveries.models import GiveUpError, Outgoing, Send

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sesv2.type_defs import BodyTypeDef
    from mypy_boto3_sns import SNSClient

HOPELESS = frozenset({"MessageRejected", "BadRequestException", "InvalidParameter", "InvalidParameterValue"})
"""What the services answer to a message that they will never take."""


@dataclass(frozen=True, slots=True)
class Outbox:
    """Sends one message at a time; its clients are made at first use."""

    mail: "Callable[[], SESV2Client]"
    sms: "Callable[[], SNSClient]"
    sender: str
    webhook: Send

    def __call__(self, outgoing: Outgoing, now: datetime) -> str:
        """Send a message; the id that the service gave it.

        Raises GiveUpError when trying again would not help, anything else when it might.
        """
        try:
            return {"email": self._mail, "sms": self._text, "webhook": self.webhook}[outgoing.way](outgoing, now)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in HOPELESS:
                raise GiveUpError from error
            raise

    def _mail(self, outgoing: Outgoing, _now: datetime) -> str:
        body: BodyTypeDef = {"Text": {"Data": outgoing.text, "Charset": "UTF-8"}}
        if outgoing.html:
            body["Html"] = {"Data": outgoing.html, "Charset": "UTF-8"}
        answer = self.mail().send_email(
            FromEmailAddress=self.sender,
            Destination={"ToAddresses": [outgoing.to]},
            Content={
                "Simple": {
                    "Subject": {"Data": outgoing.subject, "Charset": "UTF-8"},
                    "Body": body,
                }
            },
        )
        return answer["MessageId"]

    def _text(self, outgoing: Outgoing, _now: datetime) -> str:
        return self.sms().publish(PhoneNumber=outgoing.to, Message=outgoing.text)["MessageId"]
