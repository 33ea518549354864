"""Callback plans."""

from tingjian.platform.features import (
    READS_DESK,
    READS_JOURNAL,
    SIGNS,
    WRITES_DESK,
    WRITES_JOURNAL,
    Access,
    Feature,
    Http,
    Place,
    index,
    uploads,
)
from tingjian.platform.settings import FilesSettings
from tingjian.survey.callback_plans import routes
from tingjian.survey.callback_plans.events import (
    CallbackPlanChanged,
    CallbackPlanCreated,
    CallbackPlanPaused,
    CallbackPlanResumed,
    CallbackPlanStarted,
    CallbackPlanStopped,
    CallListChecked,
    CallListCreated,
)
from tingjian.survey.callback_plans.rights import EDIT_PLANS, READ_PLANS
from tingjian.survey.callback_plans.storage import SOURCES

LIST_FILES = uploads("imports/calls", "GetObject", "PutObject")
LISTS_FILES = Access("files", ("s3:ListBucket",))
"""Also for one that is absent: without it S3 says that the file is forbidden."""

KEEPS = (READS_DESK, WRITES_DESK, READS_JOURNAL, WRITES_JOURNAL, index("queue"))

FEATURE = Feature(
    http=Http(
        "survey",
        routes.app,
        touches=(
            READS_DESK,
            WRITES_DESK,
            READS_JOURNAL,
            WRITES_JOURNAL,
            index("queue"),
            LIST_FILES,
            LISTS_FILES,
            SIGNS,
        ),
        reads=(FilesSettings,),
    ),
    rights=(EDIT_PLANS, READ_PLANS),
    facts=(
        CallbackPlanCreated,
        CallbackPlanChanged,
        CallbackPlanStarted,
        CallbackPlanPaused,
        CallbackPlanResumed,
        CallbackPlanStopped,
        CallListCreated,
        CallListChecked,
    ),
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
        Place("plan that waits for events or customers", SOURCES, "<plan>", note="While it runs."),
    ),
)
