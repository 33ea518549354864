"""Replans: what they are made of. They are asked for where policies and calendars are saved and applied."""

from tingjian.escalation.replans import routes
from tingjian.escalation.replans.actions import fire_replan, hear_level
from tingjian.escalation.replans.events import (
    ClockMoved,
    ClocksReplanned,
    ReplanAdvanced,
    ReplanAsked,
    ReplanFinished,
)
from tingjian.intake.customers.events import CustomerChanged
from tingjian.platform.features import (
    READS_DESK,
    READS_JOURNAL,
    WRITES_DESK,
    WRITES_JOURNAL,
    Access,
    Feature,
    Http,
    Listener,
    Place,
    Timer,
    index,
)

WHY = "plans the open tickets of a customer anew whose level has changed"
LEVELS = (
    Access("desk", ("dynamodb:GetItem", "dynamodb:Query")),
    Access("desk", ("dynamodb:BatchGetItem",), why=WHY),
    Access("desk", ("dynamodb:Query",), "index/party", why=WHY),
    Access("journal", ("dynamodb:Query",), why=WHY),
    WRITES_DESK,
    WRITES_JOURNAL,
)

FEATURE = Feature(
    http=Http("escalation", routes.app),
    facts=(ReplanAsked, ReplanAdvanced, ReplanFinished, ClockMoved, ClocksReplanned),
    timers=(
        Timer(
            "replan",
            fire_replan,
            touches=(READS_DESK, index("queue"), WRITES_DESK, READS_JOURNAL, WRITES_JOURNAL),
        ),
    ),
    listeners=(Listener(CustomerChanged, hear_level, touches=LEVELS),),
    places=(
        Place(
            "replan",
            "replan#<replan>",
            "replan",
            indexes={"due": "<shard>"},
            note="due until it is done; expires after 90 days",
        ),
    ),
)
