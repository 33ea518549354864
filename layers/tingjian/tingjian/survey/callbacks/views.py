"""Callbacks as staff see them, and how they ask for them. Pure."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from tingjian.platform.models import Frozen, Identifier, Instant
from tingjian.survey.callbacks.forms import CallbackKind
from tingjian.survey.callbacks.models import Callback, CallbackResult, CallbackState, CallResult, Standing


class CallbackAssignment(Frozen):
    """Who is to call; nobody puts it back in the team's list."""

    owner: Identifier | None = None


class CallbackReceipt(Frozen):
    """What a step did. The same request, repeated, gives the same receipt."""

    id: str
    version: int
    event: str
    state: CallbackState
    result: CallbackResult | None = None
    owner: str | None
    at: datetime
    calls: int = 0
    next_call_at: datetime | None = None

    @property
    def location(self) -> str:
        return f"/v1/callbacks/{self.id}"


class CallbackQuery(Frozen):
    """Which callbacks: a person's, a team's, or of all the caller's teams; by due time, or past ones, newest first.

    `call` is the result of the last call: `wrong_number` lists whose customers' data are to be put right.
    """

    team: Identifier | None = None
    owner: Identifier | None = None
    done: bool = False
    kind: CallbackKind | None = None
    standing: Standing | None = None
    call: CallResult | None = None
    plan: Identifier | None = None
    ticket: Identifier | None = None
    customer: Identifier | None = None
    due_before: Instant | None = None
    limit: int = Field(default=25, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=200)

    def wants(self, callback: Callback) -> bool:
        exact = ("kind", "standing", "plan", "ticket", "customer", "owner")
        if any((wanted := getattr(self, name)) and wanted != getattr(callback, name) for name in exact):
            return False
        if self.call and (not callback.attempts or callback.attempts[-1].result != self.call):
            return False
        return self.due_before is None or callback.due_at < self.due_before


class CallbackMay(Frozen):
    """What the caller may do; a code of why not, or null."""

    claim: str | None = None
    record: str | None = None
    assign: str | None = None


class CallbackView(Callback):
    """A callback with the names of its people; until when the customer has quiet; why the caller may not do what."""

    owner_name: str | None = None
    person_name: str | None = None
    standing_now: Standing
    next_call: datetime | None = None
    quiet_until: datetime | None = None
    refusals: CallbackMay

    @classmethod
    def of(cls, callback: Callback, names: Mapping[str, str], refusals: CallbackMay, now: datetime) -> "CallbackView":
        shown = {name: getattr(callback, name) for name in Callback.model_fields}
        owner, person = (names.get(staff) if staff else None for staff in (callback.owner, callback.person))
        return cls(
            **shown,
            owner_name=owner,
            person_name=person,
            standing_now=callback.standing,
            next_call=callback.next_call_at,
            quiet_until=callback.quiet_hours.until(now),
            refusals=refusals,
        )


class CallbackList(Frozen):
    """A page of callbacks, and how those on it stand; `cursor` leads on."""

    items: tuple[CallbackView, ...]
    counts: dict[Standing, int]
    cursor: str | None = None
