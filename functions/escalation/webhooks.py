"""Routes of webhooks, and of deliveries that were given up."""

from functions.escalation.door import door, settings
from tingjian.notifications.deliveries.actions import replay
from tingjian.notifications.deliveries.models import DeadQuery, DeliveryList, DeliveryView
from tingjian.notifications.deliveries.storage import list_dead
from tingjian.notifications.webhooks import actions
from tingjian.notifications.webhooks.calling import Dialer
from tingjian.notifications.webhooks.models import WebhookBody, WebhookList, WebhookView
from tingjian.notifications.webhooks.storage import list_webhooks, load_webhook
from tingjian.platform.http import Call


def webhook_dialer() -> Dialer:
    """Who tries a webhook's address before it is stored."""
    return Dialer(loopback=settings().webhook_loopback == "on")


@door.get("/v1/webhooks", right="webhooks.edit")
def webhooks(call: Call) -> WebhookList:
    """List the webhooks."""
    return WebhookList(items=tuple(WebhookView.of(webhook) for webhook in list_webhooks(call.store)))


@door.post("/v1/webhooks", right="webhooks.edit", status=201)
def add(call: Call, body: WebhookBody) -> WebhookView:
    """Add a webhook; the answer holds the secret by which its calls are verified."""
    webhook = actions.add_webhook(
        call.store, webhook_dialer(), body, idempotency=call.idempotency, actor=call.caller.actor, now=call.now
    )
    return WebhookView.of(webhook, with_secret=True)


@door.get("/v1/webhooks/{webhook}", right="webhooks.edit")
def show(call: Call, webhook: str) -> WebhookView:
    """Show a webhook, without its secret."""
    return WebhookView.of(load_webhook(call.store, webhook))


@door.put("/v1/webhooks/{webhook}", right="webhooks.edit")
def edit(call: Call, webhook: str, body: WebhookBody) -> WebhookView:
    """Change a webhook; needs If-Match."""
    changed = actions.put_webhook(
        call.store,
        webhook_dialer(),
        webhook,
        body,
        expected=call.required_version(),
        actor=call.caller.actor,
        now=call.now,
    )
    return WebhookView.of(changed)


@door.delete("/v1/webhooks/{webhook}", right="webhooks.edit", status=204)
def remove(call: Call, webhook: str) -> None:
    """Remove a webhook."""
    actions.remove_webhook(call.store, webhook, expected=call.if_match, actor=call.caller.actor, now=call.now)


@door.post("/v1/webhooks/{webhook}/rotate-secret", right="webhooks.edit")
def rotate(call: Call, webhook: str) -> WebhookView:
    """Make a new secret; the old one signs along for a day."""
    return WebhookView.of(
        actions.rotate_secret(call.store, webhook, idempotency=call.idempotency, actor=call.caller.actor, now=call.now),
        with_secret=True,
    )


@door.post("/v1/webhooks/{webhook}/test", right="webhooks.edit", status=204, kept=True)
def test(call: Call, webhook: str) -> None:
    """Have the webhook called with a ping."""
    actions.call_for_test(call.store, webhook, now=call.now)


@door.get("/v1/webhooks/dead-letters", right="webhooks.edit")
def dead(call: Call, query: DeadQuery) -> DeliveryList:
    """List calls of a webhook, or mail and text messages, that were given up, newest first."""
    channel = f"webhook#{query.webhook}" if query.webhook else "messages"
    found, cursor = list_dead(call.store, channel, limit=query.limit, cursor=query.cursor)
    return DeliveryList(items=tuple(map(DeliveryView.of, found)), cursor=cursor)


@door.post("/v1/webhooks/dead-letters/{delivery}/replay", right="webhooks.edit", kept=True)
def replay_dead(call: Call, delivery: str) -> DeliveryView:
    """Have a delivery that was given up tried again."""
    return DeliveryView.of(replay(call.store, delivery, actor=call.caller.actor, now=call.now))
