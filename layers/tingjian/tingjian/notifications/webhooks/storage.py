"""Webhooks in the store: a small collection; each call to come is an item of its webhook, marked for delivery."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tingjian.notifications.webhooks.models import Health, Webhook, WebhookNotFoundError, call_payload
from tingjian.platform.facts import Fact
from tingjian.platform.ids import derived_id
from tingjian.platform.items import Item, Key
from tingjian.platform.store import Store, Write
from tingjian.platform.times import epoch_seconds, stamp

WEBHOOKS = "webhooks"
CALLS = "webhook#"
CALL = "call#"
HEALTH = "health"
CALLS_KEPT = timedelta(days=90)


def list_webhooks(store: Store) -> list[Webhook]:
    """All webhooks, at most 15 seconds old."""
    return store.members(WEBHOOKS, webhook_from_item)


def load_webhook(store: Store, webhook_id: str) -> Webhook:
    """A webhook by id. Raises WebhookNotFoundError."""
    item = store.get(Key(WEBHOOKS, webhook_id))
    if item is None:
        raise WebhookNotFoundError
    return webhook_from_item(item)


def load_with_health(store: Store, webhook_id: str) -> tuple[Webhook, Health]:
    """A webhook and how its receiver does. One call. Raises WebhookNotFoundError."""
    key, health = Key(WEBHOOKS, webhook_id), health_key(webhook_id)
    found = store.get_many([key, health])
    if key not in found:
        raise WebhookNotFoundError
    return webhook_from_item(found[key]), health_from_item(found.get(health))


def load_healths(store: Store, webhooks: Sequence[Webhook]) -> list[Health]:
    """How the receivers of these webhooks do, in the same order. One call, or none."""
    keys = [health_key(webhook.id) for webhook in webhooks]
    found = store.get_many(keys) if keys else {}
    return [health_from_item(found.get(key)) for key in keys]


def health_key(webhook_id: str) -> Key:
    return Key(CALLS + webhook_id, HEALTH)


def health_write(webhook_id: str, health: Health) -> Write:
    key = health_key(webhook_id)
    item: Item = {"pk": key.pk, "sk": key.sk, "version": health.version, "document": health.model_dump_json()}
    return Write("desk", item, expect=health.version - 1)


def health_delete(webhook_id: str) -> Write:
    """The member of a transaction by which a receiver begins anew."""
    key = health_key(webhook_id)
    return Write("desk", {"pk": key.pk, "sk": key.sk}, kind="delete")


def health_from_item(item: Item | None) -> Health:
    return Health.model_validate_json(item["document"]) if item else Health()


def webhook_write(webhook: Webhook) -> Write:
    item: Item = {"pk": WEBHOOKS, "sk": webhook.id, "version": webhook.version}
    return Write("desk", item | {"document": webhook.model_dump_json()}, expect=webhook.version - 1)


def webhook_delete(webhook: Webhook) -> Write:
    return Write("desk", {"pk": WEBHOOKS, "sk": webhook.id}, expect=webhook.version, kind="delete")


def webhook_calls(store: Store, fact: type[Fact], data: Mapping[str, Any], *, mark: str, now: datetime) -> list[Write]:
    """The members of a transaction that have every webhook called that wants the public fact; `mark` names it once."""
    return [
        call_write(webhook, fact.public, data, mark=mark, now=now)
        for webhook in list_webhooks(store)
        if webhook.wants(fact.public)
    ]


def call_write(webhook: Webhook, event: str, data: Mapping[str, Any], *, mark: str, now: datetime) -> Write:
    message_id = f"msg_{derived_id('webhook', webhook.id, event, mark)}"
    item: Item = {
        "pk": CALLS + webhook.id,
        "sk": f"{CALL}{stamp(now)}#{message_id}",
        "body": json.dumps(call_payload(event, now, dict(data)), ensure_ascii=False, separators=(",", ":")),
        "deliver": "webhook",
        "expires_at": epoch_seconds(now + CALLS_KEPT),
    }
    return Write("desk", item, expect=0)


def webhook_from_item(item: Item) -> Webhook:
    return Webhook.model_validate_json(item["document"])
