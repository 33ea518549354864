"""What became of messages to customers, told to the Journal: a reply reached the way out, or a message failed.

Each delivery has a chain of its own, `outcome#<delivery>`, so that no ticket changes when its message is sent.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tingjian.notifications.deliveries.events import Failure, MessageFailed, MessageReached
from tingjian.notifications.deliveries.models import NOBODY_TO_REACH, Delivery
from tingjian.platform.chains import ChainEnd
from tingjian.platform.events import SYSTEM, Event, event_write
from tingjian.platform.facts import Fact
from tingjian.platform.places import TICKET
from tingjian.platform.store import Write

OUTCOME = "outcome#"
TOLD = frozenset({"reply", "survey"})
"""The templates whose success is told as well: a reply that reached the customer ends a clock, a survey is counted."""


def with_outcome(delivery: Delivery, now: datetime) -> tuple[Delivery, Sequence[Write]]:
    """The delivery that counts the event of what became of it, and the members that append that event, if there is one.

    Told is only what concerns a customer and has ended: nothing of a message that is still to be sent.
    """
    fact, data = _outcome_fact(delivery)
    if fact is None:
        return delivery, ()
    event = _event(delivery, fact, data, now)
    return delivery.model_copy(update={"outcomes": event.version, "outcome_hash": event.hash}), [event_write(event)]


def _outcome_fact(delivery: Delivery) -> tuple[type[Fact] | None, dict[str, Any]]:
    if not delivery.to_customer:
        return None, {}
    if delivery.state == "sent":
        return (MessageReached, {}) if delivery.template in TOLD else (None, {})
    why = failure_of(delivery)
    return (MessageFailed, {"why": why, "detail": delivery.error}) if why else (None, {})


def failure_of(delivery: Delivery) -> Failure | None:
    """Why the message did not reach its customer; None while it may, and where nothing had to be sent any more."""
    if delivery.state == "dropped":
        return "no_way" if delivery.error == NOBODY_TO_REACH else None
    failures: dict[str, Failure] = {"dead": "refused", "bounced": "bounced"}
    return failures.get(delivery.state)


def _event(delivery: Delivery, fact: type[Fact], data: dict[str, Any], now: datetime) -> Event:
    told = {
        "ticket": delivery.source_pk.removeprefix(TICKET),
        "message_id": delivery.source_sk.rpartition("#")[2],
        "template": delivery.template,
        "delivery": delivery.id,
        "way": delivery.way,
    }
    end = ChainEnd(OUTCOME + delivery.id, delivery.outcomes, delivery.outcome_hash)
    return end.next_event(fact, now=now, actor=SYSTEM, data=told | data)
