"""A follow-up: somebody gets in touch with a customer who gave a low score, in time (scope row 24; C25, P33). Pure."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from tingjian.platform.errors import ConflictError, NotFoundError
from tingjian.platform.models import Frozen, Identifier, Text
from tingjian.platform.times import stamp

FollowUpState = Literal["open", "claimed", "done"]
FollowUpResult = Literal["satisfied", "not_satisfied", "unreachable"]


class FollowUpNotFoundError(NotFoundError):
    """There is no follow-up with this id."""

    code = "follow_up_not_found"


class FollowUpTakenError(ConflictError):
    """Somebody else has claimed the follow-up."""

    code = "follow_up_taken"


class FollowUpDoneError(ConflictError):
    """The follow-up is done already."""

    code = "follow_up_done"


class Completion(Frozen):
    """How it went: what the customer says now, and what was said and done."""

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

    @property
    def entity(self) -> str:
        return f"followup#{self.id}"

    @property
    def blocker(self) -> str:
        return f"followup:{self.id}"

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
        """Done. Raises FollowUpDoneError, or FollowUpTakenError when somebody else claimed it."""
        taken = self.with_claim(by=by, now=now)
        return taken.model_copy(update={"state": "done", "completion": completion, "done_at": now, "done_by": by})

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


class FollowUpList(Frozen):
    """A page of follow-ups; `cursor` leads on, also from a page with nothing in it that the caller may see."""

    items: tuple[FollowUp, ...]
    cursor: str | None = None
