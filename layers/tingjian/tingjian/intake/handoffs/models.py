"""Hand-offs: a written request to another department, with its own due time, that must be answered (scope row 14; O18).

Pure. A hand-off blocks its ticket until the work is done (and verified, where that is asked), or until somebody of the
ticket's own team withdraws it or sends it to another department. A refusal alone frees nothing.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from tingjian.intake.attachments.models import AttachmentRef
from tingjian.platform.errors import ConflictError
from tingjian.platform.models import Frozen
from tingjian.platform.times import stamp
from tingjian.sla.clocks import Clock

HandoffState = Literal["asked", "accepted", "declined", "done", "verified", "returned", "withdrawn", "rerouted"]
Shown = Literal["order", "name", "phone", "address"]
"""What of the ticket and its customer a department may see."""
OPEN_STATES: frozenset[HandoffState] = frozenset({"asked", "accepted", "returned"})
"""The department owes an answer."""
ANSWERS: dict[HandoffState, frozenset[HandoffState]] = {
    "accepted": frozenset({"asked", "returned"}),
    "declined": OPEN_STATES,
    "done": frozenset({"accepted", "returned"}),
    "verified": frozenset({"done"}),
    "returned": frozenset({"done"}),
    "withdrawn": OPEN_STATES | {"declined"},
    "rerouted": OPEN_STATES | {"declined"},
}


class HandoffAnsweredError(ConflictError):
    """The hand-off is not in the state that this answer needs."""

    code = "handoff_answered"


def handoff_blocker(number: int) -> str:
    """How a ticket names its hand-off of this number among its blockers while the department owes an answer."""
    return f"handoff:{number}"


def declined_blocker(number: int) -> str:
    """How it names one that was declined, until somebody decides what now."""
    return f"handoff_declined:{number}"


def unverified_blocker(number: int) -> str:
    """How it names one whose work waits for a supervisor."""
    return f"handoff_unverified:{number}"


class Handoff(Frozen):
    """One hand-off of a ticket; `number` counts from 1 within the ticket.

    `clock` is there when the due time is a policy's and not the asker's own. `shows` says what the department sees of
    the customer, who stays where all customers are; `fields` are the department's form; `attachments` came with the
    request, `evidence` with the result. `verify` says that a supervisor must find the work done well.
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
    shows: tuple[Shown, ...] = ()
    order_number: str | None = None
    fields: dict[str, Any] = Field(default={})
    attachments: tuple[AttachmentRef, ...] = ()
    evidence: tuple[AttachmentRef, ...] = ()
    verify: bool = False
    returned: int = 0
    rerouted_to: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether the department owes an answer."""
        return self.state in OPEN_STATES

    @property
    def blocker(self) -> str | None:
        """What keeps its ticket from being resolved or closed; None when nothing does."""
        if self.is_open:
            return handoff_blocker(self.number)
        if self.state == "declined":
            return declined_blocker(self.number)
        return unverified_blocker(self.number) if self.state == "done" and self.verify else None

    def blockers_among(self, blockers: Iterable[str]) -> tuple[str, ...]:
        """The blockers of its ticket as they are after it: those of others, and its own if it has one."""
        names = {name(self.number) for name in (handoff_blocker, declined_blocker, unverified_blocker)}
        others = tuple(blocker for blocker in blockers if blocker not in names)
        return (*others, self.blocker) if self.blocker else others

    @property
    def files(self) -> tuple[AttachmentRef, ...]:
        """All that the department sees and made."""
        return (*self.attachments, *self.evidence)

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
        active = "0" if self.blocker else "1"
        return f"{active}#{stamp(self.due_at)}#{self.ticket}-{self.number}"

    def after_answer(self, state: HandoffState, *, by: str, now: datetime, text: str | None = None) -> "Handoff":
        """The hand-off after an answer: a refusal with its reason, a result with proof. Raises HandoffAnsweredError."""
        if self.state not in ANSWERS[state]:
            raise HandoffAnsweredError(members={"state": self.state})
        said = {"result": text} if state == "done" else {"reason": text}
        return self.model_copy(
            update={"state": state, "answered_by": by, "answered_at": now, "version": self.version + 1, **said}
        )

    def after_return(self, *, by: str, now: datetime, text: str, due_at: datetime) -> "Handoff":
        """The hand-off that is to be done again by this time. Raises HandoffAnsweredError."""
        again = self.after_answer("returned", by=by, now=now, text=text)
        times = {"due_at": due_at, "clock": None, "overdue_at": None}
        return again.model_copy(update={"returned": self.returned + 1, **times})

    def with_clock(self, clock: Clock) -> "Handoff":
        """The hand-off with its due time planned anew; one that was overdue before stays so."""
        return self.model_copy(update={"clock": clock, "due_at": clock.deadline, "version": self.version + 1})
