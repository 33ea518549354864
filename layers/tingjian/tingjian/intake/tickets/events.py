"""What happens to tickets. Facts of a ticket's chain that other features write build on `TicketFact`."""

from datetime import datetime
from typing import Any

from tingjian.intake.messages.models import MessageKind, Spoken
from tingjian.intake.tickets.models import Channel, CloseReason, ConfirmedBy, Status
from tingjian.intake.types.models import Priority
from tingjian.platform.facts import Fact
from tingjian.platform.models import Frozen
from tingjian.sla.clocks import ClockName


class TicketFact(Fact):
    """What every event of a ticket says of it, so that a figure needs no other event: codes and ids only."""

    status: Status
    type: str
    channel: Channel
    priority: Priority
    team: str
    assignee: str | None = None
    customer: str
    level: str | None = None
    source: str | None = None


class LoggedFact(TicketFact):
    """The base of facts that imported history tells too; `activity` is what the imported log called it."""

    activity: str | None = None


class ResponseFact(LoggedFact):
    """The base of responses: seconds since the opening, in wall and in open hours, and which targets were kept.

    A response that is a message has its id and its kind, and one that was spoken where it was.
    A response that is a message has its id and its kind. An import may know that it was, and not when.
    """

    seconds: float | None = None
    working_seconds: int | None = None
    time_known: bool | None = None
    kept: dict[str, bool]
    message_id: str | None = None
    kind: MessageKind | None = None
    spoken: Spoken | None = None


class MovedDeadline(Frozen):
    """A deadline that a change of facts moved; without `from_at` it is new, without `to_at` nothing is promised."""

    clock: ClockName
    from_at: datetime | None = None
    to_at: datetime | None = None
    handoff: int | None = None


class TicketOpened(TicketFact):
    """A request was filed; `targets` are minutes, `due` deadlines, by clock.

    One that staff took in a call, a visit or a chat has been answered with that; the rest says so, as `TicketAnswered`.
    `time_known` is false where an import begins after the opening, or knows only its day.
    """

    fields: dict[str, Any]
    targets: dict[str, int]
    due: dict[str, datetime]
    first: bool | None = None
    seconds: float | None = None
    working_seconds: int | None = None
    kept: dict[str, bool] | None = None
    time_known: bool | None = None


class TicketAssigned(LoggedFact):
    """A ticket went to another team or person; `retired` says of which kind of thing, if its place was retired.

    A new one went to whoever replied, with the id of the reply.
    """

    from_team: str | None = None
    from_assignee: str | None = None
    retired: str | None = None
    moved: tuple[MovedDeadline, ...] | None = None
    message_id: str | None = None
    kind: MessageKind | None = None


class TicketAnswered(ResponseFact):
    """A public answer of staff reached the customer, or was spoken; `first` says whether it was the first response."""

    first: bool


class AnswerFailed(TicketFact):
    """An answer did not reach the customer after all: the clocks that it met run on, or are missed after a close."""

    message_id: str
    clocks: tuple[ClockName, ...] = ()
    kept: dict[str, bool] | None = None


class CustomerWrote(TicketFact):
    """The customer wrote and waits for an answer; until `due_at` if the policy promises one."""

    clock: ClockName | None = None
    due_at: datetime | None = None
    seconds: float
    working_seconds: int
    kept: dict[str, bool]
    message_id: str
    kind: MessageKind


class AnswerWaived(TicketFact):
    """Staff said that the customer's last message needs no answer; the reason is a note."""

    message_id: str | None = None


class TicketWaiting(LoggedFact):
    """A ticket waits for its customer, or until a date; `reminds` where the customer is reminded meanwhile."""

    until: datetime | None = None
    reminds: bool | None = None


class CustomerReminded(TicketFact):
    """The customer of a ticket that waits was reminded, for the so manieth time in this wait."""

    count: int
    message_id: str


class TicketResumed(LoggedFact):
    """A ticket that waited goes on. If its customer wrote, the rest is as `CustomerWrote` tells it.

    The `reason` of one that woke by itself is `date`, or `unanswered` after the last reminder.
    """

    reason: str | None = None
    clock: ClockName | None = None
    due_at: datetime | None = None
    seconds: float | None = None
    working_seconds: int | None = None
    kept: dict[str, bool] | None = None
    message_id: str | None = None
    kind: MessageKind | None = None


class TicketResolved(ResponseFact):
    """A ticket was resolved."""

    resolved_by: str | None = None
    fields: dict[str, Any]
    first: bool


class TicketClosed(LoggedFact):
    """A ticket was closed, for good unless it is taken up again; `kept` says which of the clocks that ran were kept.

    A duplicate names the ticket in which it goes on, a confirmed one how the customer said so.
    """

    reason: CloseReason
    fields: dict[str, Any]
    kept: dict[str, bool] | None = None
    duplicate_of: str | None = None
    confirmed_by: ConfirmedBy | None = None
    automatic: bool | None = None
    message_id: str | None = None
    time_known: bool | None = None


class CloseHeld(TicketFact):
    """A resolved ticket would have closed by itself, and waits: for blockers, fields, or an answer that we owe."""

    blockers: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unanswered: bool = False


class TicketConfirmed(TicketFact):
    """The customer says that it is solved, while something is still open or missing on our side."""

    by: ConfirmedBy | None = None


class TicketReopened(LoggedFact):
    """A finished ticket was taken up again, by its customer or by staff."""

    from_status: Status
    reason: str
    from_team: str | None = None
    from_assignee: str | None = None
    message_id: str | None = None


class TicketEdited(LoggedFact):
    """Facts about a ticket changed; `moved` are the deadlines that moved with them."""

    changed: tuple[str, ...]
    moved: tuple[MovedDeadline, ...] = ()


class TicketLinked(TicketFact):
    """A ticket was linked to another."""

    other: str


class TicketUnlinked(TicketFact):
    """A link to another ticket was taken away."""

    other: str
