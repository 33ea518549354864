"""Policies, calendars and ladders are switched off and deleted where nothing needs them; defaults of a policy."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.builders import MANAGER, NOW
from tests.functions.sla.scene import at, by, clock, file, save, say
from tingjian.escalation.ladders.actions import put_ladder, remove_ladder
from tingjian.escalation.ladders.models import LadderBody, Rung
from tingjian.escalation.ladders.storage import list_ladders
from tingjian.escalation.policies.actions import delete_policy
from tingjian.intake.handoffs.actions import ask_department
from tingjian.intake.handoffs.bodies import AskDepartment
from tingjian.intake.handoffs.storage import load_handoffs
from tingjian.intake.tickets.storage import load_ticket
from tingjian.platform.errors import InvalidInputError
from tingjian.platform.store import Store
from tingjian.sla.calendars.actions import StillNeededError, put_calendar, remove_calendar
from tingjian.sla.calendars.models import CalendarBody
from tingjian.sla.calendars.storage import find_calendar
from tingjian.sla.policies.models import Policy
from tingjian.sla.policies.reach import Reach
from tingjian.sla.policies.storage import find_policy, list_policies

BY: dict[str, Any] = {"expected": None, "actor": MANAGER.actor, "now": NOW}
FIRST_AND_LAST = [{"clock": "first_response", "minutes": 60}, {"clock": "resolution", "minutes": 480}]
VIP = {"types": ["feedback"], "priorities": ["normal"]}


def calendar(store: Store, **changes: object) -> None:
    body = {"name": "白班", "timezone": "Asia/Shanghai", "hours": {"mon": [["09:00", "18:00"]]}} | changes
    put_calendar(store, "day", CalendarBody.model_validate(body), **BY)


def test_policy_that_is_off_starts_no_clock_and_ties_with_none(centre: Store) -> None:
    save(centre, "vip", match=VIP, targets=[{"clock": "resolution", "minutes": 5}], active=False)

    saved: Policy = save(centre, "vip-2", match=VIP, targets=[{"clock": "resolution", "minutes": 7}])

    assert saved.version == 1
    assert clock(centre, file(centre), "resolution").target_minutes == 7


def test_deleted_policy_is_gone_its_clocks_go_on_and_its_id_is_free_again(centre: Store) -> None:
    save(centre, "vip", match=VIP, targets=FIRST_AND_LAST)
    number = file(centre)

    delete_policy(centre, "vip", **BY)
    again = save(centre, "vip", match=VIP, targets=FIRST_AND_LAST)
    delete_policy(centre, "vip", **BY)

    assert find_policy(centre, "vip") is None
    assert "vip" not in {policy.id for policy in list_policies(centre)}
    assert again.version == 3
    say(centre, number, 0.5, "reply")
    say(centre, number, 2, "customer")
    assert clock(centre, number, "next_response").policy == "vip"


def test_policy_that_a_ladder_names_is_needed(centre: Store) -> None:
    save(centre, "vip", match=VIP, targets=FIRST_AND_LAST)
    body = LadderBody(name="贵宾", reach=Reach(policies=("vip",)), rungs=(Rung(share=100, tell=("director",)),))
    put_ladder(centre, "vip", body, **BY)

    with pytest.raises(StillNeededError) as refused:
        delete_policy(centre, "vip", **BY)
    remove_ladder(centre, "vip", **BY)
    delete_policy(centre, "vip", **BY)

    assert refused.value.members == {"ladders": ["贵宾"]}
    assert list_ladders(centre) == []


def test_calendar_that_a_policy_counts_in_is_neither_switched_off_nor_deleted(centre: Store) -> None:
    calendar(centre)
    save(centre, "vip", match=VIP, targets=FIRST_AND_LAST, calendar="day")

    steps: list[Callable[[], None]] = [
        lambda: calendar(centre, active=False),
        lambda: remove_calendar(centre, "day", **BY),
    ]
    for step in steps:
        with pytest.raises(StillNeededError) as refused:
            step()
        assert refused.value.members == {"policies": ["vip"]}
    save(centre, "vip", match=VIP, targets=FIRST_AND_LAST, calendar="always")
    calendar(centre, active=False)

    with pytest.raises(InvalidInputError) as off:
        save(centre, "vip", match=VIP, targets=FIRST_AND_LAST, calendar="day")
    assert off.value.errors[0].parameters == {"name": "白班"}
    remove_calendar(centre, "day", **BY)
    assert find_calendar(centre, "day") is None


def test_further_answers_and_hand_offs_have_targets_by_default_unless_the_policy_wants_none(centre: Store) -> None:
    save(centre, targets=FIRST_AND_LAST)
    number = file(centre)
    say(centre, number, 0.5, "reply")
    say(centre, number, 2, "customer")
    ask_department(centre, by(number, 2), AskDepartment(department="warehouse", request="请核对库存"))

    [handoff] = load_handoffs(centre, number)
    assert clock(centre, number, "next_response").due_at == at(3)
    assert handoff.clock is not None
    assert handoff.clock.target_minutes == 240
    save(centre, targets=FIRST_AND_LAST, default_targets=False)
    plain = file(centre)
    say(centre, plain, 0.5, "reply")
    say(centre, plain, 2, "customer")
    assert load_ticket(centre, plain).clock("next_response") is None
