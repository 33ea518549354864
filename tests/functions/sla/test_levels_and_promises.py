"""Levels of complaints and of customers choose the policy, and a promise to the customer is a clock of its own."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.builders import AGENT, MANAGER, NOW, SIGNER
from tests.functions.escalation.scene import notices_of, sweep
from tests.functions.sla.scene import at, by, clock, events, save
from tingjian.escalation.policies.actions import check_match
from tingjian.escalation.replans.actions import hear_level
from tingjian.intake.customers.events import CustomerChanged
from tingjian.intake.customers.models import Contact
from tingjian.intake.customers.storage import customer_write, load_customer
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import EditTicket, OpenTicket, Resolution
from tingjian.intake.tickets.openings import Opening, open_ticket
from tingjian.intake.tickets.storage import load_ticket
from tingjian.platform.chains import ChainEnd
from tingjian.platform.errors import InvalidInputError
from tingjian.platform.store import Store
from tingjian.platform.times import stamp
from tingjian.sla.policies.models import Match

RESOLUTION = [{"clock": "resolution", "minutes": 240}]


def file(store: Store, **fields: Any) -> str:
    contact = Contact(phone="13812345678", name="王芳")
    body = OpenTicket(
        type="complaint", subject="开胶", text="三天就开胶。", channel="email", contact=contact, fields=fields
    )
    return open_ticket(store, SIGNER, body, Opening(AGENT.actor, NOW, "zh-CN")).id


def edit(store: Store, number: str, hours: float, **fields: Any) -> None:
    version = load_ticket(store, number).version
    actions.edit(store, by(number, hours, if_match=version), EditTicket(fields=fields))


def test_policy_for_a_level_holds_for_complaints_of_that_level_from_the_start(centre: Store) -> None:
    save(centre, "serious", match={"types": ["complaint"], "levels": ["3"]}, targets=RESOLUTION)

    serious, plain = file(centre, level="3"), file(centre, level="1")

    assert (clock(centre, serious, "resolution").due_at, clock(centre, plain, "resolution").due_at) == (at(4), at(48))


def test_changed_level_replans_from_the_start_and_says_so(centre: Store) -> None:
    save(centre, "serious", match={"types": ["complaint"], "levels": ["3"]}, targets=RESOLUTION)
    number = file(centre, level="1")

    edit(centre, number, 1, level="3")

    assert clock(centre, number, "resolution").due_at == at(4)
    moved = {move["clock"]: move.get("to_at") for move in events(centre, number)[-1].data["moved"]}
    assert moved["resolution"] == stamp(at(4))


def test_level_that_no_type_knows_is_refused_with_its_place(centre: Store) -> None:
    with pytest.raises(InvalidInputError) as refused:
        check_match(centre, Match(levels=("3", "重大")))

    assert [error.field for error in refused.value.errors] == ["match.levels.1"]


def test_changed_level_of_a_customer_replans_the_open_tickets(centre: Store) -> None:
    save(centre, "key", match={"types": ["complaint"], "customer_levels": ["key"]}, targets=RESOLUTION)
    number = file(centre)
    customer = load_customer(centre, load_ticket(centre, number).customer_id)
    centre.transact([customer_write(customer.model_copy(update={"level": "key", "version": 2}))])
    told = {"level": "key", "changed": ("level",)}
    event = ChainEnd(f"customer#{customer.id}", 1, "").next_event(
        CustomerChanged, now=at(1), actor=MANAGER.actor, data=told
    )

    for _ in range(2):
        hear_level(centre, event, at(1))

    assert clock(centre, number, "resolution").due_at == at(4)
    moves = [(past.data["clock"], past.data["reason"]) for past in events(centre, number) if past.name == "ClockMoved"]
    assert ("resolution", "level") in moves
    assert len(moves) == len(set(moves)), "the same news a second time moves nothing"


def promise(hours: float) -> str:
    return (NOW + timedelta(hours=hours, seconds=30)).isoformat()


def test_promise_is_a_clock_that_warns_breaches_and_is_due_to_the_second(centre: Store) -> None:
    number = file(centre, promised_at=promise(0.5))
    running = clock(centre, number, "promise")

    sweep(centre, NOW + timedelta(minutes=25))
    sweep(centre, NOW + timedelta(minutes=31))

    assert running.due_at == NOW + timedelta(minutes=30, seconds=30)
    told = [(past.name, past.data["clock"]) for past in events(centre, number) if past.name.startswith("Clock")]
    assert told == [("ClockWarned", "promise"), ("ClockBreached", "promise")]
    assert any(notices_of(centre, "zhao"))


def test_promise_is_kept_by_the_resolution(centre: Store) -> None:
    number = file(centre, promised_at=promise(2))

    actions.resolve(centre, by(number, 1), Resolution(fields={"cause": "物流延误"}))

    assert clock(centre, number, "promise").was_kept() is True


@pytest.mark.parametrize(("promised", "due"), [(5.0, 5.0), (1.5, 1.5)])
def test_changed_promise_moves_its_deadline(centre: Store, promised: float, due: float) -> None:
    number = file(centre, promised_at=promise(2))

    edit(centre, number, 1, promised_at=promise(promised))

    expected: datetime = NOW + timedelta(hours=due, seconds=30)
    assert clock(centre, number, "promise").due_at == expected
    [moved] = events(centre, number)[-1].data["moved"]
    assert (moved["clock"], moved["to_at"]) == ("promise", stamp(expected))


def test_promise_that_is_taken_back_after_its_time_stays_missed(centre: Store) -> None:
    number = file(centre, promised_at=promise(2))

    edit(centre, number, 3, promised_at=None)

    assert clock(centre, number, "promise").was_kept() is False


def test_planning_anew_leaves_the_promise_alone(centre: Store) -> None:
    save(centre, "serious", match={"types": ["complaint"], "levels": ["3"]}, targets=RESOLUTION)
    number = file(centre, promised_at=promise(2))
    before = clock(centre, number, "promise")

    edit(centre, number, 1, level="3")

    assert clock(centre, number, "promise") == before
