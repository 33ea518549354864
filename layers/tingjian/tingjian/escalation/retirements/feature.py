"""Retirements of teams, people and types of request."""

from tingjian.escalation.retirements import routes
from tingjian.escalation.retirements.moving import fire_retirement
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

MOVES = (READS_DESK, WRITES_DESK, READS_JOURNAL, WRITES_JOURNAL, index("queue"), index("owner"))

FEATURE = Feature(
    http=Http("escalation", routes.app, touches=MOVES),
    timers=(Timer("retirement", fire_retirement, touches=MOVES),),
    places=(
        Place(
            "retirement",
            "retirement#<kind>.<id>",
            "retirement",
            indexes={"due": "<shard>"},
            note="Due until nothing is left to move.",
        ),
    ),
)
