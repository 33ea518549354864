"""Retirements of teams, people and types of request."""

from dataclasses import replace

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

OF_A_PERSON = replace(index("owner"), why="A retirement of a person with more tickets than one request moves.")
GOES_ON = (READS_DESK, WRITES_DESK, READS_JOURNAL, WRITES_JOURNAL, index("queue"), OF_A_PERSON)

FEATURE = Feature(
    http=Http("escalation", routes.app, touches=MOVES),
    timers=(Timer("retirement", fire_retirement, touches=GOES_ON),),
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
