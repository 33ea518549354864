"""A ticket, its status and its clocks: pure. A status has a category that other rules use (scope rows 8, 9, 16)."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import Field

from tingjian.intake.types.models import Priority
from tingjian.platform.errors import AccessDeniedError, ConflictError, FieldError, InvalidInputError
from tingjian.platform.models import Frozen
from tingjian.platform.texts import Phrase
from tingjian.platform.times import stamp
from tingjian.sla.clocks import Clock, next_step_at

Status = Literal["new", "open", "waiting", "resolved", "closed"]
Category = Literal["open", "waiting", "resolved", "closed"]
Channel = Literal[
    "web", "phone", "visit", "letter", "chat", "email", "app",
    "wechat", "wechat_mini", "wecom", "weibo", "sms", "import",
]  # fmt: skip
Move = Literal[
    "claim",
    "assign",
    "wait",
    "resume",
    "resolve",
    "close",
    "reopen",
    "reply",
    "write",
    "hand_off",
    "confirm",
    "edit",
    "link",
]
CloseReason = Literal["done", "confirmed", "duplicate", "invalid", "withdrawn", "spam"]
ConfirmedBy = Literal["link", "survey", "call"]
"""How the customer said that it is solved."""

CATEGORIES: dict[Status, Category] = {
    "new": "open",
    "open": "open",
    "waiting": "waiting",
    "resolved": "resolved",
    "closed": "closed",
}
ACTIVE: frozenset[Category] = frozenset({"open", "waiting"})
MOVES: dict[Move, frozenset[Status]] = {
    "claim": frozenset({"new", "open", "waiting"}),
    "assign": frozenset({"new", "open", "waiting"}),
    "wait": frozenset({"new", "open"}),
    "resume": frozenset({"waiting"}),
    "resolve": frozenset({"new", "open", "waiting"}),
    "close": frozenset({"new", "open", "waiting", "resolved"}),
    "reopen": frozenset({"resolved", "closed"}),
    "reply": frozenset({"new", "open", "waiting", "resolved"}),
    "write": frozenset({"new", "open", "waiting", "resolved", "closed"}),
    "hand_off": frozenset({"new", "open", "waiting"}),
    "confirm": frozenset({"resolved"}),
    "edit": frozenset({"new", "open", "waiting", "resolved"}),
    "link": frozenset({"new", "open", "waiting", "resolved", "closed"}),
}
TIMED: frozenset[Status] = frozenset({"waiting", "resolved"})
"""The statuses that end by themselves at `wake_at`: a wait goes on, a resolved ticket is closed."""
WITHOUT_RESULT: frozenset[CloseReason] = frozenset({"duplicate", "invalid", "withdrawn", "spam"})
DISMISSALS: frozenset[CloseReason] = frozenset({"invalid", "withdrawn", "spam"})
"""The reasons that end a matter without a result, and that a lead must give where it weighs."""
ANSWER_OWED: frozenset[CloseReason] = frozenset({"done", "invalid"})
"""The reasons after which the customer still had to be told; after the others nobody waits for an answer of ours."""
REOPEN_WINDOW = timedelta(days=30)
ANSWERED_BY_REPLY = frozenset({"first_response", "next_response", "feedback_answer"})
"""The clocks that a public answer of staff meets once it has reached the customer, and nothing else."""
HEARD_AT_ONCE: frozenset[Channel] = frozenset({"phone", "visit", "chat"})
"""The channels on which whoever takes a request has answered with that."""


class IllegalMoveError(ConflictError):
    """The status does not allow the move."""

    code = "illegal_move"


class BlockedError(ConflictError):
    """The ticket has blockers; `members["blockers"]` lists them."""

    code = "blocked"


class AlreadyClaimedError(ConflictError):
    """Somebody else has the ticket."""

    code = "already_claimed"


class CustomersWordError(ConflictError):
    """Only the customer confirms: by the link, in the survey, or in a call that is recorded."""

    code = "customers_word"


class LeadNeededError(AccessDeniedError):
    """The ticket may be dismissed by a lead only: a complaint, one whose promise was broken, or somebody else's."""

    code = "lead_needed"


class MissingFieldsError(InvalidInputError):
    """The step requires fields that have no value; `errors` names them."""

    code = "missing_fields"

    def __init__(self, fields: Collection[str], names: Collection[object] = ()) -> None:
        super().__init__([FieldError(f"fields.{key}", "required") for key in fields])
        self.parameters = {"fields": list(names or fields)}


class Ticket(Frozen):
    """A request of a customer: recorded once, owned by a person, on a clock. `id` is its speakable number.

    `contacts` are the ids of the customer's contacts that the request came with; answers go there.
    """

    id: str
    version: int
    hash: str = ""
    type: str
    subject: str
    status: Status
    priority: Priority
    channel: Channel
    team: str
    customer_id: str
    opened_at: datetime
    contacts: tuple[str, ...] = ()
    opened_by: str | None = None
    assignee: str | None = None
    order_number: str | None = None
    fields: dict[str, Any] = Field(default={})
    first_responded_at: datetime | None = None
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    closed_at: datetime | None = None
    close_reason: CloseReason | None = None
    confirmed_at: datetime | None = None
    duplicate_of: str | None = None
    unanswered_since: datetime | None = None
    """Since when its customer waits for a word of ours; of messages after the request and after our last word."""
    wake_at: datetime | None = None
    reminds: bool = False
    reminded: int = 0
    """Of a ticket that waits: when it is looked at again, whether its customer is reminded, how often that was done."""
    reopened: int = 0
    blockers: tuple[str, ...] = ()
    handoffs: int = 0
    links: tuple[str, ...] = ()
    clocks: tuple[Clock, ...] = ()
    imported: bool = False
    source: str | None = None
    source_id: str | None = None

    @property
    def category(self) -> Category:
        return CATEGORIES[self.status]

    @property
    def level(self) -> str | None:
        level = self.fields.get("level")
        return level if isinstance(level, str) else None

    @property
    def due_at(self) -> datetime | None:
        return min((clock.due_at for clock in self.clocks if clock.live and clock.due_at), default=None)

    @property
    def timer_at(self) -> datetime | None:
        """When the sweep must look at it next; a customer who writes to a finished ticket is owed an answer too."""
        times = [next_step_at(self.clocks), self.wake_at if self.status in TIMED else None]
        return min((moment for moment in times if moment), default=None)

    @property
    def is_work_again(self) -> bool:
        """Whether its customer wrote after it was finished: it stands among the work until somebody answers."""
        finished_at = self.closed_at or self.resolved_at
        if self.category in ACTIVE or finished_at is None or self.unanswered_since is None:
            return False
        return self.unanswered_since >= finished_at

    @property
    def reopenable_until(self) -> datetime | None:
        """The last instant at which its customer may take it up again; None while it is not finished, and for spam."""
        if self.close_reason == "spam":
            return None
        finished_at = self.closed_at or self.resolved_at
        return finished_at + REOPEN_WINDOW if finished_at and self.category not in ACTIVE else None

    @property
    def owes_answer(self) -> bool:
        """Whether the customer waits for a public reply, on a clock that runs."""
        return any(clock.live and clock.name in {"first_response", "next_response"} for clock in self.clocks)

    @property
    def queue_sort(self) -> str:
        if self.is_work_again and self.unanswered_since:
            return f"0#{stamp(self.due_at or self.unanswered_since)}#{self.id}"
        if self.category in ACTIVE:
            due = self.resolution_due_at
            return f"0#{stamp(due) if due else '9999'}#{self.id}"
        return f"1#{stamp(self.resolved_at or self.closed_at or self.opened_at)}#{self.id}"

    @property
    def resolution_due_at(self) -> datetime | None:
        """When it should be resolved, as last planned; a paused clock keeps its place in the queue."""
        clock = self.clock("resolution")
        return clock.deadline if clock else self.due_at

    def clock(self, name: str) -> Clock | None:
        return next((clock for clock in self.clocks if clock.name == name), None)

    def has_broken_promise(self, now: datetime) -> bool:
        """Whether a clock of it was missed, or has run out."""
        return any(clock.is_broken(now) for clock in self.clocks)

    def require(self, move: Move) -> None:
        """Raise IllegalMoveError if the status does not allow the move."""
        if self.status not in MOVES[move]:
            raise self.refusal(move)

    def refusal(self, move: Move) -> IllegalMoveError:
        return IllegalMoveError(status=Phrase(f"status.{self.status}"), move=Phrase(f"move.{move}"))


def event_context(ticket: Ticket) -> dict[str, Any]:
    """What every event of a ticket says of it, so that a figure needs no other event: codes and ids only."""
    return {
        "status": ticket.status,
        "type": ticket.type,
        "channel": ticket.channel,
        "priority": ticket.priority,
        "team": ticket.team,
        "assignee": ticket.assignee,
        "customer": ticket.customer_id,
        "level": ticket.level,
        "source": ticket.source,
    }
