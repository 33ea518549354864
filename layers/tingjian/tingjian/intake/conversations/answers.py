"""What follows from the outcome of a reply: once it has reached the customer it is an answer; if it fails, it was none.

Outcomes come late, twice and in any order. An answer meets only clocks that ran when it was written, and a failure
undoes only what that very answer met, so that a repeat finds nothing to do.
"""

from collections.abc import Sequence
from datetime import datetime

from tingjian.intake.messages.models import Message
from tingjian.intake.messages.storage import load_messages
from tingjian.intake.tickets import answers
from tingjian.intake.tickets.actions import response_figures
from tingjian.intake.tickets.changes import Decision, Request, save_change
from tingjian.intake.tickets.events import TicketAnswered
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.storage import load_ticket
from tingjian.intake.tickets.ticket_clocks import next_response_clock, ticket_events
from tingjian.notifications.deliveries.events import MessageFailed
from tingjian.platform.changes import load_and_write
from tingjian.platform.events import SYSTEM, Actor, Event, last_event
from tingjian.platform.store import Store
from tingjian.sla.policies.plans import hours_of

REPLY = "reply"
PAGE = 100


def hear_reached(store: Store, event: Event, now: datetime) -> None:  # noqa: ARG001 - it was answered when it arrived
    """A reply has reached the customer: who wrote it has answered, at that instant."""
    if event.data["template"] != REPLY or _came_back(store, event):
        return
    message, since = _message_and_what_came_since(store, event.data["ticket"], event.data["message_id"])
    if message is None or message.kind != REPLY or not message.author:
        return
    written = message
    request = Request(written.ticket, Actor(kind="staff", id=written.author), event.at, right=None)

    def write(ticket: Ticket) -> None:
        change = answers.answer(ticket, by=written.author, written_at=written.at, now=event.at)
        if change is None:
            return
        data = {"message_id": written.id, "kind": written.kind}
        data |= response_figures(store, ticket, change.ticket, request)
        after = _with_next_turn(store, change.ticket, since)
        save_change(store, ticket, Decision(change._replace(ticket=after), data=data), request)

    load_and_write(store, lambda: load_ticket(store, written.ticket), write)


def hear_failed(store: Store, event: Event, now: datetime) -> None:
    """A reply did not reach the customer: what it had met runs on."""
    number, identifier = event.data["ticket"], event.data["message_id"]
    if event.data["template"] != REPLY:
        return
    request = Request(number, SYSTEM, now, right=None)

    def write(ticket: Ticket) -> None:
        events = ticket_events(store, number)
        answered = next((past for past in reversed(events) if _answers_with(past, identifier)), None)
        change = answers.revoke_answer(
            ticket,
            answered_at=answered.at if answered else None,
            asked_at=_asked_at(events, answered) if answered else None,
            hours=hours_of(store),
            now=now,
        )
        if change is not None:
            save_change(store, ticket, Decision(change, data={"message_id": identifier}), request)

    load_and_write(store, lambda: load_ticket(store, number), write)


def _answers_with(event: Event, message: str) -> bool:
    return event.name == TicketAnswered.__name__ and event.data.get("message_id") == message


def _asked_at(events: Sequence[Event], answered: Event) -> datetime | None:
    """When the customer wrote what this answered; None for the request itself, or if we had answered that before."""
    for event in reversed(events[: answered.version - 1]):
        if event.name == TicketAnswered.__name__:
            return None
        if event.data.get("kind") == "customer":
            return event.at
    return None


def _came_back(store: Store, reached: Event) -> bool:
    newest = last_event(store, reached.entity)
    return newest is not None and newest.version > reached.version and newest.name == MessageFailed.__name__


def _message_and_what_came_since(store: Store, number: str, identifier: str) -> tuple[Message | None, list[Message]]:
    """The message, and the newer ones of the ticket, newest first. One call for each hundred."""
    since: list[Message] = []
    cursor: str | None = None
    while True:
        messages, cursor = load_messages(store, number, limit=PAGE, cursor=cursor)
        for message in messages:
            if message.id == identifier:
                return message, since
            since.append(message)
        if cursor is None:
            return None, since


def _with_next_turn(store: Store, ticket: Ticket, since: list[Message]) -> Ticket:
    """The ticket with the clock of what its customer wrote while the answer was on its way."""
    first = next((message for message in reversed(since) if message.kind == "customer"), None)
    if first is None:
        return ticket
    turn = next_response_clock(store, ticket, now=first.at)
    if turn is None:
        return ticket
    others = tuple(clock for clock in ticket.clocks if clock.name != turn.name)
    return ticket.model_copy(update={"clocks": (*others, turn.enter(ticket.category, hours_of(store), first.at))})
