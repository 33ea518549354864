"""What happens to deliveries. Most of it is a delivery's own state, and no event."""

from typing import Literal

from tingjian.notifications.deliveries.models import Way
from tingjian.platform.facts import Fact

Failure = Literal["refused", "bounced", "no_way"]


class DeliveryReplayed(Fact):
    """Somebody had a delivery that was given up tried again."""

    template: str


class MessageFact(Fact):
    """The base of what became of a message to a customer: of which ticket, by which template and way it went.

    `message_id` is that of the ticket's message; a survey's invitation has the id of its survey there.
    """

    ticket: str
    message_id: str
    template: str
    delivery: str
    way: Way | None = None


class MessageReached(MessageFact):
    """A reply of staff, or a survey, was taken by the service that brings it to the customer."""


class MessageFailed(MessageFact):
    """A message did not reach its customer: refused by the service, sent back later, or there was no way to send it.

    A message that was sent back has reached the service before.
    """

    why: Failure
    detail: str | None = None
