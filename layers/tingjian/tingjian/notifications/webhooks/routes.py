from tingjian.notifications.deliveries.rights import EDIT_WEBHOOKS
from tingjian.notifications.webhooks import actions
from tingjian.notifications.webhooks.dialer import Dialer
from tingjian.notifications.webhooks.models import WebhookBody, WebhookList, WebhookView
from tingjian.notifications.webhooks.storage import list_webhooks, load_healths, load_with_health
from tingjian.platform.http import Here, resolver, staff
from tingjian.platform.settings import WebhookSettings

app = resolver()


@app.get("/v1/webhooks", **staff(EDIT_WEBHOOKS))
def webhooks(call: Here) -> WebhookList:
    """List the webhooks."""
    found = list_webhooks(call.store)
    return WebhookList(items=tuple(map(WebhookView.of, found, load_healths(call.store, found))))


def webhook_dialer() -> Dialer:
    """Who tries a webhook's address before it is stored."""
    return Dialer(loopback=WebhookSettings.read().webhook_loopback == "on")


@app.post("/v1/webhooks", status_code=201, **staff(EDIT_WEBHOOKS))
def add(call: Here, body: WebhookBody) -> WebhookView:
    """Add a webhook; the answer holds the secret by which its calls are verified."""
    webhook = actions.add_webhook(
        call.store, webhook_dialer(), body, idempotency=call.idempotency, actor=call.caller.actor, now=call.now
    )
    return WebhookView.of(webhook, with_secret=True)


@app.get("/v1/webhooks/<webhook>", **staff(EDIT_WEBHOOKS))
def show(call: Here, webhook: str) -> WebhookView:
    """Show a webhook, without its secret."""
    return WebhookView.of(*load_with_health(call.store, webhook))


@app.put("/v1/webhooks/<webhook>", **staff(EDIT_WEBHOOKS))
def edit(call: Here, webhook: str, body: WebhookBody) -> WebhookView:
    """Change a webhook; needs If-Match."""
    changed = actions.put_webhook(
        call.store,
        webhook_dialer(),
        webhook,
        body,
        expected=call.require_version(),
        actor=call.caller.actor,
        now=call.now,
    )
    return WebhookView.of(changed)


@app.delete("/v1/webhooks/<webhook>", status_code=204, **staff(EDIT_WEBHOOKS))
def remove(call: Here, webhook: str) -> None:
    """Remove a webhook."""
    actions.remove_webhook(call.store, webhook, expected=call.if_match, actor=call.caller.actor, now=call.now)


@app.post("/v1/webhooks/<webhook>/rotate-secret", **staff(EDIT_WEBHOOKS))
def rotate(call: Here, webhook: str) -> WebhookView:
    """Make a new secret; the old one signs along for a day."""
    return WebhookView.of(
        actions.rotate_secret(call.store, webhook, idempotency=call.idempotency, actor=call.caller.actor, now=call.now),
        with_secret=True,
    )


@app.post("/v1/webhooks/<webhook>/test", status_code=204, **staff(EDIT_WEBHOOKS, kept=True))
def test(call: Here, webhook: str) -> None:
    """Have the webhook called with a ping."""
    actions.call_for_test(call.store, webhook, now=call.now)
