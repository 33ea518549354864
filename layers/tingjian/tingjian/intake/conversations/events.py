"""What happens in the conversation about a ticket."""

from tingjian.intake.messages.models import MessageKind, Spoken
from tingjian.intake.tickets.events import TicketFact


class MessageAdded(TicketFact):
    """A message that changes nothing about its ticket; `version` is the ticket's.

    A reply that is `on_its_way` is an answer once it has reached the customer. In events from before that was so, this
    is missing, and a reply was an answer by itself.
    """

    ticket: str
    message_id: str
    kind: MessageKind
    version: int
    spoken: Spoken | None = None
    on_its_way: bool | None = None
