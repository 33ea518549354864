"""Plans at the door: written, edited, started, stopped, seen by those who may."""

import pytest

from tests.builders import AGENT, COLLEAGUE, LEAD, MANAGER, STRANGER
from tests.functions.door import Knocker
from tests.functions.survey.callback_plans.desk import BODY, PLANS, plan_of
from tingjian.platform.events import is_unbroken, load_events
from tingjian.platform.store import Store


def test_plan_is_written_once_under_one_key(door: Knocker) -> None:
    first = door.post(PLANS, BODY, caller=LEAD, key="k1")
    again = door.post(PLANS, BODY, caller=LEAD, key="k1")
    other = door.post(PLANS, BODY | {"name": "另一个"}, caller=LEAD, key="k1")

    assert first.said == again.said
    assert other.status == 422
    assert len(door.get(PLANS, caller=LEAD).json["items"]) == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"team": "nowhere"}, "team"),
        ({"team": "warehouse"}, "team"),
        ({"people": ["chen", "sun"]}, "people.1"),
        ({"people": ["chen", "chen"]}, "people"),
        ({"attempts": 0}, "attempts"),
        ({"due_hours": 0}, "due_hours"),
        ({"kind": "party"}, "kind"),
        ({"source": {"kind": "cycle", "days": {"gold": 3}}}, "source"),
        ({"source": {"kind": "cycle", "days": {}}}, "source"),
        ({"starts_at": "2026-03-02T00:00:00Z", "ends_at": "2026-03-01T00:00:00Z"}, ""),
        ({"name": "\N{RIGHT-TO-LEFT OVERRIDE}"}, "name"),
    ],
)
def test_plan_that_cannot_be_is_refused_by_its_field(door: Knocker, changed: dict[str, object], field: str) -> None:
    answer = door.post(PLANS, BODY | changed, caller=MANAGER)

    assert answer.status == 422
    assert answer.json["errors"][0]["field"].startswith(field)


def test_plan_goes_from_draft_to_stopped_and_no_further(door: Knocker, centre: Store) -> None:
    plan = plan_of(door)

    states = [door.post(f"{PLANS}/{plan}/{step}", caller=LEAD).json["state"] for step in ("start", "pause", "resume")]
    stopped = door.post(f"{PLANS}/{plan}/stop", caller=LEAD)
    after = door.post(f"{PLANS}/{plan}/start", caller=LEAD)

    assert [*states, stopped.json["state"]] == ["running", "paused", "running", "stopped"]
    assert (after.status, after.json["state"]) == (409, "stopped")
    assert is_unbroken(load_events(centre, f"callback-plan#{plan}"))
    assert [one["id"] for one in door.get(f"{PLANS}?finished=true", caller=LEAD).json["items"]] == [plan]


def test_two_who_edit_at_once_are_told_apart_and_what_a_started_plan_is_about_stays(door: Knocker) -> None:
    plan = plan_of(door)
    path = f"{PLANS}/{plan}"

    first = door.send("PUT", path, BODY | {"attempts": 5}, caller=LEAD, if_match='"1"')
    second = door.send("PUT", path, BODY | {"attempts": 4}, caller=MANAGER, if_match='"1"')
    door.post(f"{path}/start", caller=LEAD)
    fixed = door.send("PUT", path, BODY | {"kind": "complaint"}, caller=LEAD, if_match='"3"')

    assert (first.status, second.status) == (200, 409)
    assert second.json["conflicts"][0]["fields"] == ["attempts"]
    assert (fixed.status, fixed.json["fields"]) == (409, ["kind"])


def test_agents_see_the_plans_they_have_a_share_in_on_full_pages(door: Knocker) -> None:
    mine = [plan_of(door, people=["chen"], name=f"计划{number}") for number in range(3)]
    for number in range(4):
        plan_of(door, people=["lin"], name=f"别人的{number}")
    open_to_all = plan_of(door, people=[])

    page = door.get(f"{PLANS}?limit=3", caller=AGENT).json
    rest = door.get(f"{PLANS}?limit=3&cursor={page['cursor']}", caller=AGENT).json

    assert len(page["items"]) == 3
    assert {one["id"] for one in page["items"] + rest["items"]} == {*mine, open_to_all}
    assert not page["items"][0]["may_edit"]
    assert door.get(f"{PLANS}/{mine[0]}", caller=COLLEAGUE).status == 403
    assert door.get(f"{PLANS}/{mine[0]}", caller=STRANGER).status == 403
    assert door.get(f"{PLANS}/{mine[0]}", caller=LEAD).json["people_names"] == {"chen": "陈雨"}
