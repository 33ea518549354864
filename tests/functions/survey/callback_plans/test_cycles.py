"""Customers called in turn, so many days after the last contact, by level; and callbacks that events make."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.builders import CUSTOMER, LEAD, NOW, SIGNER
from tests.functions.door import Knocker
from tests.functions.escalation.scene import sweep
from tests.functions.survey.callback_plans.desk import PLANS, list_of, members, plan_of, sheet, started
from tests.functions.survey.callback_plans.hearing import Stream
from tests.functions.survey.scene import Scene
from tingjian.intake.customers.models import Contact
from tingjian.intake.tickets.bodies import Ask
from tingjian.intake.tickets.openings import Opening, open_ticket
from tingjian.intake.tickets.storage import load_ticket
from tingjian.platform.store import Store
from tingjian.survey.callback_plans.cycles import next_due
from tingjian.survey.callback_plans.models import CycleSource

DAY = timedelta(days=1)
CYCLE = {"kind": "cycle", "days": {"normal": 90, "vip": 30}}


def running(door: Knocker, **changed: Any) -> str:
    plan = plan_of(door, **changed)
    assert door.post(f"{PLANS}/{plan}/start", caller=LEAD).status == 200
    return plan


def filed(store: Store, at: datetime, phone: str = "13812345678") -> str:
    """A request of a customer; the customer's id."""
    body = Ask(type="feedback", subject="包裹", text="没到", contact=Contact(phone=phone))
    number = open_ticket(store, SIGNER, body, Opening(CUSTOMER, at, "zh-CN")).id
    return load_ticket(store, number).customer_id


def test_next_call_is_due_by_level_on_the_day_it_falls_on() -> None:
    source = CycleSource(kind="cycle", days={"normal": 90, "vip": 30})

    normal, vip = (next_due(source, level, NOW, "c1") for level in ("normal", "vip"))

    assert normal is not None
    assert vip is not None
    assert 90 * DAY <= normal - NOW < 91 * DAY
    assert normal - vip == 60 * DAY
    assert next_due(source, "key", NOW, "c1") is None


def test_contact_takes_a_customer_into_the_cycle_and_each_turn_makes_one_callback(
    door: Knocker, centre: Store, stream: Stream
) -> None:
    plan = running(door, source=CYCLE)
    centre.forget("callback-sources")
    customer = filed(centre, NOW)
    stream.run()

    made = []
    for days in (89, 91, 92, 170, 182, 183):
        sweep(centre, NOW + days * DAY)
        sweep(centre, NOW + days * DAY)
        made.append(len(members(centre, plan)))

    assert made == [0, 1, 1, 1, 2, 2]
    assert {member.customer for member in members(centre, plan)} == {customer}
    assert {member.person for member in members(centre, plan)} <= {"chen", "lin"}


def test_later_contact_puts_the_call_off(door: Knocker, centre: Store, stream: Stream) -> None:
    plan = running(door, source=CYCLE)
    customer = filed(centre, NOW)
    stream.run()
    assert filed(centre, NOW + 60 * DAY) == customer

    sweep(centre, NOW + 91 * DAY)
    before = len(members(centre, plan))
    sweep(centre, NOW + 151 * DAY)

    assert (before, len(members(centre, plan))) == (0, 1)


def test_stopped_cycle_calls_nobody_and_lets_everybody_go(door: Knocker, centre: Store, stream: Stream) -> None:
    plan = running(door, source=CYCLE)
    customer = filed(centre, NOW)
    stream.run()
    door.post(f"{PLANS}/{plan}/stop", caller=LEAD)

    sweep(centre, NOW + 91 * DAY)

    assert members(centre, plan) == []
    assert centre.query_all(f"callback-cycle#{plan}.{customer}") == []


def test_list_takes_its_people_into_the_cycle(door: Knocker, centre: Store, stream: Stream) -> None:
    plan = running(door, source=CYCLE)
    listed = list_of(door, plan, sheet(5))
    started(door, plan, listed)
    again = list_of(door, plan, sheet(5))
    started(door, plan, again)

    stream.run()
    before = members(centre, plan)
    sweep(centre, datetime.now(UTC) + 92 * DAY)

    assert before == []
    assert len(members(centre, plan)) == 5
    assert door.get(f"{PLANS}/{plan}/lists/{again}", caller=LEAD).json["refused"] == 5


def test_plan_begins_on_its_first_day_and_ends_after_its_last(door: Knocker, centre: Store, stream: Stream) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    plan = running(door, starts_at=(now + DAY).isoformat(), ends_at=(now + 2 * DAY).isoformat())
    started(door, plan, list_of(door, plan, sheet(2)))
    stream.run()
    before = len(members(centre, plan))

    sweep(centre, now + DAY + timedelta(minutes=1))
    begun = door.get(f"{PLANS}/{plan}", caller=LEAD).json["state"]
    sweep(centre, now + 2 * DAY)

    assert (before, begun) == (0, "running")
    assert door.get(f"{PLANS}/{plan}", caller=LEAD).json["state"] == "ended"


def test_resolution_makes_one_callback_however_often_it_is_told(
    door: Knocker, centre: Store, stream: Stream, scene: Scene
) -> None:
    stream.run()
    plan = running(door, source={"kind": "event", "event": "ticket_resolved"})
    complaints = running(door, source={"kind": "event", "event": "complaint_resolved"})
    scene.reopen(minutes=40)
    scene.resolve(minutes=50)

    stream.run()
    stream.told.clear()
    stream.run()

    made = members(centre, plan)
    assert len(made) == len({member.callback for member in made}) == 2
    assert members(centre, complaints) == []


def test_nothing_is_made_where_no_plan_waits(door: Knocker, centre: Store, stream: Stream, scene: Scene) -> None:
    plan = plan_of(door, source={"kind": "event", "event": "ticket_resolved"})

    stream.run()

    assert members(centre, plan) == []
    assert scene.number
