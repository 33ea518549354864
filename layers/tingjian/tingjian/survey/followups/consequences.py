"""What a finished follow-up does to its ticket: it is released, or taken up again by who had it."""

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
from tingjian.platform.events import event_write
from tingjian.platform.ids import derived_id
from tingjian.platform.rights import Caller
from tingjian.platform.store import Store, Write
from tingjian.sla.policies.plans import hours_of
from tingjian.survey.followups.events import TicketUnblocked
from tingjian.survey.followups.models import FollowUp


def follow_through(store: Store, follow_up: FollowUp, caller: Caller, now: datetime) -> list[Write]:
    """What takes a done follow-up off its ticket, if it is still on it.

    For a customer who is not satisfied, the ticket is taken up again by the person and the unit whose work it was.
    """
    if follow_up.state != "done" or follow_up.completion is None:
        return []
    ticket = load_ticket(store, follow_up.ticket)
    request = Request(number=ticket.id, actor=caller.actor, now=now)
    freed = moves.without_blocker(ticket, follow_up.blocker)
    if follow_up.completion.result == "not_satisfied" and ticket.category not in ACTIVE:
        return _writes(ticket, _reopening(store, follow_up, freed, request), request)
    if freed == ticket:
        return []
    freed = with_closing_time(freed, type_of(store, freed), now=now, heard=True)
    return _writes(ticket, Decision(Change(freed, TicketUnblocked, {"blocker": follow_up.blocker})), request)


def _reopening(store: Store, follow_up: FollowUp, ticket: Ticket, request: Request) -> Decision:
    given = placed(store, ticket.model_copy(update={"team": follow_up.team, "assignee": follow_up.person}))
    clocks = reopened_clocks(store, given, now=request.now)
    change = moves.reopen(given, clocks=clocks, reason="follow_up", hours=hours_of(store), now=request.now)
    note = Message(
        id=derived_id("followup", follow_up.id),
        ticket=ticket.id,
        kind="note",
        text=follow_up.completion.note if follow_up.completion else "",
        at=request.now,
        author=request.actor.id,
    )
    data = {"from_team": ticket.team, "from_assignee": ticket.assignee, "message_id": note.id}
    return Decision(change, [message_write(note)], data)


def _writes(before: Ticket, decision: Decision, request: Request) -> list[Write]:
    ticket, event = ticket_with_event(before, decision, request)
    return [ticket_write(ticket), event_write(event), *decision.writes]
