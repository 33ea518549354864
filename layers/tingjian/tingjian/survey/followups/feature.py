from dataclasses import replace

from tingjian.people.staff.events import StaffChanged
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
from tingjian.survey.followups import routes
from tingjian.survey.followups.actions import mark_overdue
from tingjian.survey.followups.events import (
    FollowUpAttempted,
    FollowUpClaimed,
    FollowUpCompleted,
    FollowUpDropped,
    FollowUpGivenOn,
    FollowUpOpened,
    FollowUpOverdue,
    TicketUnblocked,
)
from tingjian.survey.followups.leaving import give_on
from tingjian.survey.followups.rights import WORK_FOLLOW_UPS

READS_ONE_BY_ONE = Access("desk", ("dynamodb:GetItem", "dynamodb:Query"))
LEAVERS = "Somebody who leaves has follow-ups."
OF_LEAVERS = (replace(index("owner"), why=LEAVERS), replace(READS_DESK, why=LEAVERS))
GIVES_ON = (READS_ONE_BY_ONE, *OF_LEAVERS, WRITES_DESK, WRITES_JOURNAL)

FEATURE = Feature(
    http=Http("survey", routes.app, touches=(index("queue"), index("owner"), READS_JOURNAL, WRITES_JOURNAL)),
    rights=(WORK_FOLLOW_UPS,),
    facts=(
        FollowUpOpened,
        FollowUpClaimed,
        FollowUpAttempted,
        FollowUpGivenOn,
        FollowUpDropped,
        FollowUpCompleted,
        FollowUpOverdue,
        TicketUnblocked,
    ),
    listeners=(Listener(StaffChanged, give_on, touches=GIVES_ON),),
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
