"""How the outgoing messages of a ticket fare: queued, sent, refused or sent back, and where they went."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from tingjian.intake.messages.models import Message, MessageView
from tingjian.intake.messages.storage import DELIVERED, message_key
from tingjian.notifications.deliveries.models import Delivery, Outcome
from tingjian.notifications.deliveries.storage import deliveries_about, delivery_id_of
from tingjian.platform.store import Store

KNOWN_BY = timedelta(days=1)
"""A message without a delivery is on its way for so long; later its delivery was forgotten."""


def with_outcomes(store: Store, messages: Sequence[Message], *, now: datetime) -> tuple[MessageView, ...]:
    """The messages of one ticket with how they fare. One call if any goes out to the customer."""
    outgoing = [message for message in messages if _goes_out(message)]
    known = deliveries_about(store, outgoing[0].ticket) if outgoing else {}
    return tuple(MessageView(**dict(message), outcome=_outcome(message, known, now)) for message in messages)


def _goes_out(message: Message) -> bool:
    return message.kind in DELIVERED and message.spoken is None


def _outcome(message: Message, known: dict[str, Delivery], now: datetime) -> Outcome | None:
    if message.spoken:
        return Outcome(state="spoken", at=message.at)
    if not _goes_out(message):
        return None
    found = known.get(delivery_id_of(message_key(message)))
    if found:
        return Outcome.of(found)
    return Outcome(state="queued", at=message.at) if now - message.at < KNOWN_BY else None
