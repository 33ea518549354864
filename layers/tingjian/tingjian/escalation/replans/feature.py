"""Replans: what they are made of. They are asked for where policies and calendars are saved and applied."""

from tingjian.escalation.replans import routes
from tingjian.escalation.replans.actions import fire_replan
from tingjian.escalation.replans.events import (
    ClockMoved,
    ClocksReplanned,
    ReplanAdvanced,
    ReplanAsked,
    ReplanFinished,
)
from tingjian.platform.features import (
    READS_DESK,
    READS_JOURNAL,
    WRITES_DESK,
    WRITES_JOURNAL,
    Feature,
    Http,
    Place,
    Timer,
    index,
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
