"""Webhooks: what they are made of."""

from tingjian.notifications.webhooks import routes
from tingjian.notifications.webhooks.calls import webhook_call
from tingjian.notifications.webhooks.events import (
    WebhookAdded,
    WebhookChanged,
    WebhookGone,
    WebhookRemoved,
    WebhookSecretRotated,
)
from tingjian.notifications.webhooks.storage import WEBHOOKS
from tingjian.platform.features import (
    DELETES_DESK,
    READS_JOURNAL,
    WRITES_DESK,
    WRITES_JOURNAL,
    Access,
    Feature,
    Http,
    Mail,
    Place,
)
from tingjian.platform.settings import WebhookSettings

READS_WEBHOOK = Access("desk", ("dynamodb:GetItem",))

FEATURE = Feature(
    http=Http(
        "escalation",
        routes.app,
        touches=(DELETES_DESK, READS_JOURNAL, WRITES_JOURNAL),
        reads=(WebhookSettings,),
    ),
    facts=(WebhookAdded, WebhookChanged, WebhookSecretRotated, WebhookRemoved, WebhookGone),
    mails=(
        # A receiver that answers 410 has its webhook switched off.
        Mail(
            "webhook",
            webhook_call,
            touches=(READS_WEBHOOK, WRITES_DESK, READS_JOURNAL, WRITES_JOURNAL),
            reads=(WebhookSettings,),
        ),
    ),
    places=(
        Place("webhook", WEBHOOKS, "<webhook>"),
        Place("call of a webhook", "webhook#<webhook>", "call#<time>#<message>", note="expires after 90 days"),
    ),
)
