"""A callback: a customer is called about something by a time (scope rows 22 and 23; C1-C10, C25, C48, C49). Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from tingjian.notifications.quiet import QuietHours
from tingjian.platform.errors import ConflictError, NotFoundError, invalid
from tingjian.platform.models import Frozen, Instant, Text
from tingjian.platform.times import stamp
from tingjian.survey.callbacks.forms import LONGEST_ANSWER, MOST_QUESTIONS, CallbackKind, FormAnswer

CallbackState = Literal["open", "done", "withdrawn"]
CallResult = Literal[
    "satisfied", "neutral", "not_satisfied", "no_answer", "busy", "off", "wrong_number", "refused", "call_later"
]
CallbackResult = Literal["satisfied", "neutral", "not_satisfied", "refused", "unreachable"]
Standing = Literal["not_called", "no_answer", "answered", "satisfied", "withdrawn"]
Settlement = Literal["call", "link", "survey", "followup", "reopened"]
FAILED: frozenset[CallResult] = frozenset({"no_answer", "busy", "off", "wrong_number"})
"""Results of a call at which the customer was not reached."""
ATTEMPTS, ATTEMPT_GAP_MINUTES = 3, 240
NIGHT = QuietHours(start="21:00", end="09:00")
LATEST_CALL_DAYS = 90


class CallbackNotFoundError(NotFoundError):
    """There is no callback with this id."""

    code = "callback_not_found"


class CallbackTakenError(ConflictError):
    """Somebody else has the call; `members` say who and since when."""

    code = "callback_taken"


class CallbackDoneError(ConflictError):
    """The callback is over; `members` say who ended it and when."""

    code = "callback_done"


class CallTooEarlyError(ConflictError):
    """The last attempt was too short a while ago; another one counts from `members["next_at"]` on."""

    code = "call_too_early"


class CallRecord(Frozen):
    """How a call went (回访记录表): its result, what was said, suggestions, and answers to the form's questions.

    `call_later` says when the customer wants to be called.
    """

    result: CallResult
    note: Text
    suggestion: Text | None = None
    answers: dict[str, FormAnswer] = Field(default={}, max_length=MOST_QUESTIONS)
    later_at: Instant | None = None

    @model_validator(mode="after")
    def _says_when_to_call_later(self) -> Self:
        if (self.result == "call_later") != (self.later_at is not None):
            code = "later_at"
            raise PydanticCustomError(code, "A time belongs to a call that is asked for later, and to no other")
        if any(isinstance(answer, str) and len(answer) > LONGEST_ANSWER for answer in self.answers.values()):
            code = "string_too_long"
            raise PydanticCustomError(code, "An answer is too long")
        return self

    @property
    def reached(self) -> bool:
        return self.result not in FAILED


class CallAttempt(CallRecord):
    """A recorded call."""

    at: datetime
    by: str


class Callback(Frozen):
    """A callback.

    `plan` is the plan that made it, `round` the so manieth since the customer complained, `person` whose work is asked
    about, `calls` how often a call did not settle it. One that `holds` its ticket is over before its time only with a
    customer who is satisfied, or with another round of work.
    """

    id: str
    version: int
    hash: str = Field(default="", exclude=True)
    kind: CallbackKind
    team: str
    owner: str | None = None
    customer: str
    plan: str | None = None
    ticket: str | None = None
    holds: bool = False
    work_team: str | None = None
    person: str | None = None
    round: int = 1
    order: str | None = None
    note: str | None = None
    script: str | None = None
    state: CallbackState = "open"
    calls: int = 0
    result: CallbackResult | None = None
    settled_by: Settlement | None = None
    opened_at: datetime
    due_at: datetime
    overdue_at: datetime | None = None
    claimed_at: datetime | None = None
    done_at: datetime | None = None
    done_by: str | None = None
    later_at: datetime | None = None
    attempts: tuple[CallAttempt, ...] = ()
    attempts_wanted: int = ATTEMPTS
    attempt_gap_minutes: int = ATTEMPT_GAP_MINUTES
    quiet_hours: QuietHours = NIGHT

    @property
    def entity(self) -> str:
        return f"callback#{self.id}"

    @property
    def blocker(self) -> str:
        return f"callback:{self.id}"

    @property
    def queue_sort(self) -> str:
        prefix, moment = ("1", self.done_at) if self.done_at else ("0", self.due_at)
        return f"{prefix}#{stamp(moment)}#{self.id}"

    @property
    def standing(self) -> Standing:
        """How it counts: not called, no answer, answered, satisfied."""
        if self.state == "withdrawn":
            return "withdrawn"
        if self.result == "satisfied":
            return "satisfied"
        if any(attempt.reached for attempt in self.attempts):
            return "answered"
        return "no_answer" if self.attempts else "not_called"

    @property
    def next_call_at(self) -> datetime | None:
        """From when on another call counts, outside quiet hours; None before the first."""
        if self.state != "open" or not self.attempts:
            return None
        planned = self.later_at or self.attempts[-1].at + timedelta(minutes=self.attempt_gap_minutes)
        return self.quiet_hours.until(planned) or planned

    def given_to(self, owner: str | None) -> "Callback":
        """With another owner, or in the team's list. Raises CallbackDoneError."""
        self.require_open()
        return self._next(owner=owner, claimed_at=None)

    def with_claim(self, *, by: str, now: datetime) -> "Callback":
        """Taken on by somebody. Raises CallbackDoneError, or CallbackTakenError when somebody else has it."""
        self.require_open()
        if self.claimed_at and self.owner != by:
            since = stamp(self.attempts[-1].at if self.attempts else self.claimed_at)
            raise CallbackTakenError(by=self.owner, at=since, members={"owner": self.owner, "at": since})
        return self._next(owner=by, claimed_at=self.claimed_at or now)

    def with_call(self, record: CallRecord, *, by: str, now: datetime) -> "Callback":
        """With one more call. It ends the callback, or it is tried again until the set number of calls.

        Raises CallbackDoneError, CallbackTakenError, CallTooEarlyError, InvalidInputError for a wrong `later_at`.
        """
        taken = self.with_claim(by=by, now=now)
        if record.later_at and not now < record.later_at <= now + timedelta(days=LATEST_CALL_DAYS):
            raise invalid("later_at", "call_time", days=LATEST_CALL_DAYS)
        settles = record.result in {"satisfied", "not_satisfied"}
        if not record.reached and self.attempts and not self.later_at:
            self._require_distance(now)
        attempt = CallAttempt(**record.model_dump(), at=now, by=by)
        after = taken.model_copy(update={"attempts": (*self.attempts, attempt), "later_at": record.later_at})
        if record.result == "call_later":
            return after
        if not settles:
            after = after.model_copy(update={"calls": self.calls + 1})
            at_once = record.reached and not self.holds
            if not at_once and after.calls < self.attempts_wanted:
                return after
        result = record.result if record.reached else "unreachable"
        ended = {"state": "done", "result": result, "done_at": now, "done_by": by, "settled_by": "call"}
        return after.model_copy(update={**ended, "later_at": None})

    def settled(self, how: Settlement, *, now: datetime) -> "Callback":
        """Over without a call: the customer was satisfied, or there is something else to be asked about."""
        self.require_open()
        if how in {"link", "survey"}:
            return self._next(state="done", result="satisfied", settled_by=how, done_at=now)
        return self._next(state="withdrawn", settled_by=how, done_at=now)

    def withdrawn(self, now: datetime) -> "Callback":
        """Not to be called any more. Raises CallbackDoneError."""
        self.require_open()
        return self._next(state="withdrawn", done_at=now)

    def with_delay(self, now: datetime) -> "Callback":
        return self._next(overdue_at=now)

    def require_open(self) -> None:
        if self.state != "open":
            at = stamp(self.done_at) if self.done_at else ""
            raise CallbackDoneError(by=self.done_by or "", at=at, members={"by": self.done_by, "at": at})

    def facts(self) -> Mapping[str, object]:
        return {
            "kind": self.kind,
            "team": self.team,
            "owner": self.owner,
            "customer": self.customer,
            "plan": self.plan,
            "ticket": self.ticket,
            "person": self.person,
            "round": self.round,
            "state": self.state,
            "standing": self.standing,
            "calls": self.calls,
            "result": self.result,
        }

    def _require_distance(self, now: datetime) -> None:
        last = self.attempts[-1]
        next_at = last.at + timedelta(minutes=self.attempt_gap_minutes)
        if now < next_at:
            told = {"next_at": stamp(next_at), "by": last.by, "at": stamp(last.at)}
            raise CallTooEarlyError(next_at=told["next_at"], members=told)

    def _next(self, **update: object) -> "Callback":
        return self.model_copy(update={**update, "version": self.version + 1})
