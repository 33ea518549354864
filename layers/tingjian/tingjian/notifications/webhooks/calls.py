"""Calls to webhooks as deliveries: what an item asks to call with, the call, and what it says of the receiver."""

from datetime import datetime

from tingjian.notifications.deliveries.composition import RenderContext
from tingjian.notifications.deliveries.models import GiveUpError, Outgoing, Rendered, RestError, RetryAfterError
from tingjian.notifications.webhooks.actions import switch_off
from tingjian.notifications.webhooks.dialer import (
    AddressRefusedError,
    CallFailedError,
    Dialer,
    GoneError,
    RedirectRefusedError,
)
from tingjian.notifications.webhooks.models import (
    Health,
    Webhook,
    WebhookNotFoundError,
    call_headers,
    retry_time,
    target_of,
)
from tingjian.notifications.webhooks.storage import health_write, load_with_health
from tingjian.platform.errors import InvalidInputError
from tingjian.platform.events import SYSTEM
from tingjian.platform.items import Item
from tingjian.platform.store import ConditionFailedError, Store


class SwitchedOffError(Exception):
    """The webhook is switched off, or is there no more."""


def webhook_call(_context: RenderContext, item: Item, _now: datetime) -> Rendered:
    """A call to a webhook; its id stays the same over all tries."""
    call = Outgoing(
        way="webhook", to=item["pk"].removeprefix("webhook#"), text=item["body"], id=item["sk"].rpartition("#")[2]
    )
    return Rendered((call,))


def make_call(store: Store, dialer: Dialer, outgoing: Outgoing, now: datetime) -> str:
    """Call a webhook as it is set up now; the call's own id.

    A 410 switches it off (Standard Webhooks), and so does a receiver that has failed for as long as the webhook bears.
    Raises RestError while the receiver is left alone, RetryAfterError if it asks for it, GiveUpError when trying again
    would not help, anything else when it might.
    """
    try:
        webhook, health = load_with_health(store, outgoing.to)
    except WebhookNotFoundError as error:
        raise GiveUpError from error
    if not webhook.active:
        raise GiveUpError from SwitchedOffError()
    if health.rests_until and health.rests_until > now:
        raise RestError(health.rests_until)
    try:
        target = target_of(webhook.url, loopback=dialer.loopback)
        dialer.post(target, outgoing.text, call_headers(outgoing.id, outgoing.text, webhook.secrets(now), now))
    except GoneError as error:
        switch_off(store, webhook, "gone", actor=SYSTEM, now=now)
        raise GiveUpError from error
    except (AddressRefusedError, InvalidInputError) as error:
        raise GiveUpError from error
    except (CallFailedError, RedirectRefusedError, OSError) as error:
        _note_failure(store, webhook, health, error, now)
        raise
    if health.failures:
        _note(store, webhook, health.recover())
    return outgoing.id


def _note_failure(store: Store, webhook: Webhook, health: Health, error: Exception, now: datetime) -> None:
    """Remember that the receiver failed. Raises GiveUpError when it is switched off for it, or RetryAfterError."""
    retry_at = retry_time(error.retry_after, now) if isinstance(error, CallFailedError) else None
    after = health.fail(now, retry_at=retry_at, slow=isinstance(error, TimeoutError))
    _note(store, webhook, after)
    if after.is_hopeless(webhook, now):
        switch_off(store, webhook, "failing", actor=SYSTEM, now=now)
        raise GiveUpError from error
    if retry_at:
        raise RetryAfterError(retry_at) from error


def _note(store: Store, webhook: Webhook, health: Health) -> None:
    try:
        store.transact([health_write(webhook.id, health)])
    except ConditionFailedError:
        return  # Another call to the same receiver said how it does.
