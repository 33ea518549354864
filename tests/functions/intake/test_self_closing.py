"""Resolved tickets close by themselves; complaints once the customer was heard."""

from datetime import timedelta

from tests.builders import NOW
from tests.functions.escalation.scene import sweep
from tests.functions.intake.test_tickets import ask, by
from tingjian.intake.conversations.actions import write_message
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import Reply, Resolution
from tingjian.intake.tickets.storage import load_ticket
from tingjian.platform.store import Store

WEEK = timedelta(days=7, minutes=20)


def resolved(store: Store, kind: str = "feedback") -> str:
    number = ask(store, kind=kind).id
    write_message(store, None, by(number), "reply", Reply(text="好的", spoken="phone"))
    actions.resolve(
        store, by(number, minutes=20), Resolution(fields={"cause": "物流延误"} if kind == "complaint" else {})
    )
    return number


def test_resolved_ticket_closes_by_itself_after_the_days_of_its_type(centre: Store) -> None:
    number = resolved(centre)

    sweep(centre, NOW + WEEK - timedelta(seconds=1))
    before = load_ticket(centre, number).status
    sweep(centre, NOW + WEEK)

    ticket = load_ticket(centre, number)
    assert (before, ticket.status, ticket.close_reason, ticket.timer_at) == ("resolved", "closed", "done", None)


def test_complaint_waits_until_its_customer_was_heard(centre: Store) -> None:
    number = resolved(centre, "complaint")

    assert load_ticket(centre, number).wake_at is None


def test_reopened_ticket_is_not_closed_by_the_time_of_before(centre: Store) -> None:
    number = resolved(centre)
    actions.reopen(centre, by(number, minutes=30), "还没好")

    assert load_ticket(centre, number).wake_at is None
