from tingjian.intake.attachments.feature import TAKES_UPLOADS
from tingjian.intake.handoffs import routes
from tingjian.intake.handoffs.events import (
    HandoffAccepted,
    HandoffAsked,
    HandoffDeclined,
    HandoffDone,
    HandoffRerouted,
    HandoffReturned,
    HandoffVerified,
    HandoffWithdrawn,
)
from tingjian.intake.handoffs.rights import ANSWER_HANDOFFS, READ_HANDOFFS, VERIFY_HANDOFFS
from tingjian.platform.features import (
    READS_DESK,
    READS_JOURNAL,
    WRITES_DESK,
    WRITES_JOURNAL,
    Feature,
    Http,
    Place,
    index,
    uploads,
)

FEATURE = Feature(
    http=Http(
        "intake",
        routes.app,
        touches=(
            READS_DESK,
            WRITES_DESK,
            READS_JOURNAL,
            WRITES_JOURNAL,
            index("queue"),
            uploads("uploads", "PutObject"),
            *TAKES_UPLOADS,
        ),
    ),
    rights=(READ_HANDOFFS, ANSWER_HANDOFFS, VERIFY_HANDOFFS),
    facts=(
        HandoffAsked,
        HandoffAccepted,
        HandoffDeclined,
        HandoffDone,
        HandoffVerified,
        HandoffReturned,
        HandoffRerouted,
        HandoffWithdrawn,
    ),
    clocks=("handoff",),
    blockers=("handoff", "handoff_declined", "handoff_unverified"),
    places=(Place("hand-off", "ticket#<number>", "handoff#<nn>", indexes={"queue": "<department>", "due": "<shard>"}),),
)
