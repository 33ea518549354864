"""Callbacks."""

from dataclasses import replace

from tingjian.intake.tickets.events import TicketClosed, TicketConfirmed, TicketReopened, TicketResolved
from tingjian.people.staff.events import StaffChanged
from tingjian.platform.features import (
    READS_DESK,
    READS_JOURNAL,
    WRITES_DESK,
    WRITES_JOURNAL,
    Feature,
    Http,
    Listener,
    Place,
    Timer,
    index,
)
from tingjian.survey.callbacks import routes
from tingjian.survey.callbacks.actions import mark_overdue
from tingjian.survey.callbacks.complaints import (
    owe_callback,
    settle_answered,
    settle_closed,
    settle_confirmed,
    settle_reopened,
)
from tingjian.survey.callbacks.events import (
    CallbackAssigned,
    CallbackClaimed,
    CallbackOpened,
    CallbackOverdue,
    CallbackRecorded,
    CallbackSettled,
    CallbackWithdrawn,
)
from tingjian.survey.callbacks.leaving import give_on
from tingjian.survey.callbacks.rights import SHARE_CALLBACKS, WORK_CALLBACKS
from tingjian.survey.surveys.events import SurveyAnswered

LEAVERS = "Somebody who leaves has callbacks."
TOUCHES = (READS_DESK, WRITES_DESK, WRITES_JOURNAL)

FEATURE = Feature(
    http=Http("survey", routes.app, touches=(index("queue"), index("owner"), READS_JOURNAL, WRITES_JOURNAL)),
    rights=(WORK_CALLBACKS, SHARE_CALLBACKS),
    facts=(
        CallbackOpened,
        CallbackClaimed,
        CallbackAssigned,
        CallbackRecorded,
        CallbackSettled,
        CallbackWithdrawn,
        CallbackOverdue,
    ),
    listeners=(
        Listener(TicketResolved, owe_callback, touches=TOUCHES),
        Listener(TicketReopened, settle_reopened, touches=TOUCHES),
        Listener(TicketConfirmed, settle_confirmed, touches=TOUCHES),
        Listener(TicketClosed, settle_closed, touches=TOUCHES),
        Listener(SurveyAnswered, settle_answered, touches=TOUCHES),
        Listener(StaffChanged, give_on, touches=(*TOUCHES, replace(index("owner"), why=LEAVERS))),
    ),
    timers=(Timer("callback", mark_overdue, touches=TOUCHES),),
    notices=("callback_unsatisfied",),
    blockers=("callback",),
    places=(
        Place(
            "callback",
            "callback#<callback>",
            "callback",
            indexes={"queue": "callbacks@<team>", "owner": "callbacks@<person>", "due": "<shard>"},
            note="Due until it is over or noticed to be late.",
        ),
        Place("record form of callbacks", "callback-forms", "<kind>"),
    ),
)
