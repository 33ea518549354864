"""A reply is an answer once it has reached the customer, whatever order the news of it comes in."""

from datetime import timedelta

from tests.builders import CUSTOMER, LEAD, NOW
from tests.functions.intake.test_tickets import ask, by
from tingjian.intake.conversations.actions import write_message
from tingjian.intake.conversations.answers import hear_failed, hear_reached
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import Closing, Reply, Resolution, Written
from tingjian.intake.tickets.changes import Request
from tingjian.intake.tickets.storage import load_ticket
from tingjian.notifications.deliveries.events import MessageFailed, MessageReached
from tingjian.platform.chains import ChainEnd, chain_end
from tingjian.platform.events import SYSTEM, Event, event_write, is_unbroken, load_events
from tingjian.platform.facts import Fact
from tingjian.platform.store import Store
from tingjian.sla.policies.models import Target
from tingjian.sla.policies.storage import list_policies, policy_writes


def reply(store: Store, number: str, minutes: int = 10, **body: str) -> str:
    receipt = write_message(
        store, None, by(number, minutes=minutes), "reply", Reply.model_validate({"text": "您好", **body})
    )
    assert receipt.message_id
    return receipt.message_id


def news(number: str, message: str, fact: type[Fact], minutes: float, before: Event | None = None) -> Event:
    data = {"ticket": number, "message_id": message, "template": "reply", "delivery": message}
    data |= {"why": "bounced"} if fact is MessageFailed else {}
    end = chain_end(before) if before else ChainEnd(f"outcome#{message}")
    return end.next_event(fact, now=NOW + timedelta(minutes=minutes), actor=SYSTEM, data=data)


def hear(store: Store, event: Event) -> None:
    """The event is told, and whoever listens hears it twice."""
    store.transact([event_write(event)])
    for _ in range(2):
        (hear_reached if event.name == "MessageReached" else hear_failed)(store, event, event.at)


def first_response(store: Store, number: str) -> tuple[bool | None, bool]:
    """Whether the first response was kept, and whether its clock still runs."""
    clock = load_ticket(store, number).clock("first_response")
    assert clock is not None
    return clock.was_kept(), clock.live


def told(store: Store, number: str) -> list[str]:
    events = load_events(store, f"ticket#{number}")
    assert is_unbroken(events)
    return [event.name for event in events]


def test_reply_meets_nothing_until_it_has_reached_the_customer(centre: Store) -> None:
    number = ask(centre).id

    message = reply(centre, number)
    before = load_ticket(centre, number)
    hear(centre, news(number, message, MessageReached, 11))

    assert (before.status, before.assignee, before.first_responded_at) == ("open", "chen", None)
    after = load_ticket(centre, number)
    assert after.first_responded_at == NOW + timedelta(minutes=11)
    assert first_response(centre, number) == (True, False)
    assert told(centre, number) == ["TicketOpened", "TicketAssigned", "TicketAnswered"]
    answered = load_events(centre, f"ticket#{number}")[-1]
    assert (str(answered.actor), answered.data["message_id"], answered.data["seconds"]) == ("staff#chen", message, 660)


def test_reply_that_arrives_too_late_misses_its_clock(centre: Store) -> None:
    number = ask(centre).id

    hear(centre, news(number, reply(centre, number, 59), MessageReached, 61))

    assert first_response(centre, number) == (False, False)


def test_reply_that_comes_back_was_no_answer_and_the_clock_runs_on(centre: Store) -> None:
    number = ask(centre).id
    message = reply(centre, number)
    reached = news(number, message, MessageReached, 11)
    due = load_ticket(centre, number).timer_at

    hear(centre, reached)
    hear(centre, news(number, message, MessageFailed, 30, reached))

    ticket = load_ticket(centre, number)
    assert (ticket.first_responded_at, ticket.timer_at) == (None, due)
    assert told(centre, number)[-2:] == ["TicketAnswered", "AnswerFailed"]


def test_reply_that_came_back_is_no_answer_when_its_success_is_heard_of_afterwards(centre: Store) -> None:
    number = ask(centre).id
    message = reply(centre, number)
    reached = news(number, message, MessageReached, 11)
    centre.transact([event_write(reached)])

    hear(centre, news(number, message, MessageFailed, 30, reached))
    hear_reached(centre, reached, NOW)

    assert load_ticket(centre, number).first_responded_at is None


def test_spoken_reply_is_an_answer_at_once(centre: Store) -> None:
    number = ask(centre).id

    reply(centre, number, spoken="phone")

    assert first_response(centre, number) == (True, False)


def test_close_leaves_the_promise_to_a_reply_that_is_on_its_way(centre: Store) -> None:
    number = ask(centre).id
    actions.resolve(centre, by(number), Resolution(reply="已补发"))
    actions.close(centre, by(number, minutes=12), Closing())
    on_its_way = first_response(centre, number)

    message = str(load_events(centre, f"ticket#{number}")[1].data["message_id"])
    hear(centre, news(number, message, MessageReached, 13))

    assert on_its_way == (None, True)
    assert first_response(centre, number) == (True, False)
    assert load_ticket(centre, number).status == "closed"


def test_close_misses_the_promise_when_the_reply_then_fails(centre: Store) -> None:
    number = ask(centre).id
    actions.resolve(centre, by(number), Resolution(reply="已补发"))
    actions.close(centre, by(number, minutes=12), Closing())

    message = str(load_events(centre, f"ticket#{number}")[1].data["message_id"])
    hear(centre, news(number, message, MessageFailed, 13))

    assert first_response(centre, number) == (False, False)


def test_customer_who_writes_while_the_answer_is_on_its_way_is_owed_the_next_one(centre: Store) -> None:
    policy = next(policy for policy in list_policies(centre) if policy.id == "default")
    targets = (*policy.targets, Target(clock="next_response", minutes=30))
    centre.transact(policy_writes(policy.model_copy(update={"version": 2, "targets": targets})))
    centre.forget("policies")
    number = ask(centre).id
    message = reply(centre, number)
    customer = Request(number, CUSTOMER, NOW + timedelta(minutes=12))
    write_message(centre, None, customer, "customer", Written(text="还有一件事"))

    hear(centre, news(number, message, MessageReached, 13))

    turn = load_ticket(centre, number).clock("next_response")
    assert turn is not None
    assert (turn.started_at, turn.live) == (NOW + timedelta(minutes=12), True)


def test_what_the_service_itself_writes_is_no_answer(centre: Store) -> None:
    first, again = ask(centre).id, ask(centre).id
    actions.close(centre, by(again, LEAD), Closing(reason="duplicate", duplicate_of=first))
    message = str(load_events(centre, f"ticket#{again}")[-1].data["message_id"])

    hear(centre, news(again, message, MessageReached, 11))

    assert load_ticket(centre, again).first_responded_at is None
