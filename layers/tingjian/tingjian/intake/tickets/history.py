"""The history of a ticket, and whether it is whole."""

from tingjian.intake.attachments.models import AttachmentRef
from tingjian.intake.messages.storage import load_messages
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.views import History, HistoryEntry
from tingjian.platform.events import Event, load_events, unbroken
from tingjian.platform.places import ticket_entity
from tingjian.platform.store import Store

PAGE = 200


def history_of(store: Store, ticket: Ticket) -> History:
    """All events of a ticket, its chain of hashes checked from the first to the ticket itself (scope row 51)."""
    events: list[Event] = []
    while True:
        page = load_events(store, ticket_entity(ticket.id), after=len(events), limit=PAGE)
        events += page
        if len(page) < PAGE:
            break
    whole = unbroken(events) and bool(events) and events[-1].hash == ticket.hash
    return History(items=tuple(HistoryEntry.of(event) for event in events), unbroken=whole)


def files_of(store: Store, number: str, message_id: str) -> tuple[AttachmentRef, ...]:
    """The files of one message of a ticket; none when there is no such message."""
    cursor: str | None = None
    while True:
        messages, cursor = load_messages(store, number, limit=100, cursor=cursor)
        for message in messages:
            if message.id == message_id:
                return message.attachments
        if cursor is None:
            return ()
