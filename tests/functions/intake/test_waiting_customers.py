"""Every message of a customer surfaces: in the lists, as a notice, on finished tickets too."""

from datetime import timedelta

import pytest

from tests.builders import AGENT, CUSTOMER, LEAD, NOW
from tests.functions.door import Knocker
from tests.functions.sla.scene import at, by, file, save, say
from tingjian.intake.conversations.actions import waive_answer, write_message
from tingjian.intake.conversations.listeners import tell_of_message
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import Closing, ListQuery, Resolution, Written
from tingjian.intake.tickets.lists import TicketList, list_tickets
from tingjian.intake.tickets.models import IllegalMoveError
from tingjian.intake.tickets.storage import load_ticket
from tingjian.intake.tickets.turns import AnswerOwedError, NothingToAnswerError
from tingjian.notifications.notices.storage import list_notices
from tingjian.platform.events import last_event
from tingjian.platform.places import ticket_entity
from tingjian.platform.rights import Caller
from tingjian.platform.store import Store

ASK = {"type": "feedback", "subject": "包裹没到", "text": "三天了", "contact": {"phone": "13812345678"}}


def finished(store: Store, *, closed: bool) -> str:
    """A request that was answered, resolved and maybe closed."""
    number = file(store)
    say(store, number, 0.5, "reply")
    actions.resolve(store, by(number, 1), Resolution())
    if closed:
        actions.close(store, by(number, 2), Closing())
    return number


def waiting_list(store: Store, caller: Caller = AGENT, **query: object) -> TicketList:
    return list_tickets(store, ListQuery.model_validate({"unanswered": True} | query), caller=caller)


@pytest.mark.parametrize("closed", [False, True])
def test_message_on_a_finished_ticket_puts_it_among_the_work_with_the_mark(centre: Store, *, closed: bool) -> None:
    number = finished(centre, closed=closed)
    before = list_tickets(centre, ListQuery(), caller=AGENT).items

    say(centre, number, 3, "customer")

    [row] = list_tickets(centre, ListQuery(), caller=AGENT).items
    [marked] = waiting_list(centre).items
    assert before == ()
    assert (row.id, row.status, row.unanswered_since) == (number, "closed" if closed else "resolved", at(3))
    assert marked.last_message is not None
    assert (marked.last_message.kind, marked.last_message.at) == ("customer", at(3))
    assert list_tickets(centre, ListQuery(finished=True), caller=AGENT).items == ()


@pytest.mark.parametrize("closed", [False, True])
def test_answer_takes_the_mark_off_and_a_finished_ticket_back_to_the_finished(centre: Store, *, closed: bool) -> None:
    number = finished(centre, closed=closed)
    say(centre, number, 3, "customer")

    say(centre, number, 4, "reply")

    assert waiting_list(centre).items == ()
    assert [row.id for row in list_tickets(centre, ListQuery(finished=True), caller=AGENT).items] == [number]


def test_policy_that_promises_an_answer_times_it_on_a_closed_ticket_too(centre: Store) -> None:
    save(centre)
    number = finished(centre, closed=True)

    say(centre, number, 3, "customer")

    assert load_ticket(centre, number).timer_at == at(3) + timedelta(minutes=96)
    say(centre, number, 4, "reply")
    clock = load_ticket(centre, number).clock("next_response")
    assert clock is not None
    assert clock.was_kept() is True


def test_mark_is_of_the_first_unanswered_message_and_a_silent_resolution_leaves_it(centre: Store) -> None:
    number = file(centre)
    say(centre, number, 0.5, "reply")
    say(centre, number, 1, "customer")
    say(centre, number, 2, "customer")

    actions.resolve(centre, by(number, 3), Resolution())

    assert load_ticket(centre, number).unanswered_since == at(1)


def test_answer_that_comes_with_the_resolution_answers(centre: Store) -> None:
    number = file(centre)
    say(centre, number, 0.5, "reply")
    say(centre, number, 1, "customer")

    actions.resolve(centre, by(number, 3), Resolution(reply="已为您补发。", spoken="phone"))

    assert load_ticket(centre, number).unanswered_since is None


def test_customer_who_takes_a_ticket_up_again_waits_for_an_answer(centre: Store) -> None:
    number = finished(centre, closed=True)

    actions.reopen(centre, by(number, 3, None), "还没好")

    assert load_ticket(centre, number).unanswered_since == at(3)


def test_spam_takes_no_more_messages(centre: Store) -> None:
    number = file(centre)
    actions.close(centre, by(number, 1, LEAD), Closing(reason="spam"))

    with pytest.raises(IllegalMoveError):
        say(centre, number, 2, "customer")


def test_thanks_need_no_answer_when_somebody_says_so_with_a_reason(centre: Store) -> None:
    number = finished(centre, closed=True)
    say(centre, number, 3, "customer")

    waive_answer(centre, by(number, 4), "客户只是道谢")

    event = last_event(centre, ticket_entity(number))
    assert event is not None
    assert (event.name, "道谢" in str(event.data)) == ("AnswerWaived", False)
    assert waiting_list(centre).items == ()
    with pytest.raises(NothingToAnswerError):
        waive_answer(centre, by(number, 5), "再说一次")


def test_answer_that_was_promised_or_never_given_cannot_be_waived(centre: Store) -> None:
    number = file(centre)
    say(centre, number, 1, "customer")

    with pytest.raises(AnswerOwedError):
        waive_answer(centre, by(number, 2), "不想回")


@pytest.mark.parametrize(("claimed", "told"), [(True, "chen"), (False, "zhao")])
def test_who_has_the_ticket_else_the_lead_is_told_once_however_often_the_fact_comes(
    centre: Store, *, claimed: bool, told: str
) -> None:
    number = file(centre)
    if claimed:
        actions.claim(centre, by(number, 0.5))
    request = by(number, 1, None)
    receipt = write_message(centre, None, request, "customer", Written(text="人呢"))
    event = last_event(centre, ticket_entity(receipt.id))
    assert event is not None

    for _ in range(2):
        tell_of_message(centre, event, NOW)

    [notice] = list_notices(centre, told, limit=10, cursor=None).items
    assert (notice["kind"], notice["ticket"], "人呢" in str(notice)) == ("customer_wrote", number, False)
    assert event.actor == CUSTOMER


def test_customer_writes_to_a_closed_request_at_the_door(intake: Knocker) -> None:
    asked = intake.post("/v1/public/tickets", ASK).json
    number, path = asked["number"].replace("-", ""), f"/v1/public/tickets/{asked['follow_url'].partition('#')[2]}"
    for act, body in (("resolve", {"reply": "已补发", "spoken": "phone"}), ("close", {})):
        done = intake.post(f"/v1/tickets/{number}/{act}", body, caller=AGENT)
        assert done.status == 200, done.text

    shown = intake.get(path).json["can_write"]
    written = intake.post(path + "/messages", {"text": "还是没有收到"})

    assert (shown, written.status) == (True, 201)
    [row] = intake.get("/v1/tickets?unanswered=true", caller=AGENT).json["items"]
    assert row["last_message"]["text"] == "还是没有收到"
    assert intake.get(f"/v1/tickets/{number}", caller=AGENT).json["unanswered_since"] == row["unanswered_since"]
    assert intake.post(f"/v1/tickets/{number}/no-answer", {"reason": "已电话说明"}, caller=AGENT).status == 200
