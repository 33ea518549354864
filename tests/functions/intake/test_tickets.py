"""The life of a ticket through its actions, on moto."""

from datetime import timedelta

import pytest

from tests.builders import AGENT, COLLEAGUE, CUSTOMER, LEAD, NOW, SIGNER, STRANGER, WAREHOUSE, key
from tingjian.intake.conversations.actions import write_message
from tingjian.intake.customers.models import Contact
from tingjian.intake.handoffs.actions import answer, ask_department, complete
from tingjian.intake.handoffs.bodies import AskDepartment, HandoffResult
from tingjian.intake.ticket_views.actions import ticket_history, view_ticket
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import (
    Ask,
    Assignment,
    Closing,
    EditTicket,
    ListQuery,
    OpenTicket,
    Receipt,
    Reply,
    Resolution,
    Waiting,
    Written,
)
from tingjian.intake.tickets.changes import Request
from tingjian.intake.tickets.lists import list_tickets
from tingjian.intake.tickets.models import (
    AlreadyClaimedError,
    BlockedError,
    IllegalMoveError,
    MissingFieldsError,
)
from tingjian.intake.tickets.openings import Opening, open_ticket
from tingjian.intake.tickets.rights import ASSIGN_TICKETS
from tingjian.intake.tickets.storage import load_ticket
from tingjian.platform.errors import (
    AccessDeniedError,
    IdempotencyMismatchError,
    InvalidInputError,
    StaleError,
    VersionRequiredError,
)
from tingjian.platform.idempotency import Idempotency
from tingjian.platform.rights import Caller
from tingjian.platform.store import Store

PHONE = "13812345678"


def ask(store: Store, *, kind: str = "feedback", idempotency: Idempotency | None = None, phone: str = PHONE) -> Receipt:
    body = Ask(type=kind, subject="包裹没到", text="三天了还没收到。", contact=Contact(phone=phone, name="王芳"))
    return open_ticket(store, SIGNER, body, Opening(CUSTOMER, NOW, "zh-CN", idempotency))


def by(number: str, caller: Caller = AGENT, *, minutes: int = 10, **options: object) -> Request:
    return Request(
        number=number,
        actor=caller.actor,
        now=NOW + timedelta(minutes=minutes),
        caller=caller,
        **options,  # type: ignore[arg-type]
    )


def test_opening_starts_both_clocks(centre: Store) -> None:
    receipt = ask(centre, kind="complaint")

    ticket = load_ticket(centre, receipt.id)

    assert {clock.name: clock.target_minutes for clock in ticket.clocks} == {"first_response": 60, "resolution": 2880}
    assert ticket.timer_at == NOW + timedelta(minutes=48)


def test_opening_twice_with_one_key_makes_one_ticket(centre: Store) -> None:
    first = ask(centre, idempotency=key())

    second = ask(centre, idempotency=key())

    assert second == first
    assert len(list_tickets(centre, ListQuery(team="aftersales"), caller=AGENT).items) == 1


def test_opening_refuses_a_key_of_another_request(centre: Store) -> None:
    ask(centre, idempotency=key(request="one"))

    with pytest.raises(IdempotencyMismatchError):
        ask(centre, idempotency=key(request="another"))


def test_opening_finds_a_known_customer_by_phone(centre: Store) -> None:
    first, second = ask(centre), ask(centre, phone="+86 138 1234 5678")

    tickets = [load_ticket(centre, receipt.id) for receipt in (first, second)]

    assert tickets[0].customer_id == tickets[1].customer_id


def test_opening_names_each_wrong_field(centre: Store) -> None:
    body = OpenTicket(
        type="complaint",
        subject="投诉",
        text="态度不好",
        channel="phone",
        contact=Contact(phone=PHONE),
        fields={"level": "9", "promised_at": "2020-01-01T00:00:00+08:00", "colour": "red"},
    )

    with pytest.raises(InvalidInputError) as caught:
        open_ticket(centre, SIGNER, body, Opening(AGENT.actor, NOW, "zh-CN"))

    assert {(error.field, error.code) for error in caught.value.errors} == {
        ("fields.level", "choice"),
        ("fields.promised_at", "past"),
        ("fields.colour", "extra_forbidden"),
    }


def test_claim_is_for_one_person_only(centre: Store) -> None:
    number = ask(centre).id
    actions.claim(centre, by(number))

    with pytest.raises(AlreadyClaimedError) as caught:
        actions.claim(centre, by(number, COLLEAGUE))

    assert caught.value.members == {"assignee": "chen"}


def test_a_ticket_of_another_team_is_out_of_reach(centre: Store) -> None:
    number = ask(centre).id

    with pytest.raises(AccessDeniedError):
        actions.claim(centre, by(number, STRANGER))
    with pytest.raises(AccessDeniedError):
        view_ticket(centre, number, caller=STRANGER, now=NOW)


def test_first_spoken_reply_meets_the_first_response(centre: Store) -> None:
    number = ask(centre).id

    receipt = write_message(centre, None, by(number), "reply", Reply(text="正在为您查询", spoken="phone"))

    ticket = load_ticket(centre, number)
    assert receipt.event == "TicketAnswered"
    assert ticket.first_responded_at == NOW + timedelta(minutes=10)
    assert ticket.assignee == "chen"


def test_later_reply_leaves_the_ticket_alone(centre: Store) -> None:
    number = ask(centre).id
    write_message(centre, None, by(number), "reply", Written(text="一"))

    receipt = write_message(centre, None, by(number, minutes=20), "reply", Written(text="二"))

    assert receipt.event == "MessageAdded"
    assert receipt.version == 2
    assert [m.text for m in view_ticket(centre, number, caller=AGENT, now=NOW).messages] == [
        "二",
        "一",
        "三天了还没收到。",
    ]


def test_reply_twice_with_one_key_is_one_message(centre: Store) -> None:
    number = ask(centre).id
    write_message(centre, None, by(number), "reply", Written(text="一"))
    request = by(number, minutes=20, idempotency=key())

    first = write_message(centre, None, request, "reply", Written(text="二"))
    second = write_message(centre, None, by(number, minutes=30, idempotency=key()), "reply", Written(text="二"))

    assert second == first
    assert len(view_ticket(centre, number, caller=AGENT, now=NOW).messages) == 3


def test_waiting_moves_the_deadline_by_what_was_waited(centre: Store) -> None:
    number = ask(centre).id
    actions.wait(centre, by(number, minutes=60), Waiting())

    write_message(
        centre, None, Request(number, CUSTOMER, NOW + timedelta(minutes=180)), "customer", Written(text="补充照片")
    )

    clock = load_ticket(centre, number).clock("resolution")
    assert clock is not None
    assert clock.due_at == NOW + timedelta(hours=72 + 2)


def test_resolving_lists_what_is_missing(centre: Store) -> None:
    number = ask(centre, kind="complaint").id

    with pytest.raises(MissingFieldsError) as caught:
        actions.resolve(centre, by(number), Resolution())

    assert [error.field for error in caught.value.errors] == ["fields.cause"]


def test_neither_resolving_nor_closing_gets_past_an_open_handoff(centre: Store) -> None:
    number = ask(centre).id
    ask_department(centre, by(number), AskDepartment(department="warehouse", request="请核对库存"))

    with pytest.raises(BlockedError) as resolving:
        actions.resolve(centre, by(number, minutes=20), Resolution())
    with pytest.raises(BlockedError) as closing:
        actions.close(centre, by(number, LEAD, minutes=30), Closing(reason="invalid"))

    assert resolving.value.members == closing.value.members == {"blockers": ["handoff:1"]}


def test_department_answers_only_its_own_handoffs(centre: Store) -> None:
    number = ask(centre).id
    ask_department(centre, by(number), AskDepartment(department="warehouse", request="请核对库存"))

    with pytest.raises(AccessDeniedError):
        answer(centre, by(number, STRANGER, right=None), "1", "accepted")
    answer(centre, by(number, WAREHOUSE, right=None), "1", "accepted")
    complete(centre, by(number, WAREHOUSE, right=None, minutes=20), "1", HandoffResult(text="已补发 SF123"))

    assert load_ticket(centre, number).blockers == ()


def test_closed_ticket_refuses_a_reply(centre: Store) -> None:
    number = ask(centre).id
    actions.close(centre, by(number), Closing(reason="spam"))

    with pytest.raises(IllegalMoveError):
        write_message(centre, None, by(number), "reply", Written(text="您好"))


def test_edit_says_which_version_it_was_made_on(centre: Store) -> None:
    number = ask(centre).id
    before = load_ticket(centre, number)

    with pytest.raises(VersionRequiredError):
        actions.edit(centre, by(number), EditTicket(priority="urgent"))

    assert load_ticket(centre, number) == before


def test_second_editor_is_told_who_was_first(centre: Store) -> None:
    number = ask(centre).id
    actions.edit(centre, by(number, if_match=1), EditTicket(priority="urgent"))

    with pytest.raises(StaleError) as caught:
        actions.edit(centre, by(number, COLLEAGUE, if_match=1), EditTicket(subject="改标题"))

    assert caught.value.members["conflicts"][0]["by"] == "staff#chen"
    assert "priority" in caught.value.members["conflicts"][0]["fields"]


def test_reopening_starts_a_new_resolution_clock(centre: Store) -> None:
    number = ask(centre).id
    actions.resolve(centre, by(number), Resolution(reply="已为您补发"))

    actions.reopen(centre, by(number, minutes=600), "还是没收到")

    clock = load_ticket(centre, number).clock("resolution")
    assert clock is not None
    assert clock.due_at == NOW + timedelta(minutes=600, hours=72)


def test_history_is_one_unbroken_chain(centre: Store) -> None:
    number = ask(centre).id
    actions.claim(centre, by(number))
    actions.assign(centre, by(number, LEAD, right=ASSIGN_TICKETS), Assignment(assignee="lin"))
    actions.resolve(centre, by(number, COLLEAGUE, minutes=30), Resolution())

    history = ticket_history(centre, load_ticket(centre, number))

    assert [entry.event for entry in history.items] == [
        "TicketOpened",
        "TicketAssigned",
        "TicketAssigned",
        "TicketResolved",
    ]
    assert history.unbroken


def test_queue_is_sorted_by_due_time_and_paged(centre: Store) -> None:
    numbers = [ask(centre, kind="complaint" if n % 2 else "feedback").id for n in range(7)]
    seen: list[str] = []
    cursor = None

    while True:
        page = list_tickets(centre, ListQuery(team="aftersales", limit=3, cursor=cursor), caller=AGENT)
        seen += [row.id for row in page.items]
        cursor = page.cursor
        if cursor is None:
            break

    assert sorted(seen) == sorted(numbers)
    assert [row for row in seen if row in numbers[1::2]] == seen[:3]


def test_note_does_not_end_a_wait(centre: Store) -> None:
    number = ask(centre).id
    actions.wait(centre, by(number), Waiting(note="等照片"))
    before = load_ticket(centre, number)

    write_message(centre, None, by(number, minutes=20), "note", Written(text="仓库说明天发"))

    assert load_ticket(centre, number) == before
