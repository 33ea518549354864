"""What a rung does when it is reached: an alert, the people told, other systems called, the ticket moved."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tingjian.escalation.alerts.events import AlertRaised
from tingjian.escalation.alerts.models import Alert, AlertName
from tingjian.escalation.alerts.recipients import people_to_tell
from tingjian.escalation.alerts.storage import alert_write
from tingjian.escalation.ladders.models import Ladder, Rung
from tingjian.intake.handoffs.actions import is_department, ticket_with_handoff
from tingjian.intake.handoffs.bodies import AskDepartment
from tingjian.intake.handoffs.storage import handoff_write
from tingjian.intake.messages.models import Message
from tingjian.intake.messages.storage import message_write
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.types.models import Priority
from tingjian.notifications.notices.models import notice_of
from tingjian.notifications.notices.storage import notice_write
from tingjian.notifications.webhooks.storage import webhook_calls
from tingjian.people.staff.posts import holders
from tingjian.platform.assembled import NoticeKind
from tingjian.platform.events import SYSTEM
from tingjian.platform.ids import derived_id
from tingjian.platform.store import Store, Write
from tingjian.platform.times import stamp
from tingjian.sla.clocks import Clock
from tingjian.sla.policies.plans import hours_of

RAISED: dict[Priority, Priority] = {"low": "normal", "normal": "high", "high": "urgent", "urgent": "urgent"}


@dataclass(slots=True)
class RungResult:
    """The ticket after the rung, what is written beside it, and what its event says."""

    ticket: Ticket
    writes: list[Write] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)


def reach(
    store: Store,
    ladder: Ladder,
    rung: Rung,
    ticket: Ticket,
    clock: Clock,
    *,
    kind: NoticeKind,
    now: datetime,
    handoff: int = 0,
) -> RungResult:
    """Raise the rung's alert and do what it says, as members of the transaction of the ticket's change.

    A raised priority leaves the running clocks as they are: an escalation brings help, not a second, earlier miss.
    """
    reached = RungResult(ticket)
    people = people_to_tell(store, rung, ticket)
    name = AlertName.of(ticket.id, clock, rung.share, handoff)
    answer_by = None
    if rung.acknowledge_within_minutes and ladder.above(rung.share):
        answer_by = hours_of(store)(clock).add(now, rung.acknowledge_within_minutes)
    alert = Alert(
        id=str(name),
        version=1,
        ticket=ticket.id,
        clock=clock.name,
        share=rung.share,
        raised_at=now,
        due_at=clock.due_at,
        ladder=ladder.id,
        ladder_version=ladder.version,
        team=ticket.team,
        owner=people[0].id if people else None,
        told=tuple(person.id for person in people),
        channels=rung.channels,
        answer_by=answer_by,
    )
    reached.writes.append(alert_write(alert))
    reached.data |= {"alert": alert.id, "told": alert.told}
    facts = {"clock": clock.name, "share": rung.share, "due_at": stamp(clock.due_at) if clock.due_at else None}
    facts = {key: value for key, value in facts.items() if value is not None}
    if set(rung.channels) - {"webhook"}:
        for person in people:
            notice = notice_of(
                person.id,
                kind,
                ticket.id,
                facts,
                now=now,
                mark=alert.id,
                alert=alert.id,
                channels=tuple(channel for channel in rung.channels if channel != "webhook"),
                quiet_hours=ladder.quiet_hours,
            )
            reached.writes.append(notice_write(notice))
    if "webhook" in rung.channels:
        told = facts | {"alert": alert.id, "ticket": ticket.id, "team": ticket.team, "told": list(alert.told)}
        reached.writes += webhook_calls(store, AlertRaised, told, mark=alert.id, now=now)
    _change_ticket(store, rung, reached, mark=alert.id, now=now)
    return reached


def _change_ticket(store: Store, rung: Rung, reached: RungResult, *, mark: str, now: datetime) -> None:
    """Reassign, raise the priority, leave a note, ask a department."""
    ticket = reached.ticket
    update: dict[str, Any] = {}
    heirs = holders(store, rung.reassign_to, team=ticket.team, assignee=ticket.assignee) if rung.reassign_to else []
    if heirs and heirs[0].id != ticket.assignee:
        update |= {"assignee": heirs[0].id, "status": "open" if ticket.status == "new" else ticket.status}
        reached.data["from_assignee"] = ticket.assignee
    if rung.raise_priority and RAISED[ticket.priority] != ticket.priority:
        update["priority"] = RAISED[ticket.priority]
        reached.data["from_priority"] = ticket.priority
    if rung.note:
        note = Message(id=derived_id("note", mark), ticket=ticket.id, kind="note", text=rung.note, at=now)
        reached.writes.append(message_write(note))
        reached.data["message_id"] = note.id
    if update:
        reached.ticket = ticket.model_copy(update=update)
    if rung.task and is_department(store, rung.task.department):
        body = AskDepartment(department=rung.task.department, request=rung.task.request)
        reached.ticket, handoff = ticket_with_handoff(store, reached.ticket, body, by=SYSTEM.kind, now=now)
        reached.writes.append(handoff_write(handoff))
        reached.data["task"] = {"handoff": handoff.number, "department": handoff.department}
