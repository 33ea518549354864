"""Waits that end by themselves: at a date, or after the reminders that the policy names."""

from datetime import datetime, timedelta

import pytest

from tests.builders import AGENT
from tests.functions.escalation.scene import sweep
from tests.functions.sla.scene import at, by, file, save, say
from tingjian.intake.messages.storage import load_messages
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import Resolution, Waiting
from tingjian.intake.tickets.storage import load_ticket
from tingjian.notifications.notices.storage import list_notices
from tingjian.platform.errors import InvalidInputError
from tingjian.platform.events import is_unbroken, load_events
from tingjian.platform.places import ticket_entity
from tingjian.platform.store import Store
from tingjian.sla.policies.models import WaitRule

RULE = WaitRule(reminders=2, every_minutes=24 * 60)


def waiting(store: Store, body: Waiting) -> str:
    """A claimed ticket that was answered and waits since the hour 1."""
    number = file(store)
    actions.claim(store, by(number, 0.1))
    say(store, number, 0.5, "reply")
    actions.wait(store, by(number, 1), body)
    return number


def kinds(store: Store, person: str = AGENT.id) -> list[str]:
    return [item["kind"] for item in list_notices(store, person, limit=20, cursor=None).items]


def test_ticket_that_was_put_back_wakes_at_its_date_once_and_its_owner_is_told(centre: Store) -> None:
    number = waiting(centre, Waiting(until=at(30), note="客户周二回来"))
    before = sweep(centre, at(30) - timedelta(seconds=1))

    sweep(centre, at(30))
    sweep(centre, at(30.1))

    ticket = load_ticket(centre, number)
    events = load_events(centre, ticket_entity(number))
    assert before.fired == 0
    assert (ticket.status, ticket.wake_at) == ("open", None)
    assert [event.data.get("reason") for event in events if event.name == "TicketResumed"] == ["date"]
    assert kinds(centre) == ["ticket_woken"]
    assert is_unbroken(events)


def test_clock_that_stood_still_runs_on_from_the_date(centre: Store) -> None:
    save(centre)
    number = waiting(centre, Waiting(until=at(30)))

    sweep(centre, at(30))

    clock = load_ticket(centre, number).clock("resolution")
    assert clock is not None
    assert clock.due_at == at(37)


def test_customer_is_reminded_as_often_as_the_policy_says_and_then_the_wait_ends_in_work(centre: Store) -> None:
    save(centre, waiting=RULE)
    number = waiting(centre, Waiting())

    for hour in (25, 49, 73):
        sweep(centre, at(hour))

    messages, _ = load_messages(centre, number)
    reminders = [message for message in messages if message.kind == "reply" and not message.author]
    names = [event.name for event in load_events(centre, ticket_entity(number))]
    assert [message.at for message in reminders] == [at(49), at(25)]
    assert all("包裹没到" in message.text for message in reminders)
    assert names[-3:] == ["CustomerReminded", "CustomerReminded", "TicketResumed"]
    assert (load_ticket(centre, number).status, kinds(centre)[0]) == ("open", "wait_unanswered")


@pytest.mark.parametrize("end", ["customer", "resume", "resolve"])
def test_wait_that_ended_reminds_nobody_and_wakes_nothing(centre: Store, end: str) -> None:
    save(centre, waiting=RULE)
    number = waiting(centre, Waiting())
    if end == "customer":
        say(centre, number, 2, "customer")
        say(centre, number, 2.1, "reply")
    elif end == "resume":
        actions.resume(centre, by(number, 2))
    else:
        actions.resolve(centre, by(number, 2), Resolution())

    sweep(centre, at(200))

    names = [event.name for event in load_events(centre, ticket_entity(number))]
    assert "CustomerReminded" not in names
    assert names.count("TicketResumed") == (end != "resolve")


def test_wait_without_a_date_sends_no_reminders_unless_the_policy_or_somebody_wants_them(centre: Store) -> None:
    plain, asked = waiting(centre, Waiting()), waiting(centre, Waiting(remind=True))

    assert load_ticket(centre, plain).wake_at is None
    assert load_ticket(centre, asked).wake_at == at(1) + timedelta(days=2)


@pytest.mark.parametrize(("until", "code"), [(at(0.9), "past"), (at(24 * 367), "too_far")])
def test_date_lies_ahead_and_within_a_year(centre: Store, until: datetime, code: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        waiting(centre, Waiting(until=until))

    assert [(error.field, error.code) for error in refused.value.errors] == [("until", code)]
