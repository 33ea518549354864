"""Whom a rung tells."""

from tingjian.escalation.ladders.models import Rung
from tingjian.intake.tickets.models import Ticket
from tingjian.people.staff.models import LINE, Staff
from tingjian.people.staff.posts import active_staff, holders
from tingjian.platform.store import Store

MOST_TOLD = 30


def people_to_tell(store: Store, rung: Rung, ticket: Ticket) -> tuple[Staff, ...]:
    """Whom a rung tells, each once, in the order of the rung; 30 at most. No call when warm.

    A post that nobody holds goes up the line: a ticket without an assignee is the lead's.
    """
    found: dict[str, Staff] = {}
    for post in rung.tell:
        found |= {person.id: person for person in holders(store, post, team=ticket.team, assignee=ticket.assignee)}
    for name in rung.people:
        if person := active_staff(store, name):
            found[person.id] = person
    if not found and (rung.tell or rung.people):
        lowest = holders(store, LINE[0], team=ticket.team, assignee=ticket.assignee)
        found = {person.id: person for person in lowest}
    return tuple(found.values())[:MOST_TOLD]
