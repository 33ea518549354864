"""The stream door of escalation: items of Desk that ask for delivery are mailed, texted, or sent to a webhook.

A failed message is noted on its delivery, and the sweep tries it again. A record that asks for an unknown template is
reported to Lambda, which delivers it a few times more and then puts it into the failure queue.
"""

import functools
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from functions.escalation.assembled import MAILS
from tingjian.notifications.deliveries.actions import PostOffice, deliver
from tingjian.notifications.deliveries.composition import RenderContext
from tingjian.notifications.deliveries.outbox import Outbox
from tingjian.notifications.webhooks.calls import make_call
from tingjian.notifications.webhooks.dialer import Dialer
from tingjian.platform import resources, telemetry
from tingjian.platform.failures import failure_summary
from tingjian.platform.late import LateTable
from tingjian.platform.settings import MailSettings, OriginSettings, WebhookSettings
from tingjian.platform.store import Store, from_wire
from tingjian.platform.times import cut_to_milliseconds

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient

CALLS_AT_ONCE = 5
"""A receiver may take fifteen seconds to answer, and a batch has ten records."""


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
    names = MailSettings.read()
    dialer = Dialer(loopback=WebhookSettings.read().webhook_loopback == "on")
    origin = OriginSettings.read().public_origin
    return PostOffice(
        context=RenderContext(store, resources.signer, origin, sms=names.send_sms == "on"),
        renderers=LateTable(MAILS),
        send=Outbox(mail, sms, names.mail_sender, functools.partial(make_call, store, dialer)),
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Deliver what the records ask for; the answer names those that nobody could take.

    Calls to webhooks are made side by side, everything else one after another.
    """
    office = post(resources.store())
    slow = [record for record in event["Records"] if _template(record) == "webhook"]
    failed = [sequence for record in event["Records"] if record not in slow and (sequence := handle(office, record))]
    if slow:
        with ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
            failed += filter(None, pool.map(functools.partial(handle, office), slow))
    return {"batchItemFailures": [{"itemIdentifier": sequence} for sequence in failed]}


def handle(office: PostOffice, record: dict[str, Any]) -> str:
    """Deliver what one record asks for; its sequence number if nobody could take it, else empty."""
    if record["eventName"] != "INSERT" or not _template(record):
        return ""
    try:
        deliver(office, from_wire(record["dynamodb"]["NewImage"]), now=cut_to_milliseconds(datetime.now(UTC)))
    except Exception as error:  # noqa: BLE001 - one bad record must not stop the others
        sequence: str = record["dynamodb"]["SequenceNumber"]
        telemetry.record("RecordsRefused", sequence_number=sequence, error=failure_summary(error))
        return sequence
    return ""


def _template(record: dict[str, Any]) -> str:
    image = record["dynamodb"].get("NewImage", {})
    return str(image.get("deliver", {}).get("S", ""))
