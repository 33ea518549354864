from tingjian.notifications.webhooks import routes
from tingjian.notifications.webhooks.calls import webhook_call
from tingjian.notifications.webhooks.events import (
    WebhookAdded,
    WebhookChanged,
    WebhookGone,
    WebhookRemoved,
    WebhookSecretRotated,
    WebhookSwitchedOff,
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

READS_WEBHOOK = Access("desk", ("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"))
READS_LAST_EVENT = Access("journal", ("dynamodb:GetItem",))
FINDS_WHO_WAS_FIRST = Access(
    "journal", ("dynamodb:Query",), why="For a webhook that is changed by somebody else while it is switched off."
)

FEATURE = Feature(
    http=Http(
        "escalation",
        routes.app,
        touches=(DELETES_DESK, READS_JOURNAL, WRITES_JOURNAL),
        reads=(WebhookSettings,),
    ),
    facts=(WebhookAdded, WebhookChanged, WebhookSecretRotated, WebhookRemoved, WebhookGone, WebhookSwitchedOff),
    mails=(
        # A receiver that answers 410, or that has failed for too long, has its webhook switched off.
        Mail(
            "webhook",
            webhook_call,
            "webhooks",
            touches=(READS_WEBHOOK, WRITES_DESK, READS_LAST_EVENT, FINDS_WHO_WAS_FIRST, WRITES_JOURNAL),
            reads=(WebhookSettings,),
        ),
    ),
    notices=("webhook_gone", "webhook_failing"),
    places=(
        Place("webhook", WEBHOOKS, "<webhook>"),
        Place("how a webhook's receiver does", "webhook#<webhook>", "health"),
        Place("call of a webhook", "webhook#<webhook>", "call#<time>#<message>", note="expires after 90 days"),
    ),
)
