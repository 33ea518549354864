"""The timer of a hand-off: a department has not answered by its due time (scope row 14)."""

from datetime import datetime
from typing import Any

from tingjian.escalation.alerts.people import department_people, holders
from tingjian.escalation.alerts.raising import notice_of
from tingjian.escalation.notices.storage import write_of as notice_write
from tingjian.escalation.sweep.models import Firing
from tingjian.escalation.webhooks.storage import calls_for
from tingjian.intake.handoffs.models import OPEN
from tingjian.intake.handoffs.storage import from_item
from tingjian.intake.handoffs.storage import write_of as handoff_write
from tingjian.intake.staff.storage import find_staff
from tingjian.intake.tickets.changes import Decision, Request, linked
from tingjian.intake.tickets.models import Change, Ticket
from tingjian.intake.tickets.storage import load_ticket, write_of
from tingjian.platform.events import SYSTEM
from tingjian.platform.events import write_of as event_write
from tingjian.platform.items import Item
from tingjian.platform.store import Store
from tingjian.platform.times import stamp


def fire_handoff(store: Store, item: Item, *, now: datetime) -> Firing | None:
    """Say once that a hand-off is overdue: event on the ticket, notices to the department and the asker. One read."""
    handoff = from_item(item)
    if handoff.state not in OPEN or handoff.overdue_at is not None or handoff.due_at > now:
        return None
    before = load_ticket(store, handoff.ticket)
    after = handoff.model_copy(update={"overdue_at": now, "version": handoff.version + 1})
    told = _told(store, before, handoff.department, handoff.asked_by)
    facts: dict[str, Any] = {
        "handoff": handoff.number,
        "department": handoff.department,
        "state": handoff.state,
        "due_at": stamp(handoff.due_at),
    }
    data = facts | {"told": told}
    ticket, event = linked(
        before,
        Decision(Change(before, "HandoffOverdue", data)),
        Request(number=before.id, actor=SYSTEM, now=now, right=None),
    )
    mark = f"{before.id}.handoff.{handoff.number}"
    notices = [notice_of(staff, "handoff_overdue", before.id, facts, now=now, mark=mark) for staff in told]
    return Firing(
        (
            write_of(ticket),
            event_write(event),
            handoff_write(after),
            *map(notice_write, notices),
            *calls_for(store, "handoff.overdue", facts | {"ticket": before.id}, mark=mark, now=now),
        ),
        {"HandoffsOverdue": 1},
    )


def _told(store: Store, ticket: Ticket, department: str, asked_by: str) -> list[str]:
    asker = find_staff(store, asked_by)
    asking = [asker] if asker and asker.active else holders(store, "assignee", ticket)
    return list(dict.fromkeys(person.id for person in [*department_people(store, department), *asking]))
