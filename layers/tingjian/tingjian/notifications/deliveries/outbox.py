"""The ways out to people: mail by SES, text messages by SNS."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from tingjian.notifications.deliveries.models import GiveUpError, Outgoing
from tingjian.platform.settings import MailSettings

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sesv2.type_defs import BodyTypeDef, MessageHeaderTypeDef
    from mypy_boto3_sns import SNSClient

HOPELESS = frozenset({"MessageRejected", "BadRequestException", "InvalidParameter", "InvalidParameterValue"})
"""What the services answer to a message that they will never take."""


DELIVERY_TAG = "delivery"
"""SES sends it back with each event about the mail."""


def reply_address(settings: MailSettings, ticket: str) -> str:
    """Where an answer to a mail goes: what the deployment says, else who sends.

    `service+{ticket}@…` becomes `service@…` for a mail that is about no ticket.
    """
    pattern = settings.mail_reply_to or settings.mail_sender
    return pattern.replace("{ticket}", ticket) if ticket else pattern.replace("+{ticket}", "").replace("{ticket}", "")


def mail_headers(outgoing: Outgoing) -> "list[MessageHeaderTypeDef]":
    """What says that a machine wrote the mail, so that no machine answers it: an absence note, another desk."""
    marks = {"machine": "auto-generated", "machine in answer": "auto-replied"}
    if outgoing.written_by not in marks:
        headers: list[MessageHeaderTypeDef] = [{"Name": "X-Auto-Response-Suppress", "Value": "OOF, AutoReply"}]
    else:
        headers = [
            {"Name": "Auto-Submitted", "Value": marks[outgoing.written_by]},
            {"Name": "X-Auto-Response-Suppress", "Value": "All"},
        ]
    if outgoing.unsubscribe:
        headers += [
            {"Name": "List-Unsubscribe", "Value": f"<{outgoing.unsubscribe}>"},
            {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
        ]
    return headers


@dataclass(frozen=True, slots=True)
class Outbox:
    """Sends one message at a time; its clients are made at first use."""

    mail: "Callable[[], SESV2Client]"
    sms: "Callable[[], SNSClient]"
    settings: MailSettings

    def __call__(self, outgoing: Outgoing, now: datetime) -> str:
        """Send a message; the id that the service gave it.

        Raises GiveUpError when trying again would not help, anything else when it might.
        """
        try:
            return {"email": self._mail, "sms": self._text}[outgoing.way](outgoing, now)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in HOPELESS:
                raise GiveUpError from error
            raise

    def _mail(self, outgoing: Outgoing, _now: datetime) -> str:
        body: BodyTypeDef = {"Text": {"Data": outgoing.text, "Charset": "UTF-8"}}
        if outgoing.html:
            body["Html"] = {"Data": outgoing.html, "Charset": "UTF-8"}
        answer = self.mail().send_email(
            FromEmailAddress=self.settings.mail_sender,
            ReplyToAddresses=[reply_address(self.settings, outgoing.ticket)],
            Destination={"ToAddresses": [outgoing.to]},
            ConfigurationSetName=self.settings.mail_configuration_set,
            EmailTags=[{"Name": DELIVERY_TAG, "Value": outgoing.id}],
            Content={
                "Simple": {
                    "Subject": {"Data": outgoing.subject, "Charset": "UTF-8"},
                    "Body": body,
                    "Headers": mail_headers(outgoing),
                }
            },
        )
        return answer["MessageId"]

    def _text(self, outgoing: Outgoing, _now: datetime) -> str:
        return self.sms().publish(PhoneNumber=outgoing.to, Message=outgoing.text)["MessageId"]
