"""What a recorded call does to its ticket: it is released, or taken up again by the unit and the person who had it."""

from datetime import datetime

from tingjian.intake.messages.models import Message
from tingjian.intake.messages.storage import message_write
from tingjian.intake.tickets import moves
from tingjian.intake.tickets.actions import type_of
from tingjian.intake.tickets.changes import Decision, Request, ticket_with_event
from tingjian.intake.tickets.closings import with_closing_time
from tingjian.intake.tickets.destinations import placed
from tingjian.intake.tickets.models import ACTIVE, Ticket
from tingjian.intake.tickets.moves import Change
from tingjian.intake.tickets.storage import load_ticket, ticket_write
from tingjian.intake.tickets.ticket_clocks import reopened_clocks
from tingjian.notifications.notices.models import notice_of
from tingjian.notifications.notices.storage import notice_write
from tingjian.people.staff.posts import holders
from tingjian.platform.events import Actor, event_write
from tingjian.platform.ids import derived_id
from tingjian.platform.store import Store, Write
from tingjian.sla.policies.plans import hours_of
from tingjian.survey.callbacks.models import Callback
from tingjian.survey.followups.events import TicketUnblocked


def follow_through(store: Store, callback: Callback, actor: Actor, now: datetime) -> list[Write]:
    """What a callback that is over writes beside itself. One call and more for one with a ticket, else none."""
    if callback.state != "done" or callback.ticket is None:
        return []
    ticket = load_ticket(store, callback.ticket)
    request = Request(number=ticket.id, actor=actor, now=now)
    freed = moves.without_blocker(ticket, callback.blocker)
    if callback.result == "not_satisfied" and ticket.category not in ACTIVE:
        return [*_writes(ticket, _reopening(store, callback, freed, request), request), *_told(store, callback, now)]
    if callback.result == "satisfied" and ticket.status == "resolved":
        freed = freed.model_copy(update={"confirmed_at": freed.confirmed_at or now})
    elif freed == ticket:
        return []
    freed = with_closing_time(freed, type_of(store, freed), now=now, heard=True)
    return _writes(ticket, Decision(Change(freed, TicketUnblocked, {"blocker": callback.blocker})), request)


def _reopening(store: Store, callback: Callback, ticket: Ticket, request: Request) -> Decision:
    place = {"team": callback.work_team or callback.team, "assignee": callback.person}
    given = placed(store, ticket.model_copy(update=place))
    clocks = reopened_clocks(store, given, now=request.now)
    change = moves.reopen(given, clocks=clocks, reason="callback", hours=hours_of(store), now=request.now)
    note = Message(
        id=derived_id("callback-note", callback.id),
        ticket=ticket.id,
        kind="note",
        text=callback.attempts[-1].note,
        at=request.now,
        author=request.actor.id,
    )
    data = {"from_team": ticket.team, "from_assignee": ticket.assignee, "message_id": note.id}
    return Decision(change, [message_write(note)], data)


def _told(store: Store, callback: Callback, now: datetime) -> list[Write]:
    people = holders(store, "lead", team=callback.work_team or callback.team, assignee=callback.person)
    data = {"callback": callback.id, "round": callback.round}
    names = dict.fromkeys(person.id for person in people)
    return [
        notice_write(notice_of(name, "callback_unsatisfied", callback.ticket, data, now=now, mark=callback.id))
        for name in names
    ]


def _writes(before: Ticket, decision: Decision, request: Request) -> list[Write]:
    ticket, event = ticket_with_event(before, decision, request)
    return [ticket_write(ticket), event_write(event), *decision.writes]
