"""What answers a ticket: pure. A reply that is written meets no promise; one that reached the customer does."""

from datetime import datetime
from typing import Any

from tingjian.intake.tickets.events import AnswerFailed, TicketAnswered
from tingjian.intake.tickets.models import ANSWERED_BY_REPLY, Ticket
from tingjian.intake.tickets.moves import Change, assign
from tingjian.sla.clocks import Hours


def require_reply(ticket: Ticket) -> None:
    """Raise IllegalMoveError for a closed ticket, unless its customer wrote after the close."""
    if ticket.unanswered_since is None:
        ticket.require("reply")


def reply(ticket: Ticket, *, by: str) -> Change | None:
    """What writing a public reply does to the ticket: a new one is its writer's. None when it changes nothing.

    It meets no promise yet: `answer` does, once the reply has reached the customer.
    """
    require_reply(ticket)
    return assign(ticket, team=ticket.team, assignee=ticket.assignee or by) if ticket.status == "new" else None


def answer(ticket: Ticket, *, by: str, written_at: datetime, now: datetime) -> Change | None:
    """What an answer does that reached the customer now, or was spoken: it meets the promises from before it.

    None when it changes nothing about the ticket.
    """
    answered = ticket.unanswered_since is not None and ticket.unanswered_since <= written_at
    update: dict[str, Any] = {"unanswered_since": None} if answered else {}
    if ticket.first_responded_at is None:
        update["first_responded_at"] = now
    if ticket.status == "new":
        update |= {"status": "open", "assignee": ticket.assignee or by}
    clocks = tuple(
        clock.meet(now) if clock.name in ANSWERED_BY_REPLY and clock.started_at <= written_at else clock
        for clock in ticket.clocks
    )
    if clocks != ticket.clocks:
        update["clocks"] = clocks
    if not update:
        return None
    return Change(ticket.model_copy(update=update), TicketAnswered, {"first": ticket.first_responded_at is None})


def revoke_answer(
    ticket: Ticket,
    *,
    answered_at: datetime | None,
    hours: Hours,
    now: datetime,
    asked_at: datetime | None = None,
) -> Change | None:
    """What it means that the answer of this instant never reached the customer: the promises that it met run on.

    The customer waits again since `asked_at`, when the message came that it answered.

    Those of a closed ticket are missed, since no other answer comes. None when it changes nothing about the ticket.
    """
    clocks = list(ticket.clocks)
    for place, clock in enumerate(clocks):
        if clock.name in ANSWERED_BY_REPLY and clock.met_at is not None and clock.met_at == answered_at:
            clocks[place] = clock.run_on(hours).enter(ticket.category, hours, now)
        if clock.name in ANSWERED_BY_REPLY and ticket.category == "closed":
            clocks[place] = clocks[place].miss(now)
    changed = [new for new, old in zip(clocks, ticket.clocks, strict=True) if new != old]
    first = answered_at is not None and ticket.first_responded_at == answered_at
    if not changed and not first and not (answered_at and asked_at and ticket.unanswered_since is None):
        return None
    update = {
        "clocks": tuple(clocks),
        "first_responded_at": None if first else ticket.first_responded_at,
        "unanswered_since": ticket.unanswered_since or asked_at,
    }
    data: dict[str, Any] = {"clocks": tuple(clock.name for clock in changed)}
    if ended := {clock.name: False for clock in changed if not clock.live}:
        data["kept"] = ended
    return Change(ticket.model_copy(update=update), AnswerFailed, data)
