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
from tingjian.survey.followups import routes
from tingjian.survey.followups.actions import mark_overdue
from tingjian.survey.followups.events import (
    FollowUpAttempted,
    FollowUpClaimed,
    FollowUpCompleted,
    FollowUpOpened,
    FollowUpOverdue,
    TicketUnblocked,
)
from tingjian.survey.followups.rights import WORK_FOLLOW_UPS

FEATURE = Feature(
    http=Http("survey", routes.app, touches=(index("queue"), index("owner"), READS_JOURNAL, WRITES_JOURNAL)),
    rights=(WORK_FOLLOW_UPS,),
    facts=(FollowUpOpened, FollowUpClaimed, FollowUpAttempted, FollowUpCompleted, FollowUpOverdue, TicketUnblocked),
    timers=(Timer("followup", mark_overdue, touches=(READS_DESK, WRITES_DESK, WRITES_JOURNAL)),),
    notices=("followup_opened", "followup_overdue"),
    blockers=("followup",),
    places=(
        Place(
            "follow-up",
            "followup#<survey>",
            "followup",
            indexes={"queue": "followups@<team>", "owner": "followups@<person>", "due": "<shard>"},
            note="Due until it is done or noticed to be late.",
        ),
    ),
)
