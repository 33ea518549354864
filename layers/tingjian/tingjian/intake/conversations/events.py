"""What happens in the conversation about a ticket."""

from tingjian.intake.messages.models import MessageKind, Spoken
from tingjian.intake.tickets.events import TicketFact


class MessageAdded(TicketFact):
    """A message that changes nothing about its ticket; `version` is the ticket's."""

    ticket: str
    message_id: str
    kind: MessageKind
    version: int
    spoken: Spoken | None = None
