from tingjian.intake.handoffs import routes
from tingjian.intake.handoffs.events import (
    HandoffAccepted,
    HandoffAsked,
    HandoffDeclined,
    HandoffDone,
    HandoffWithdrawn,
)
from tingjian.intake.handoffs.rights import ANSWER_HANDOFFS, READ_HANDOFFS
from tingjian.platform.features import (
    READS_DESK,
    READS_JOURNAL,
    WRITES_DESK,
    WRITES_JOURNAL,
    Feature,
    Http,
    Place,
    index,
)

FEATURE = Feature(
    http=Http("intake", routes.app, touches=(READS_DESK, WRITES_DESK, READS_JOURNAL, WRITES_JOURNAL, index("queue"))),
    rights=(READ_HANDOFFS, ANSWER_HANDOFFS),
    facts=(HandoffAsked, HandoffAccepted, HandoffDeclined, HandoffDone, HandoffWithdrawn),
    clocks=("handoff",),
    blockers=("handoff",),
    places=(Place("hand-off", "ticket#<number>", "handoff#<nn>", indexes={"queue": "<department>", "due": "<shard>"}),),
)
