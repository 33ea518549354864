"""What a policy or a calendar would do to the open tickets, shown before it is saved."""

from tingjian.escalation.replans.models import Preview, PreviewedTicket, PreviewPage
from tingjian.escalation.replans.replanner import ReplannedTicket, Replanner
from tingjian.escalation.replans.storage import QueuePlace, open_tickets
from tingjian.platform.errors import invalid
from tingjian.platform.ids import spoken_number
from tingjian.platform.store import Store

MOST_PAGES = 20
"""Of a preview: queues of departments hold no tickets."""


def preview_replan(store: Store, replanner: Replanner, page: PreviewPage) -> Preview:
    """Which open tickets a policy or a calendar would touch if it were saved and applied. Writes nothing; bounded."""
    place: QueuePlace | None = _place_of(page.cursor)
    items: list[PreviewedTicket] = []
    looked_at = 0
    for _ in range(MOST_PAGES):
        if place is None or looked_at >= page.limit:
            break
        tickets, place = open_tickets(store, place, page.limit - looked_at)
        looked_at += len(tickets)
        items += [_ticket_view(change) for change in replanner.replan(tickets)]
    cursor = f"{place[0]}:{place[1] or ''}" if place else None
    return Preview(looked_at=looked_at, touched=len(items), items=tuple(items), cursor=cursor)


def _place_of(cursor: str | None) -> QueuePlace:
    if cursor is None:
        return "", None
    team, colon, inside = cursor.partition(":")
    if not colon:
        raise invalid("cursor", "cursor")
    return team, inside or None


def _ticket_view(change: ReplannedTicket) -> PreviewedTicket:
    ticket = change.before
    return PreviewedTicket(
        ticket=ticket.id,
        number=spoken_number(ticket.id),
        team=ticket.team,
        type=ticket.type,
        priority=ticket.priority,
        moves=change.moves,
    )
