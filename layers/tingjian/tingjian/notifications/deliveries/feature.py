"""Deliveries: what they are made of, and what the door that delivers needs."""

from tingjian.notifications.deliveries import routes
from tingjian.notifications.deliveries.actions import fire_delivery
from tingjian.notifications.deliveries.events import DeliveryReplayed, MessageFailed, MessageReached
from tingjian.notifications.deliveries.rights import EDIT_WEBHOOKS
from tingjian.platform.features import (
    READS_JOURNAL,
    SIGNS,
    WRITES_DESK,
    WRITES_JOURNAL,
    Access,
    Feature,
    Http,
    Place,
    Timer,
    Work,
    index,
)
from tingjian.platform.settings import MailSettings, OriginSettings, TextMessageSettings

READS_DELIVERIES = Access("desk", ("dynamodb:GetItem",))
SENDS_MAIL = Access("mail", ("ses:SendEmail",))
SENDS_TEXT_MESSAGES = Access("sms", ("sns:Publish",))

COUNTS = Access("desk", ("dynamodb:UpdateItem",))
"""What a recipient got today is counted where it stands."""

FEATURE = Feature(
    http=Http("escalation", routes.app, touches=(index("queue"), READS_JOURNAL, WRITES_JOURNAL)),
    rights=(EDIT_WEBHOOKS,),
    facts=(DeliveryReplayed, MessageReached, MessageFailed),
    timers=(Timer("delivery", fire_delivery, touches=(WRITES_DESK, WRITES_JOURNAL)),),
    work=(
        Work("escalation.caller", touches=(READS_DELIVERIES, WRITES_DESK)),
        Work(
            "escalation.worker",
            touches=(READS_DELIVERIES, WRITES_DESK, COUNTS, WRITES_JOURNAL, SIGNS, SENDS_MAIL, SENDS_TEXT_MESSAGES),
            reads=(MailSettings, OriginSettings, TextMessageSettings),
        ),
    ),
    places=(
        Place(
            "delivery",
            "delivery#<ticket, else the id of its source>",
            "delivery#<id of its source>, or delivery",
            indexes={"due": "<shard>", "queue": "dead#<channel>"},
            note="due while it is in flight, in the queue once it is dead; expires 90 days after it ended",
        ),
        Place(
            "further try",
            "delivery#<ticket, else the id of its source>",
            "try#<id of its source>#<version>, or try#<version>",
            note="expires after 2 days",
        ),
    ),
)
