"""Telling: each fact of the table becomes a notice for whoever is concerned."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tingjian.escalation.audiences.models import AudienceRole, rows_for
from tingjian.intake.handoffs.storage import HandoffNotFoundError, load_handoff
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.storage import TicketNotFoundError, load_ticket
from tingjian.notifications.notices.models import EVEN_WHEN_CLOSED, notice_of
from tingjian.notifications.notices.storage import notice_item
from tingjian.people.staff.models import Staff
from tingjian.people.staff.posts import active_staff, department_people, holders
from tingjian.platform.events import Event
from tingjian.platform.store import Store

MOST_TOLD = 30
TOLD = ("handoff", "department", "why", "way", "blockers", "missing", "unanswered")
"""What a notice keeps of its event: codes and ids."""


def tell(store: Store, event: Event, now: datetime) -> None:  # noqa: ARG001 - a notice has the time of its event
    """Write the notices of an event. A repeat finds them, since they have the time and the mark of the event."""
    ticket = _ticket_of(store, event)
    if ticket is None:
        return
    told: set[str] = {event.actor.id}
    for row in rows_for(event):
        if ticket.status == "closed" and row.kind not in EVEN_WHEN_CLOSED:
            continue
        people = [person for role in row.roles for person in _people(store, role, event, ticket)]
        for person in people[:MOST_TOLD]:
            if person.id in told:
                continue
            told.add(person.id)
            mark = f"{event.entity}.{event.version}"
            notice = notice_of(person.id, row.kind, ticket.id, _data(event), now=event.recorded_at, mark=mark)
            store.put_if_absent(notice_item(notice))


def _ticket_of(store: Store, event: Event) -> Ticket | None:
    kind, _, number = event.entity.partition("#")
    number = event.data["ticket"] if kind != "ticket" else number
    try:
        return load_ticket(store, number)
    except TicketNotFoundError:
        return None  # Erased meanwhile.


def _data(event: Event) -> dict[str, Any]:
    return {name: event.data[name] for name in TOLD if event.data.get(name) is not None}


def _people(store: Store, role: AudienceRole, event: Event, ticket: Ticket) -> Iterator[Staff]:
    match role:
        case "owner":
            yield from holders(store, "assignee", team=ticket.team, assignee=ticket.assignee)
        case "new assignee":
            yield from _person(store, event.data.get("assignee"))
        case "former assignee":
            yield from _person(store, event.data.get("from_assignee"))
        case "department":
            yield from department_people(store, event.data["department"])
        case "asker":
            yield from _person(store, _asker(store, ticket, event.data["handoff"]))


def _asker(store: Store, ticket: Ticket, number: int) -> str | None:
    try:
        return load_handoff(store, ticket.id, number).asked_by
    except HandoffNotFoundError:
        return None


def _person(store: Store, name: str | None) -> Iterator[Staff]:
    person = active_staff(store, name) if name else None
    if person:
        yield person
