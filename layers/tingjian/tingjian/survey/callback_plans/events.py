"""What happens to callback plans, their lists and exports: ids, codes and counts, never names or words."""

from tingjian.intake.reveals.models import AccessReason
from tingjian.platform.facts import Fact
from tingjian.survey.callback_plans.call_lists import ListState
from tingjian.survey.callback_plans.clearings import ClearingAct
from tingjian.survey.callback_plans.exports import ExportForm, ExportState
from tingjian.survey.callback_plans.models import PlanState, SourceKind
from tingjian.survey.callbacks.forms import CallbackKind


class CallbackPlanFact(Fact):
    """What every event of a plan says of it."""

    kind: CallbackKind
    team: str
    source: SourceKind
    state: PlanState
    people: tuple[str, ...] = ()


class CallbackPlanCreated(CallbackPlanFact):
    """A plan was written; it makes nothing yet."""


class CallbackPlanChanged(CallbackPlanFact):
    """A plan was edited; `changed` names the fields."""

    changed: tuple[str, ...]


class CallbackPlanHandedOver(CallbackPlanFact):
    """What somebody has open of a plan is given to others."""


class CallbackPlanStarted(CallbackPlanFact):
    """A plan was started. It makes callbacks from its first day on."""


class CallbackPlanBegan(CallbackPlanFact):
    """The first day of a plan that was started before has come."""


class CallbackPlanPaused(CallbackPlanFact):
    """A plan makes nothing for now."""


class CallbackPlanResumed(CallbackPlanFact):
    """A plan goes on."""


class CallbackPlanStopped(CallbackPlanFact):
    """Somebody stopped a plan: it makes nothing more, and its open callbacks are withdrawn."""


class CallbackPlanEnded(CallbackPlanFact):
    """The last day of a plan is over: it makes nothing more; what is open stays to be done."""


class CallListFact(Fact):
    """What every event of a list says of it."""

    plan: str
    state: ListState
    rows: int
    made: int
    refused: int


class CallListCreated(CallListFact):
    """A list waits for its file."""


class CallListChecked(CallListFact):
    """The file was read as a whole: `refused` rows cannot be taken as they are."""


class CallListAdvanced(CallListFact):
    """Some more rows were worked off, and the rest is to follow."""


class CallListFinished(CallListFact):
    """Every row is a callback, or refused."""


class CallListFailed(CallListFact):
    """The list cannot be worked off: its file was replaced, or is too much for the plan."""


class CallListCancelled(CallListFact):
    """The plan was stopped before the list was worked off."""


class CallbackClearingFact(Fact):
    """What every event of a clearing says: what is done with open callbacks of a plan, whose, and how many it were."""

    plan: str
    act: ClearingAct
    person: str | None = None
    to: str | None = None
    moved: int


class CallbackClearingStarted(CallbackClearingFact):
    """Open callbacks of a plan are to be withdrawn, or given on."""


class CallbackClearingAdvanced(CallbackClearingFact):
    """Some were; the rest is to follow."""


class CallbackClearingDone(CallbackClearingFact):
    """None are left."""


class CallbackExportFact(Fact):
    """What every event of an export says: of which plan, in which form, with full contacts or masked ones."""

    plan: str
    form: ExportForm
    full: bool
    reason: AccessReason | None = None
    state: ExportState
    rows: int


class CallbackExportAsked(CallbackExportFact):
    """Somebody wants the callbacks of a plan as a file."""


class CallbackExportAdvanced(CallbackExportFact):
    """Some more rows of the file are there."""


class CallbackExportMade(CallbackExportFact):
    """The file is there."""


class CallbackExportFetched(CallbackExportFact):
    """Somebody got a link to the file."""
