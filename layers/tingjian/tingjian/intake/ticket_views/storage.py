"""A ticket with its messages and hand-offs, read as the one collection that they are in the store."""

from tingjian.intake.handoffs.models import Handoff
from tingjian.intake.handoffs.storage import handoff_from_item, load_handoffs
from tingjian.intake.messages.models import Message
from tingjian.intake.messages.storage import MESSAGE, load_messages, message_from_item
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.storage import TicketNotFoundError, ticket_from_item
from tingjian.platform.ids import is_number
from tingjian.platform.places import LAST, ticket_entity
from tingjian.platform.store import Store

FIRST_MESSAGES = 30


def load_collection(store: Store, number: str) -> tuple[Ticket, list[Message], list[Handoff], str | None]:
    """A ticket, its newest messages, its hand-offs, and the cursor to older messages. One call for most tickets."""
    if not is_number(number):
        raise TicketNotFoundError
    # Backwards: in the order of keys `ticket` is the last of the collection, and hand-offs come before messages.
    page = store.query(ticket_entity(number), limit=FIRST_MESSAGES + 1, forward=False)
    if not page.items or page.items[0]["sk"] != "ticket":
        raise TicketNotFoundError
    ticket = ticket_from_item(page.items[0])
    messages = [message_from_item(item) for item in page.items if item["sk"].startswith("message#")]
    handoffs = [handoff_from_item(item) for item in reversed(page.items) if item["sk"].startswith("handoff#")]
    if page.last and ticket.handoffs:  # The page ended among the messages, or among the hand-offs.
        handoffs = load_handoffs(store, number)
    if page.last and page.last["sk"] > MESSAGE + LAST:  # The page ended before the messages, among the surveys.
        messages, cursor = load_messages(store, number, limit=FIRST_MESSAGES)
        return ticket, messages, handoffs, cursor
    more = page.last is not None and page.last["sk"].startswith(MESSAGE)
    return ticket, messages, handoffs, page.cursor if more else None
