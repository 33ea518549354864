"""What the mail service tells of a mail after it took it: it came back, it was refused, or nobody wanted it."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from tingjian.notifications.deliveries.models import Delivery
from tingjian.notifications.deliveries.outcomes import with_outcome
from tingjian.notifications.deliveries.storage import delivery_write, find_delivery
from tingjian.platform import telemetry
from tingjian.platform.changes import load_and_write
from tingjian.platform.models import Frozen
from tingjian.platform.store import ConditionFailedError, Store


class MailReturn(Frozen):
    """An event of SES, cut down by the rule that brings it: no address, no text. `delivery` is the mail's tag."""

    mail_event: Literal["Bounce", "Reject", "Complaint"]
    delivery: tuple[str, ...] = Field(default=(), max_length=5)
    reason: str = Field(default="", max_length=200)
    detail: str = Field(default="", max_length=200)


class TooEarlyError(Exception):
    """The mail came back before its sender said that it was sent."""


def take_return(store: Store, told: MailReturn, *, now: datetime) -> None:
    """Store what became of the mail, and tell the Journal. A repeat and an unknown mail change nothing.

    Raises TooEarlyError for a mail whose sender has not said yet that it was sent; the event comes again.
    """
    for delivery_id in told.delivery:
        load_and_write(
            store,
            lambda known=delivery_id: find_delivery(store, known),  # type: ignore[misc]
            lambda delivery: _note(store, delivery, told, now),
            again_on=ConditionFailedError,
        )


def _note(store: Store, before: Delivery | None, told: MailReturn, now: datetime) -> None:
    if before is None:
        return
    if before.state == "sending":
        raise TooEarlyError
    after = before.complain(now) if told.mail_event == "Complaint" else before.bounce(_summary(told), now)
    if after is before:
        return
    after, writes = with_outcome(after, now) if after.state == "bounced" else (after, ())
    store.transact([delivery_write(after), *writes])
    facts = {"Bounce": "MailsBounced", "Reject": "MailsRejected", "Complaint": "MailsComplainedOf"}
    telemetry.record(facts[told.mail_event], delivery=after.id, template=after.template, error=after.error or "")


def _summary(told: MailReturn) -> str:
    return " ".join(part for part in (told.mail_event, told.reason, told.detail) if part)
