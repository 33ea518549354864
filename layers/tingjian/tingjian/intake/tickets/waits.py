"""Waits that end by themselves: put back to a date, or until the customer was reminded as often as the policy says."""

from datetime import datetime, timedelta

from tingjian.intake.customers.storage import customer_from_item
from tingjian.intake.messages.models import Message
from tingjian.intake.messages.storage import message_write
from tingjian.intake.tickets import moves
from tingjian.intake.tickets.bodies import Waiting
from tingjian.intake.tickets.changes import Decision, Request, ticket_with_event
from tingjian.intake.tickets.events import CustomerReminded
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.moves import Change
from tingjian.intake.tickets.storage import ticket_item
from tingjian.intake.tickets.ticket_clocks import plan_of_ticket
from tingjian.notifications.notices.models import notice_of
from tingjian.notifications.notices.storage import notice_write
from tingjian.people.staff.posts import holders
from tingjian.platform import texts
from tingjian.platform.assembled import NoticeKind
from tingjian.platform.errors import invalid
from tingjian.platform.events import SYSTEM, event_write
from tingjian.platform.ids import derived_id
from tingjian.platform.places import customer_key
from tingjian.platform.store import Store, Write
from tingjian.platform.timers import Firing
from tingjian.sla.policies.models import WaitRule
from tingjian.sla.policies.plans import hours_of

LONGEST = timedelta(days=366)
USUAL = WaitRule()
"""How often a customer is reminded where the policy does not say it and who waits asks for reminders."""


def waiting_change(store: Store, ticket: Ticket, body: Waiting, *, now: datetime) -> Change:
    """What a wait does to the ticket, with the time at which it is looked at again. Raises InvalidInputError.

    Without a date, a wait whose policy says nothing of reminders ends when the customer writes or somebody resumes it.
    """
    if body.until is not None and body.until <= now:
        raise invalid("until", "past")
    if body.until is not None and body.until > now + LONGEST:
        raise invalid("until", "too_far")
    plan = plan_of_ticket(store, ticket)
    rule = plan.policy.waiting if plan else None
    reminds = body.remind if body.remind is not None else body.until is None and rule is not None
    wake_at = body.until
    if wake_at is None and reminds:
        wake_at = _next_at(store, ticket, rule or USUAL, now)
    return moves.wait(ticket, hours=hours_of(store), now=now, wake_at=wake_at, reminds=reminds)


def fire_wait(store: Store, before: Ticket, *, now: datetime) -> Firing:
    """The time of a waiting ticket has come: the customer is reminded, or the wait ends and who has it is told."""
    plan = plan_of_ticket(store, before)
    rule = (plan.policy.waiting if plan else None) or USUAL
    if before.reminds and before.reminded < rule.reminders:
        return _remind(store, before, rule, now)
    change = moves.resume(before, hours=hours_of(store), now=now)
    reason = "unanswered" if before.reminds else "date"
    ticket, event = ticket_with_event(before, Decision(change, data={"reason": reason}), _by_system(before, now))
    kind: NoticeKind = "wait_unanswered" if before.reminds else "ticket_woken"
    people = holders(store, "assignee", team=before.team, assignee=before.assignee)
    mark = f"{before.id}.{event.version}.woken"
    told = [notice_write(notice_of(person.id, kind, before.id, {}, now=now, mark=mark)) for person in people]
    stored = Write("desk", ticket_item(ticket), expect=before.version)
    return Firing((stored, event_write(event), *told), {"TicketsWoken": 1})


def _remind(store: Store, before: Ticket, rule: WaitRule, now: datetime) -> Firing:
    found = store.get(customer_key(before.customer_id), consistent=False)
    language = customer_from_item(found).language if found else texts.DEFAULT
    message = Message(
        id=derived_id("reminder", before.id, str(before.version)),
        ticket=before.id,
        kind="reply",
        text=texts.text("reminder.text", language, subject=before.subject),
        at=now,
    )
    after = before.model_copy(update={"reminded": before.reminded + 1, "wake_at": _next_at(store, before, rule, now)})
    data = {"count": after.reminded, "message_id": message.id}
    change = Decision(Change(after, CustomerReminded, data))
    ticket, event = ticket_with_event(before, change, _by_system(before, now))
    stored = Write("desk", ticket_item(ticket), expect=before.version)
    return Firing((stored, event_write(event), message_write(message)), {"CustomersReminded": 1})


def _next_at(store: Store, ticket: Ticket, rule: WaitRule, now: datetime) -> datetime:
    """When the customer is reminded, or the wait ends: so many open minutes of the policy's calendar from now."""
    plan = plan_of_ticket(store, ticket)
    return plan.hours.add(now, rule.every_minutes) if plan else now + timedelta(minutes=rule.every_minutes)


def _by_system(ticket: Ticket, now: datetime) -> Request:
    return Request(number=ticket.id, actor=SYSTEM, now=now, right=None)
