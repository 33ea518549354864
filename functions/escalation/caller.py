"""The caller door of escalation: it takes the messages of the webhooks' lane, and calls receivers.

It is a function of its own: its calls take as long as receivers like, and what mails customers must not lack a warm
process for it. It may send no mail, and is the only one that calls strangers.
"""

import functools
from datetime import UTC, datetime
from typing import Any

from functions.escalation.assembled import MAILS
from tingjian.notifications.deliveries.actions import PostOffice, deliver
from tingjian.notifications.deliveries.composition import RenderContext
from tingjian.notifications.webhooks.calls import make_call
from tingjian.notifications.webhooks.dialer import Dialer
from tingjian.platform import resources, telemetry
from tingjian.platform.failures import failure_summary
from tingjian.platform.lanes import LaneMessage
from tingjian.platform.late import LateTable
from tingjian.platform.settings import WebhookSettings
from tingjian.platform.store import Store
from tingjian.platform.times import cut_to_milliseconds


def post(store: Store) -> PostOffice:
    """What calling takes. A call holds ids only, so nothing of it is signed or linked."""
    dialer = Dialer(loopback=WebhookSettings.read().webhook_loopback == "on")
    return PostOffice(
        context=RenderContext(store, resources.signer, "", sms=False),
        renderers=LateTable(MAILS),
        send=functools.partial(make_call, store, dialer),
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Make the calls that the messages name; the answer names the messages that nobody could take."""
    office = post(resources.store())
    failed = [record["messageId"] for record in event["Records"] if not _is_made(office, record)]
    return {"batchItemFailures": [{"itemIdentifier": number} for number in failed]}


def _is_made(office: PostOffice, record: dict[str, Any]) -> bool:
    try:
        item = office.store.get(LaneMessage.model_validate_json(record["body"]).key)
        if item is not None:  # What expired meanwhile asks for nothing any more.
            deliver(office, item, now=cut_to_milliseconds(datetime.now(UTC)))
    except Exception as error:  # noqa: BLE001 - one bad message must not stop the others
        telemetry.record("MessagesRefused", message_body=record["body"], error=failure_summary(error))
        return False
    return True
