"""Audiences: what they listen to, and the kinds of notice that they write."""

from tingjian.escalation.audiences.listeners import tell
from tingjian.escalation.audiences.models import HEARD
from tingjian.platform.features import WRITES_DESK, Access, Feature, Listener

READS_ONE_BY_ONE = Access("desk", ("dynamodb:GetItem", "dynamodb:Query"))

FEATURE = Feature(
    listeners=tuple(Listener(fact, tell, touches=(READS_ONE_BY_ONE, WRITES_DESK)) for fact in HEARD),
    notices=(
        "ticket_assigned",
        "ticket_taken",
        "ticket_reopened",
        "message_failed",
        "close_held",
        "handoff_asked",
        "handoff_accepted",
        "handoff_declined",
        "handoff_done",
        "handoff_withdrawn",
    ),
)
