"""What a rung does when it is reached: an alert, the people told, other systems called, the ticket moved."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tingjian.escalation.alerts.events import AlertRaised
from tingjian.escalation.alerts.models import Alert, AlertName
from tingjian.escalation.alerts.recipients import people_to_tell
from tingjian.escalation.alerts.storage import alert_write
from tingjian.escalation.ladders.models import Ladder, Rung
from tingjian.intake.handoffs.actions import ticket_with_handoff
from tingjian.intake.handoffs.bodies import AskDepartment
from tingjian.intake.handoffs.requests import is_department
from tingjian.intake.handoffs.storage import handoff_write
from tingjian.intake.messages.models import Message
from tingjian.intake.messages.storage import message_write
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.types.models import Priority
from tingjian.notifications.notices.models import notice_of
from tingjian.notifications.notices.storage import notice_write
from tingjian.notifications.webhooks.storage import webhook_calls
from tingjian.people.staff.models import Staff
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
    people = people_to_tell(store, rung, ticket)
    alert = _new_alert(store, ladder, rung, ticket, clock, people=people, now=now, handoff=handoff)
    result = RungResult(ticket, [alert_write(alert)], {"alert": alert.id, "told": alert.told})
    result.writes += _messages(store, ladder, rung, alert, kind=kind, now=now)
    _change_ticket(store, rung, result, mark=alert.id, now=now)
    return result


def _new_alert(
    store: Store,
    ladder: Ladder,
    rung: Rung,
    ticket: Ticket,
    clock: Clock,
    *,
    people: Sequence[Staff],
    now: datetime,
    handoff: int,
) -> Alert:
    answer_by = None
    if rung.acknowledge_within_minutes and ladder.above(rung.share):
        answer_by = hours_of(store)(clock).add(now, rung.acknowledge_within_minutes)
    return Alert(
        id=str(AlertName.of(ticket.id, clock, rung.share, handoff)),
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


def _messages(
    store: Store, ladder: Ladder, rung: Rung, alert: Alert, *, kind: NoticeKind, now: datetime
) -> list[Write]:
    facts: dict[str, Any] = {"clock": alert.clock, "share": alert.share}
    if alert.due_at:
        facts["due_at"] = stamp(alert.due_at)
    channels = tuple(channel for channel in rung.channels if channel != "webhook")
    notices = [
        notice_of(
            person,
            kind,
            alert.ticket,
            facts,
            now=now,
            mark=alert.id,
            alert=alert.id,
            channels=channels,
            quiet_hours=ladder.quiet_hours,
        )
        for person in (alert.told if channels else ())
    ]
    writes = [notice_write(notice) for notice in notices]
    if "webhook" in rung.channels:
        data = facts | {"alert": alert.id, "ticket": alert.ticket, "team": alert.team, "told": list(alert.told)}
        writes += webhook_calls(store, AlertRaised, data, mark=alert.id, now=now)
    return writes


def _change_ticket(store: Store, rung: Rung, result: RungResult, *, mark: str, now: datetime) -> None:
    """Reassign, raise the priority, leave a note, ask a department."""
    ticket = result.ticket
    update: dict[str, Any] = {}
    heirs = holders(store, rung.reassign_to, team=ticket.team, assignee=ticket.assignee) if rung.reassign_to else []
    if heirs and heirs[0].id != ticket.assignee:
        update |= {"assignee": heirs[0].id, "status": "open" if ticket.status == "new" else ticket.status}
        result.data["from_assignee"] = ticket.assignee
    if rung.raise_priority and RAISED[ticket.priority] != ticket.priority:
        update["priority"] = RAISED[ticket.priority]
        result.data["from_priority"] = ticket.priority
    if rung.note:
        note = Message(id=derived_id("note", mark), ticket=ticket.id, kind="note", text=rung.note, at=now)
        result.writes.append(message_write(note))
        result.data["message_id"] = note.id
    if update:
        result.ticket = ticket.model_copy(update=update)
    if rung.task and is_department(store, rung.task.department):
        body = AskDepartment(department=rung.task.department, request=rung.task.request)
        result.ticket, handoff = ticket_with_handoff(store, result.ticket, body, by=SYSTEM.kind, now=now)
        result.writes.append(handoff_write(handoff))
        result.data["task"] = {"handoff": handoff.number, "department": handoff.department}
