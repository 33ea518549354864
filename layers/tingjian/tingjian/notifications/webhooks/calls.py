"""Calls to webhooks as deliveries: what an item asks to call with, and the call itself."""

from datetime import datetime

from tingjian.notifications.deliveries.composition import RenderContext
from tingjian.notifications.deliveries.models import GiveUpError, Outgoing, Rendered
from tingjian.notifications.webhooks.actions import switch_off
from tingjian.notifications.webhooks.dialer import AddressRefusedError, Dialer, GoneError
from tingjian.notifications.webhooks.models import WebhookNotFoundError, call_headers, target_of
from tingjian.notifications.webhooks.storage import load_webhook
from tingjian.platform.errors import InvalidInputError
from tingjian.platform.events import SYSTEM
from tingjian.platform.items import Item
from tingjian.platform.store import Store


class SwitchedOffError(Exception):
    """The webhook is switched off, or is there no more."""


def webhook_call(_context: RenderContext, item: Item, _now: datetime) -> Rendered:
    """A call to a webhook; its id stays the same over all tries."""
    call = Outgoing(
        way="webhook", to=item["pk"].removeprefix("webhook#"), text=item["body"], id=item["sk"].rpartition("#")[2]
    )
    return Rendered((call,))


def make_call(store: Store, dialer: Dialer, outgoing: Outgoing, now: datetime) -> str:
    """Call a webhook as it is set up now; the call's own id. A 410 switches it off (Standard Webhooks).

    Raises GiveUpError when trying again would not help, anything else when it might.
    """
    try:
        webhook = load_webhook(store, outgoing.to)
    except WebhookNotFoundError as error:
        raise GiveUpError from error
    if not webhook.active:
        raise GiveUpError from SwitchedOffError()
    try:
        target = target_of(webhook.url, loopback=dialer.loopback)
        dialer.post(target, outgoing.text, call_headers(outgoing.id, outgoing.text, webhook.secrets(now), now))
    except GoneError as error:
        switch_off(store, webhook, actor=SYSTEM, now=now)
        raise GiveUpError from error
    except (AddressRefusedError, InvalidInputError) as error:
        raise GiveUpError from error
    return outgoing.id
