"""Which clocks a ticket has when: turns of the customer, hand-offs, feedback, pauses by category, changed facts."""

from datetime import timedelta

import pytest

from tests.builders import WAREHOUSE
from tests.functions.sla.scene import TARGETS, at, by, clock, events, file, save, say
from tingjian.intake.handoffs.actions import answer, ask_department
from tingjian.intake.handoffs.bodies import AskDepartment
from tingjian.intake.handoffs.storage import load_handoffs
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import EditTicket, Resolution, Waiting
from tingjian.intake.tickets.storage import load_ticket
from tingjian.platform.store import Store

URGENT = {"types": ["feedback"], "priorities": ["urgent"]}


def test_a_turn_starts_with_the_customers_message_and_ends_with_the_reply(centre: Store) -> None:
    save(centre)
    number = file(centre)
    say(centre, number, 0.5, "reply")

    written = say(centre, number, 2, "customer")
    owed = clock(centre, number, "next_response")
    say(centre, number, 3, "reply")

    assert written == "CustomerWrote"
    assert owed.due_at == at(4)
    assert clock(centre, number, "next_response").was_kept() is True


def test_a_turn_is_one_however_often_the_customer_writes(centre: Store) -> None:
    save(centre)
    number = file(centre)
    say(centre, number, 0.5, "reply")
    say(centre, number, 2, "customer")

    again = say(centre, number, 3, "customer")

    assert again == "MessageAdded"
    assert clock(centre, number, "next_response").started_at == at(2)


def test_every_turn_has_a_clock_of_its_own(centre: Store) -> None:
    save(centre)
    number = file(centre)
    for hours in (0.5, 3, 7):
        say(centre, number, hours, "reply")
        say(centre, number, hours + 1, "customer")

    assert clock(centre, number, "next_response").started_at == at(8)
    assert len(load_ticket(centre, number).clocks) == 3


def test_what_follows_the_first_request_is_no_turn_before_the_first_response(centre: Store) -> None:
    save(centre)
    number = file(centre)

    say(centre, number, 0.5, "customer")

    assert load_ticket(centre, number).clock("next_response") is None


def test_a_customer_who_answers_a_question_ends_the_wait_and_starts_a_turn(centre: Store) -> None:
    save(centre)
    number = file(centre)
    say(centre, number, 0.5, "reply")
    actions.wait(centre, by(number, 1), Waiting())

    written = say(centre, number, 5, "customer")

    assert written == "TicketResumed"
    assert clock(centre, number, "next_response").due_at == at(7)
    assert clock(centre, number, "resolution").due_at == at(12)


def test_a_customer_who_writes_to_a_resolved_ticket_is_owed_an_answer_on_time(centre: Store) -> None:
    save(centre)
    number = file(centre)
    actions.resolve(centre, by(number, 1), Resolution(reply="好了", spoken="phone"))

    say(centre, number, 2, "customer")

    assert load_ticket(centre, number).timer_at == at(2) + timedelta(minutes=96)


def test_a_clock_stands_still_in_the_categories_that_its_target_names(centre: Store) -> None:
    save(centre, targets=[{**target, "pauses_in": ["resolved"]} for target in TARGETS[1:]])
    number = file(centre)
    actions.resolve(centre, by(number, 1), Resolution())
    say(centre, number, 2, "customer")
    paused = clock(centre, number, "next_response")

    actions.reopen(centre, by(number, 10), "还没好")

    assert paused.due_at is None
    assert clock(centre, number, "next_response").due_at == at(12)


def test_a_first_response_runs_on_while_waiting(centre: Store) -> None:
    save(centre)
    number = file(centre)

    actions.wait(centre, by(number, 0.1), Waiting())

    assert clock(centre, number, "first_response").due_at == at(1)
    assert clock(centre, number, "resolution").due_at is None


def test_a_late_turn_keeps_the_policy_that_its_ticket_runs_by(centre: Store) -> None:
    save(centre)
    number = file(centre)
    say(centre, number, 0.5, "reply")
    save(centre, targets=[{**target, "minutes": 5} for target in TARGETS])

    say(centre, number, 2, "customer")

    owed = clock(centre, number, "next_response")
    assert (owed.policy_version, owed.target_minutes) == (2, 120)


def test_a_feedback_answer_is_due_as_promised_and_met_by_the_reply(centre: Store) -> None:
    targets = [*TARGETS, {"clock": "feedback_answer", "minutes": 72 * 60}]
    save(centre, "feedback", match={"types": ["feedback"]}, targets=targets)
    number = file(centre)
    owed = clock(centre, number, "feedback_answer")

    say(centre, number, 30, "reply")

    assert owed.due_at == at(72)
    assert clock(centre, number, "feedback_answer").was_kept() is True


def test_a_handoff_has_the_time_that_the_policy_promises(office: Store) -> None:
    save(
        office,
        calendar="office",
        targets=[{"clock": "resolution", "minutes": 4800}, {"clock": "handoff", "minutes": 960}],
    )
    number = file(office)

    ask_department(office, by(number, 1), AskDepartment(department="warehouse", request="请核对库存"))
    answer(office, by(number, 26, WAREHOUSE, right=None), "1", "accepted")

    [handoff] = load_handoffs(office, number)
    assert handoff.due_at == at(49)
    assert handoff.clock is not None
    assert (handoff.clock.policy, handoff.clock.calendar) == ("default", "office")


@pytest.mark.parametrize("promised", [[], [{"clock": "handoff", "minutes": 600}]])
def test_a_handoff_without_a_time_of_its_own_gets_no_more_than_its_ticket_has(
    centre: Store, promised: list[dict[str, object]]
) -> None:
    save(centre, targets=[{"clock": "resolution", "minutes": 180}, *promised])
    number = file(centre)

    ask_department(centre, by(number, 1), AskDepartment(department="warehouse", request="请核对库存"))
    ask_department(centre, by(number, 4), AskDepartment(department="warehouse", request="已经晚了"))

    in_time, late = load_handoffs(centre, number)
    # Without a target of its own a hand-off has half of what its ticket has.
    assert in_time.due_at == (at(3) if promised else at(2.5))
    assert late.due_at == (at(14) if promised else at(5.5)), "a ticket that is late already sets no limit"


def test_a_handoff_with_a_time_of_its_own_keeps_it(centre: Store) -> None:
    save(centre, targets=[*TARGETS, {"clock": "handoff", "minutes": 960}])
    number = file(centre)

    ask_department(centre, by(number, 1), AskDepartment(department="warehouse", request="请核对库存", due_at=at(3)))

    [handoff] = load_handoffs(centre, number)
    assert (handoff.due_at, handoff.clock) == (at(3), None)


def test_a_new_priority_is_counted_from_the_start_with_every_pause(centre: Store) -> None:
    save(centre)
    save(
        centre,
        "urgent",
        match={"types": ["feedback"], "priorities": ["urgent"]},
        targets=[{"clock": "resolution", "minutes": 240}],
    )
    number = file(centre)
    actions.wait(centre, by(number, 1), Waiting())
    actions.resume(centre, by(number, 3))
    seen = load_ticket(centre, number).version

    actions.edit(centre, by(number, 4, if_match=seen), EditTicket(priority="urgent"))

    resolution = clock(centre, number, "resolution")
    assert resolution.due_at == at(4 + 2)
    assert clock(centre, number, "first_response").stopped_at == at(4)
    moved = events(centre, number)[-1].data["moved"]
    assert [entry["clock"] for entry in moved] == ["first_response", "resolution"]


def test_a_clock_that_pauses_only_by_the_new_policy_gets_the_pauses_of_before(centre: Store) -> None:
    save(centre, targets=[{"clock": "resolution", "minutes": 480, "pauses_in": []}])
    save(
        centre,
        "urgent",
        match={"types": ["feedback"], "priorities": ["urgent"]},
        targets=[{"clock": "resolution", "minutes": 480}],
    )
    number = file(centre)
    actions.wait(centre, by(number, 1), Waiting())
    actions.resume(centre, by(number, 3))
    seen = load_ticket(centre, number).version

    actions.edit(centre, by(number, 4, if_match=seen), EditTicket(priority="urgent"))

    assert clock(centre, number, "resolution").due_at == at(8 + 2)


def test_a_ticket_whose_policy_asks_for_customers_of_a_level_keeps_it(centre: Store) -> None:
    save(centre)
    match = {"types": ["feedback"], "customer_levels": ["normal"]}
    save(centre, "normal", match=match, targets=[{"clock": "resolution", "minutes": 60}])
    number = file(centre)
    actions.resolve(centre, by(number, 0.5), Resolution())

    actions.reopen(centre, by(number, 2), "还没好")

    assert clock(centre, number, "resolution").policy == "normal"
