"""What happens to callbacks: ids and codes, never words."""

from datetime import datetime

from tingjian.platform.facts import Fact
from tingjian.survey.callbacks.forms import CallbackKind
from tingjian.survey.callbacks.models import CallbackResult, CallbackState, CallResult, Settlement, Standing


class CallbackFact(Fact):
    """What every event of a callback says of it."""

    kind: CallbackKind
    team: str
    owner: str | None = None
    customer: str
    plan: str | None = None
    ticket: str | None = None
    person: str | None = None
    round: int = 1
    state: CallbackState
    standing: Standing = "not_called"
    calls: int = 0
    result: CallbackResult | None = None


class CallbackOpened(CallbackFact):
    """A customer is to be called."""

    due_at: datetime | None = None


class CallbackClaimed(CallbackFact):
    """Somebody took a callback on."""


class CallbackAssigned(CallbackFact):
    """A callback was given to somebody, or back to the team."""


class CallbackRecorded(CallbackFact):
    """A call was recorded; whether it ended the callback, the state says. The words stay with the callback.

    `kept` says under `callback`, of one that is over, whether it was in time.
    """

    call: CallResult
    reached: bool
    has_suggestion: bool = False
    next_call_at: datetime | None = None
    seconds: float | None = None
    kept: dict[str, bool] | None = None


class CallbackSettled(CallbackFact):
    """A callback is over without a call: the customer said so elsewhere, or there is something else to be asked."""

    settled_by: Settlement


class CallbackWithdrawn(CallbackFact):
    """The customer is not to be called any more."""


class CallbackOverdue(CallbackFact):
    """A customer was not called in time."""
