"""The worker door of escalation: it takes the messages to customers and staff, and mails or texts.

It also hears what the mail service tells of mails that came back.

A failed message is noted on its delivery, and the sweep tries it again. What could not even be noted comes back by SQS
after the visibility time-out, and stands in the dead-letter queue at last.
"""

import functools
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from functions.escalation.assembled import MAILS
from tingjian.notifications.deliveries.actions import PostOffice, deliver
from tingjian.notifications.deliveries.composition import RenderContext
from tingjian.notifications.deliveries.outbox import Outbox
from tingjian.notifications.deliveries.returns import MailReturn, take_return
from tingjian.notifications.notices.digests import TEMPLATE as NOTICE
from tingjian.notifications.notices.digests import bundled_notice
from tingjian.platform import resources, telemetry
from tingjian.platform.failures import failure_summary
from tingjian.platform.lanes import LaneMessage
from tingjian.platform.late import LateTable
from tingjian.platform.settings import MailSettings, OriginSettings, TextMessageSettings
from tingjian.platform.store import Store
from tingjian.platform.times import cut_to_milliseconds

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient


@functools.cache
def mail() -> "SESV2Client":
    made: SESV2Client = resources.service_client("sesv2")
    return made


@functools.cache
def sms() -> "SNSClient":
    made: SNSClient = resources.service_client("sns")
    return made


def post(store: Store) -> PostOffice:
    """What delivering takes: who writes what, and the ways out."""
    texting = TextMessageSettings.read()
    origin = OriginSettings.read().public_origin
    return PostOffice(
        context=RenderContext(
            store, resources.signer, origin, sms=texting.send_sms == "on", countries=texting.countries
        ),
        renderers=LateTable(MAILS),
        send=Outbox(mail, sms, MailSettings.read()),
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Deliver what the messages name; the answer names the messages that nobody could take."""
    office = post(resources.store())
    failed = [record["messageId"] for record in event["Records"] if not _is_delivered(office, record)]
    return {"batchItemFailures": [{"itemIdentifier": number} for number in failed]}


def _is_delivered(office: PostOffice, record: dict[str, Any]) -> bool:
    try:
        _take(office, json.loads(record["body"]), cut_to_milliseconds(datetime.now(UTC)))
    except Exception as error:  # noqa: BLE001 - one bad message must not stop the others
        telemetry.record("MessagesRefused", message_body=record["body"], error=failure_summary(error))
        return False
    return True


def _take(office: PostOffice, message: dict[str, Any], now: datetime) -> None:
    if "mail_event" in message:
        take_return(office.store, MailReturn.model_validate(message), now=now)
        return
    item = office.store.get(LaneMessage.model_validate(message).key)
    if item is None:
        return  # What expired meanwhile asks for nothing any more.
    if item["deliver"] == NOTICE:
        bundled_notice(office.context, item, now)
        return
    deliver(office, item, now=now)
