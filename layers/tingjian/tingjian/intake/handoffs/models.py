"""Hand-offs: a written request to another department, with its own due time, that must be answered (scope row 14; O18).

Pure. An open hand-off blocks closing; a declined one says why and comes back.
"""

from datetime import datetime
from typing import Literal

from tingjian.platform.errors import ConflictError
from tingjian.platform.models import Frozen
from tingjian.platform.times import stamp
from tingjian.sla.clocks import Clock

HandoffState = Literal["asked", "accepted", "declined", "done", "withdrawn"]
OPEN_STATES: frozenset[HandoffState] = frozenset({"asked", "accepted"})
ANSWERS: dict[HandoffState, frozenset[HandoffState]] = {
    "accepted": frozenset({"asked"}),
    "declined": frozenset({"asked", "accepted"}),
    "done": frozenset({"accepted"}),
    "withdrawn": frozenset({"asked", "accepted"}),
}


class HandoffAnsweredError(ConflictError):
    """The hand-off is not in the state that this answer needs."""

    code = "handoff_answered"


def handoff_blocker(number: int) -> str:
    """How a ticket names its hand-off of this number among its blockers."""
    return f"handoff:{number}"


class Handoff(Frozen):
    """One hand-off of a ticket; `number` counts from 1 within the ticket.

    `clock` is there when the due time is a policy's and not the asker's own.
    """

    ticket: str
    number: int
    version: int
    department: str
    request: str
    asked_by: str
    asked_at: datetime
    due_at: datetime
    state: HandoffState = "asked"
    answered_by: str | None = None
    answered_at: datetime | None = None
    reason: str | None = None
    result: str | None = None
    overdue_at: datetime | None = None
    clock: Clock | None = None

    @property
    def blocker(self) -> str:
        return handoff_blocker(self.number)

    @property
    def timer_at(self) -> datetime | None:
        """When the sweep must look at it: the next step of its clock, or the asker's own due time."""
        if self.state not in OPEN_STATES:
            return None
        if self.clock:
            return self.clock.next_at
        return self.due_at if self.overdue_at is None else None

    @property
    def queue_sort(self) -> str:
        active = "0" if self.state in OPEN_STATES else "1"
        return f"{active}#{stamp(self.due_at)}#{self.ticket}-{self.number}"

    def after_answer(self, state: HandoffState, *, by: str, now: datetime, text: str | None = None) -> "Handoff":
        """The hand-off after an answer: a refusal with its reason, a result with proof. Raises HandoffAnsweredError."""
        if self.state not in ANSWERS[state]:
            raise HandoffAnsweredError(members={"state": self.state})
        said = {"result": text} if state == "done" else {"reason": text}
        return self.model_copy(
            update={"state": state, "answered_by": by, "answered_at": now, "version": self.version + 1, **said}
        )

    def with_clock(self, clock: Clock) -> "Handoff":
        """The hand-off with its due time planned anew; one that was overdue before stays so."""
        return self.model_copy(update={"clock": clock, "due_at": clock.deadline, "version": self.version + 1})
