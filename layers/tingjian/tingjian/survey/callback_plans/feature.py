"""Callback plans."""

from dataclasses import replace

from tingjian.intake.customers.events import CustomerChanged
from tingjian.intake.tickets.events import TicketOpened, TicketResolved
from tingjian.people.staff.events import StaffChanged
from tingjian.platform.features import (
    DELETES_DESK,
    READS_DESK,
    READS_JOURNAL,
    SIGNS,
    WRITES_DESK,
    WRITES_JOURNAL,
    Access,
    Feature,
    Http,
    Listener,
    Place,
    Timer,
    index,
    uploads,
)
from tingjian.platform.settings import CentreSettings, FilesSettings, SigningSettings
from tingjian.survey.callback_plans import events, routes
from tingjian.survey.callback_plans.leaving import give_on
from tingjian.survey.callback_plans.listeners import clear_callbacks, make_callbacks, make_export
from tingjian.survey.callback_plans.rights import EDIT_PLANS, READ_PLANS
from tingjian.survey.callback_plans.standing import follow_callback
from tingjian.survey.callback_plans.storage import SOURCES
from tingjian.survey.callback_plans.timers import fire_plan
from tingjian.survey.callback_plans.triggers import hear_trigger
from tingjian.survey.callback_plans.turns import enrol, fire_turn
from tingjian.survey.callbacks.events import (
    CallbackAssigned,
    CallbackClaimed,
    CallbackRecorded,
    CallbackSettled,
    CallbackWithdrawn,
)
from tingjian.survey.surveys.events import SurveyAnswered

LIST_FILES = uploads("imports/calls", "GetObject", "PutObject")
LISTS_FILES = Access("files", ("s3:ListBucket",))
"""Also for one that is absent: without it S3 says that the file is forbidden."""
EXPORTS = uploads("exports", "GetObject", "PutObject")
CHECKS_DESK = Access("desk", ("dynamodb:ConditionCheckItem",))
"""That the plan was not stopped meanwhile."""
KEEPS = (READS_DESK, WRITES_DESK, READS_JOURNAL, WRITES_JOURNAL, index("queue"))
READS_ONE_BY_ONE = Access("desk", ("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"))
FINDS_FILES = replace(LISTS_FILES, why="The file of a list is gone after a month, which is not forbidden.")
MAKES = (
    READS_ONE_BY_ONE, WRITES_DESK, WRITES_JOURNAL, CHECKS_DESK, index("party"), LIST_FILES, FINDS_FILES, SIGNS,
)  # fmt: skip
TAKES = (READS_ONE_BY_ONE, WRITES_DESK, WRITES_JOURNAL, CHECKS_DESK, index("party"))
MOVES = (READS_ONE_BY_ONE, WRITES_DESK, WRITES_JOURNAL, index("queue"), index("owner"))
EXPORTING = (READS_ONE_BY_ONE, WRITES_DESK, WRITES_JOURNAL)
LEADS_ON = (
    events.CallbackPlanStarted,
    events.CallbackPlanBegan,
    events.CallbackPlanResumed,
    events.CallbackPlanStopped,
    events.CallbackPlanEnded,
    events.CallListChecked,
    events.CallListAdvanced,
    events.CallListFinished,
    events.CallListFailed,
    events.CallListCancelled,
)
"""After each of these there may be a list to work off."""
LETS_GO = replace(DELETES_DESK, why="A plan with events or a cycle is over, or loses somebody while it rests.")
CALLED = (CallbackClaimed, CallbackAssigned, CallbackRecorded, CallbackSettled, CallbackWithdrawn)

FEATURE = Feature(
    http=Http(
        "survey",
        routes.app,
        touches=(
            *KEEPS,
            index("owner"),
            DELETES_DESK,
            LIST_FILES,
            LISTS_FILES,
            uploads("exports", "GetObject"),
            SIGNS,
        ),
        reads=(FilesSettings,),
    ),
    rights=(EDIT_PLANS, READ_PLANS),
    facts=(
        events.CallbackPlanCreated,
        events.CallbackPlanChanged,
        events.CallbackPlanHandedOver,
        events.CallbackPlanPaused,
        *LEADS_ON[:5],
        events.CallListCreated,
        *LEADS_ON[5:],
        events.CallbackClearingStarted,
        events.CallbackClearingAdvanced,
        events.CallbackClearingDone,
        events.CallbackExportAsked,
        events.CallbackExportAdvanced,
        events.CallbackExportMade,
        events.CallbackExportFetched,
    ),
    listeners=(
        *(Listener(fact, make_callbacks, touches=MAKES, reads=(FilesSettings, SigningSettings)) for fact in LEADS_ON),
        Listener(events.CallbackClearingStarted, clear_callbacks, touches=MOVES),
        Listener(events.CallbackClearingAdvanced, clear_callbacks, touches=MOVES),
        *(Listener(fact, hear_trigger, touches=TAKES) for fact in (TicketResolved, SurveyAnswered)),
        *(Listener(fact, enrol, touches=(READS_ONE_BY_ONE, WRITES_DESK)) for fact in (TicketOpened, CustomerChanged)),
        *(
            Listener(fact, make_export, touches=(*EXPORTING, EXPORTS), reads=(FilesSettings, CentreSettings))
            for fact in (events.CallbackExportAsked, events.CallbackExportAdvanced)
        ),
        Listener(StaffChanged, give_on, touches=(*MOVES, LETS_GO)),
        *(Listener(fact, follow_callback, touches=(READS_ONE_BY_ONE, WRITES_DESK)) for fact in CALLED),
    ),
    timers=(
        Timer("callback-plan", fire_plan, touches=(WRITES_DESK, LETS_GO, WRITES_JOURNAL)),
        Timer("callback-cycle", fire_turn, touches=(*TAKES, LETS_GO)),
    ),
    notices=("callback_plan_deserted",),
    places=(
        Place(
            "callback plan",
            "callback-plan#<plan>",
            "callback-plan",
            indexes={"queue": "callback-plans@<team>", "due": "<shard>"},
            note="Due at its start and at its end.",
        ),
        Place("counts of a plan", "callback-plan#<plan>", "tally"),
        Place("list of people to be called", "callback-plan#<plan>", "list#<list>"),
        Place("how far a list is", "callback-plan#<plan>", "progress#<list>"),
        Place("export of a plan", "callback-plan#<plan>", "export#<export>", note="With the words of its reason."),
        Place("withdrawing or giving on", "callback-plan#<plan>", "clearing#<clearing>", note="How far it is."),
        Place(
            "callback in its plan",
            "callback-members#<plan>",
            "<callback>",
            indexes={"queue": "callback-members@<plan>", "owner": "callback-members@<plan>@<person>"},
        ),
        Place(
            "customer in a cycle",
            "callback-cycle#<plan>.<customer>",
            "callback-cycle",
            indexes={"due": "<shard>"},
            note="Due when the customer is to be called.",
        ),
        Place("plan that waits for events or customers", SOURCES, "<plan>", note="While it runs."),
    ),
)
