"""Turns of a conversation: the customer wrote and waits for a word of ours, until we answer or say why not. Pure."""

from datetime import datetime
from typing import Any

from tingjian.intake.tickets.events import AnswerWaived, CustomerWrote
from tingjian.intake.tickets.models import ACTIVE, Ticket
from tingjian.intake.tickets.moves import Change, resume
from tingjian.platform.errors import ConflictError
from tingjian.sla.clocks import Clock, Hours


class AnswerOwedError(ConflictError):
    """The customer has had no answer to the request yet, or was promised one in time: it cannot be waived."""

    code = "answer_owed"


class NothingToAnswerError(ConflictError):
    """The customer waits for no answer."""

    code = "nothing_to_answer"


def receive_message(ticket: Ticket, *, hours: Hours, now: datetime, turn: Clock | None = None) -> Change | None:
    """What a message of the customer does to the ticket: it ends the wait, and starts a new turn, maybe with its clock.

    None when it changes nothing about the ticket, since the customer waits for us already. Raises IllegalMoveError for
    a ticket that was closed as spam.
    """
    ticket.require("write")
    if ticket.close_reason == "spam":
        raise ticket.refusal("write")
    resumed = resume(ticket, hours=hours, now=now) if ticket.status == "waiting" else None
    after = resumed.ticket if resumed else ticket
    fact = resumed.event if resumed else CustomerWrote
    data: dict[str, Any] = {}
    if ticket.unanswered_since is None:
        after = after.model_copy(update={"unanswered_since": now})
    if turn is not None:
        started = turn.enter(after.category, hours, now)
        clocks = (*(clock for clock in after.clocks if clock.name != turn.name), started)
        after = after.model_copy(update={"clocks": clocks})
        data = {"clock": turn.name, "due_at": turn.deadline}
    return Change(after, fact, data) if after != ticket else None


def waive_answer(ticket: Ticket) -> Change:
    """Say that the customer's messages need no answer.

    Raises AnswerOwedError where one is promised or was never given, NothingToAnswerError when the last word was ours.
    """
    if ticket.unanswered_since is None:
        raise NothingToAnswerError
    if ticket.owes_answer or (ticket.first_responded_at is None and ticket.category in ACTIVE):
        raise AnswerOwedError
    return Change(ticket.model_copy(update={"unanswered_since": None}), AnswerWaived, {})
