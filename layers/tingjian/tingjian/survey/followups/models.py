"""A follow-up: somebody gets in touch with a customer who gave a low score, in time (scope row 24; C25, P33). Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field

from tingjian.platform.errors import ConflictError, NotFoundError
from tingjian.platform.models import Frozen, Identifier, Text
from tingjian.platform.times import stamp

FollowUpState = Literal["open", "claimed", "done"]
FollowUpResult = Literal["satisfied", "not_satisfied", "unreachable"]
ATTEMPTS, ATTEMPT_GAP_MINUTES = 3, 240
"""How often and how far apart somebody is tried before being unreachable, unless a questionnaire says otherwise."""


class FollowUpNotFoundError(NotFoundError):
    """There is no follow-up with this id."""

    code = "follow_up_not_found"


class FollowUpTakenError(ConflictError):
    """Somebody else has claimed the follow-up."""

    code = "follow_up_taken"


class FollowUpDoneError(ConflictError):
    """The follow-up is done already."""

    code = "follow_up_done"


class TooEarlyError(ConflictError):
    """The last attempt was too short a while ago; another one counts from `members["next_at"]` on."""

    code = "attempt_too_early"


class Attempt(Frozen):
    """An attempt at which nobody was reached, and what was done."""

    at: datetime
    by: str
    note: Text


class Completion(Frozen):
    """How it went: what the customer says now, and what was said and done.

    Not satisfied takes the ticket up again. Unreachable is one attempt; it ends the follow-up after the set number.
    """

    result: FollowUpResult
    note: Text


class FollowUp(Frozen):
    """A follow-up. Its id is that of the survey whose answer opened it; `person` is who is meant by the score."""

    id: str
    version: int
    hash: str = Field(default="", exclude=True)
    ticket: str
    type: str
    team: str
    person: str | None = None
    customer: str
    score: int
    reasons: tuple[str, ...] = ()
    state: FollowUpState = "open"
    owner: str | None = None
    opened_at: datetime
    due_at: datetime
    overdue_at: datetime | None = None
    claimed_at: datetime | None = None
    done_at: datetime | None = None
    done_by: str | None = None
    completion: Completion | None = None
    attempts: tuple[Attempt, ...] = ()
    attempts_wanted: int = ATTEMPTS
    attempt_gap_minutes: int = ATTEMPT_GAP_MINUTES

    @property
    def next_attempt_at(self) -> datetime | None:
        """From when on another attempt counts; None before the first."""
        return self.attempts[-1].at + timedelta(minutes=self.attempt_gap_minutes) if self.attempts else None

    @property
    def entity(self) -> str:
        return f"followup#{self.id}"

    @property
    def blocker(self) -> str:
        return self.blocker_of(self.id)

    @staticmethod
    def blocker_of(identifier: str) -> str:
        """What stands on the ticket of a follow-up."""
        return f"followup:{identifier}"

    @property
    def is_untouched(self) -> bool:
        """Whether nobody has begun with it."""
        return self.state == "open" and not self.attempts

    @property
    def queue_sort(self) -> str:
        prefix, moment = ("1", self.done_at) if self.done_at else ("0", self.due_at)
        return f"{prefix}#{stamp(moment)}#{self.id}"

    def with_claim(self, *, by: str, now: datetime) -> "FollowUp":
        """Taken on by somebody. Raises FollowUpDoneError, or FollowUpTakenError when somebody else claimed it."""
        if self.state == "done":
            raise FollowUpDoneError
        if self.state == "claimed" and self.owner != by:
            raise FollowUpTakenError(by=self.owner, members={"owner": self.owner})
        return self._next(state="claimed", owner=by, claimed_at=self.claimed_at or now)

    def with_completion(self, completion: Completion, *, by: str, now: datetime) -> "FollowUp":
        """Done, or one attempt further where nobody was reached, which ends it after the set number of attempts only.

        Raises FollowUpDoneError, FollowUpTakenError when somebody else claimed it, TooEarlyError.
        """
        taken = self.with_claim(by=by, now=now)
        if completion.result == "unreachable":
            if self.next_attempt_at and now < self.next_attempt_at:
                raise TooEarlyError(
                    next_at=stamp(self.next_attempt_at), members={"next_at": stamp(self.next_attempt_at)}
                )
            attempts = (*self.attempts, Attempt(at=now, by=by, note=completion.note))
            taken = taken.model_copy(update={"attempts": attempts})
            if len(attempts) < self.attempts_wanted:
                return taken
        return taken.model_copy(update={"state": "done", "completion": completion, "done_at": now, "done_by": by})

    def given_to(self, owner: str | None) -> "FollowUp":
        """With another owner, who has to take it on."""
        return self._next(state="open" if self.state == "claimed" else self.state, owner=owner, claimed_at=None)

    def with_drop(self, now: datetime) -> "FollowUp":
        """Ended, since the customer has changed the answer that called for it."""
        return self._next(state="done", done_at=now)

    def with_delay(self, now: datetime) -> "FollowUp":
        return self._next(overdue_at=now)

    def facts(self) -> dict[str, object]:
        return {
            "survey": self.id,
            "ticket": self.ticket,
            "type": self.type,
            "team": self.team,
            "person": self.person,
            "customer": self.customer,
            "score": self.score,
            "owner": self.owner,
            "state": self.state,
        }

    def _next(self, **update: object) -> "FollowUp":
        return self.model_copy(update={**update, "version": self.version + 1})


class FollowUpReceipt(Frozen):
    """What a step did. The same request, repeated, gives the same receipt."""

    id: str
    version: int
    event: str
    state: FollowUpState
    owner: str | None
    at: datetime
    attempts: int = 0
    next_attempt_at: datetime | None = None

    @property
    def location(self) -> str:
        return f"/v1/follow-ups/{self.id}"


class FollowUpQuery(Frozen):
    """Which follow-ups: a person's, a team's, or of all the caller's teams; by due time, or done ones, newest first."""

    team: Identifier | None = None
    owner: Identifier | None = None
    done: bool = False
    limit: int = Field(default=25, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=120)


class FollowUpView(FollowUp):
    """A follow-up as staff see it, with the names of the people in it."""

    owner_name: str | None = None
    person_name: str | None = None

    @classmethod
    def of(cls, follow_up: FollowUp, names: Mapping[str, str]) -> "FollowUpView":
        shown = {name: getattr(follow_up, name) for name in FollowUp.model_fields}
        owner, person = (names.get(staff) if staff else None for staff in (follow_up.owner, follow_up.person))
        return cls(**shown, owner_name=owner, person_name=person)


class FollowUpList(Frozen):
    """A page of follow-ups; `cursor` leads on, also from a page with nothing in it that the caller may see."""

    items: tuple[FollowUpView, ...]
    cursor: str | None = None
