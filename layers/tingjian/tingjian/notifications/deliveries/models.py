"""Deliveries: each message that is sent out, from its first try to sent, dropped or dead. Pure.

A delivery in flight has a timer, the end of its lease. If its sender is lost, the sweep has it tried again at that
time. So a message is sent twice only if its sender was lost between sending it and storing that it was sent.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from tingjian.platform.errors import ConflictError, NotFoundError
from tingjian.platform.models import Frozen
from tingjian.platform.places import TICKET

DeliveryState = Literal["queued", "sending", "waiting", "sent", "bounced", "bundled", "dropped", "dead"]
ENDED: frozenset[DeliveryState] = frozenset({"sent", "bounced", "bundled", "dropped", "dead"})
OutcomeState = Literal["queued", "sent", "refused", "bounced", "no_way", "dropped", "spoken"]
OUTCOMES: dict[DeliveryState, OutcomeState] = {
    "queued": "queued",
    "sending": "queued",
    "waiting": "queued",
    "sent": "sent",
    "bounced": "bounced",
    "bundled": "queued",
    "dropped": "dropped",
    "dead": "refused",
}
NOBODY_TO_REACH, ENOUGH_TODAY = "nobody_to_reach", "enough_today"
Way = Literal["email", "sms", "webhook"]
Writer = Literal["person", "machine", "machine in answer"]
"""Whether somebody wrote the mail: machines do not answer what a machine wrote (RFC 3834)."""
LEASE = timedelta(minutes=2)
MESSAGE_PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180))
WEBHOOK_PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 30, 60, 120, 240, 480, 480))
"""A little under 24 hours in all."""


class DeliveryNotFoundError(NotFoundError):
    """There is no delivery with this id."""

    code = "delivery_not_found"


class NotDeadError(ConflictError):
    """Only a dead delivery can be replayed."""

    code = "delivery_not_dead"


class GiveUpError(Exception):
    """Trying again would not help: no such address, the receiver is gone."""


class RestError(Exception):
    """The receiver is to be left alone until then; nothing was tried."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class RetryAfterError(Exception):
    """The receiver failed, and asks not to be tried again before then. Its cause says what went wrong."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message, ready to go: an address, a phone or a webhook's id, and what to say.

    `id` is known to who brings it, and comes back with what fails later; `ticket` is what an answer to it is about.
    """

    way: Way
    to: str
    subject: str = ""
    text: str = ""
    html: str = ""
    id: str = ""
    per_day: int = 0
    """At most so many of its template go to this address or phone a day; 0 for as many as there are."""
    ticket: str = ""
    written_by: Writer = "machine"
    unsubscribe: str = ""
    """The address to which one POST opts out of such mails (RFC 8058)."""


Send = Callable[[Outgoing, datetime], str]
"""Sends one message; the id that the service gave it. Raises GiveUpError when trying again would not help."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What an item asks to send; nothing means that there is nobody to reach, `not_before` that it must wait.

    `needless` says why nothing has to be sent any more.
    """

    outgoing: tuple[Outgoing, ...] = ()
    not_before: datetime | None = None
    needless: str = ""


class Delivery(Frozen):
    """A delivery of one item. `gone_by` lists the ways that have been sent, `error` says what failed last.

    `to` is the masked address or phone that the last message went to, `reference` the id that the service gave it, and
    `outcomes` how many events have told what became of it, the newest with the hash `outcome_hash`.
    """

    id: str
    version: int
    template: str
    source_pk: str
    source_sk: str
    state: DeliveryState
    tries: int
    made_at: datetime
    changed_at: datetime
    due_at: datetime | None = None
    gone_by: tuple[Way, ...] = ()
    error: str | None = None
    replays: int = 0
    way: Way | None = None
    to: str | None = None
    reference: str | None = None
    outcomes: int = 0
    outcome_hash: str = ""

    @property
    def to_customer(self) -> bool:
        """Whether it brings a customer a message about a ticket."""
        return self.source_pk.startswith(TICKET)

    @property
    def pauses(self) -> tuple[timedelta, ...]:
        """How long to wait after each failure."""
        return WEBHOOK_PAUSES if self.template == "webhook" else MESSAGE_PAUSES

    @property
    def channel(self) -> str:
        """The list in which it stands once it is dead: its webhook's, or that of all messages."""
        return self.source_pk if self.template == "webhook" else "messages"

    def claim(self, now: datetime) -> "Delivery":
        """One try more, whose sender has two minutes."""
        return self._next(now, state="sending", tries=self.tries + 1, due_at=now + LEASE)

    def addressed(self, way: Way, to: str) -> "Delivery":
        """The delivery that says where its message goes; nothing is stored yet."""
        return self.model_copy(update={"way": way, "to": to})

    def succeed(self, now: datetime, reference: str = "") -> "Delivery":
        return self._next(now, state="sent", due_at=None, error=None, reference=reference or None)

    def bounce(self, reason: str, now: datetime) -> "Delivery":
        """What was sent came back. A delivery that came back already, or that is tried anew, stays as it is."""
        return self._next(now, state="bounced", error=reason) if self.state == "sent" else self

    def finish_way(self, way: Way, now: datetime) -> "Delivery":
        """One way is done; the others are still to come."""
        return self._next(now, gone_by=(*self.gone_by, way))

    def drop(self, now: datetime, reason: str) -> "Delivery":
        """There is nothing to send, or nobody to send it to."""
        return self._next(now, state="dropped", due_at=None, error=reason)

    @property
    def waits_for_a_bundle(self) -> bool:
        return self.state in {"queued", "waiting"}

    def bundle(self, now: datetime) -> "Delivery":
        """It goes out together with others, in a message that has a delivery of its own."""
        return self._next(now, state="bundled", due_at=None)

    def rest(self, until: datetime, now: datetime) -> "Delivery":
        """It waits before anybody tried."""
        return self._next(now, state="waiting", due_at=until)

    def postpone(self, until: datetime, now: datetime) -> "Delivery":
        """It waits until quiet hours are over, which counts as no try."""
        return self._next(now, state="waiting", tries=self.tries - 1, due_at=until)

    def fail(self, error: str, now: datetime, *, final: bool = False, not_before: datetime | None = None) -> "Delivery":
        """It waits for another try, or is dead when none is left or when the failure is final."""
        if final or self.tries > len(self.pauses):
            return self._next(now, state="dead", due_at=None, error=error)
        due_at = max(now + self.pauses[self.tries - 1], not_before or now)
        return self._next(now, state="waiting", due_at=due_at, error=error)

    def complain(self, now: datetime) -> "Delivery":
        """The customer says that it was not wanted."""
        return self._next(now, error="complaint") if self.state == "sent" and self.error is None else self

    def take_up(self, now: datetime) -> "Delivery":
        if self.state == "sending" and self.tries > len(self.pauses):
            return self._next(now, state="dead", due_at=None, error=self.error or "lost")
        return self._next(now, state="queued", due_at=now + LEASE)

    def replay(self, now: datetime) -> "Delivery":
        """It is tried again from the start. Raises NotDeadError unless it is dead."""
        if self.state != "dead":
            raise NotDeadError(members={"state": self.state})
        return self._next(now, state="queued", tries=0, due_at=now + LEASE, replays=self.replays + 1)

    def _next(self, now: datetime, **update: object) -> "Delivery":
        return self.model_copy(update={**update, "version": self.version + 1, "changed_at": now})


class Outcome(Frozen):
    """How an outgoing message fares: by which way it goes, to which masked address or phone, and since when so."""

    state: OutcomeState
    way: Way | None = None
    to: str | None = None
    at: datetime | None = None
    reason: str | None = None

    @classmethod
    def of(cls, delivery: Delivery) -> "Outcome":
        state = OUTCOMES[delivery.state]
        if delivery.error == NOBODY_TO_REACH:
            state = "no_way"
        return cls(state=state, way=delivery.way, to=delivery.to, at=delivery.changed_at, reason=delivery.error)
