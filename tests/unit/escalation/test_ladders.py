"""Ladders: what may be written, and which one a clock follows."""

from datetime import UTC, datetime

import pytest

from tingjian.escalation.ladders.models import Ladder, LadderBody, Rung, built_in_ladder
from tingjian.platform.errors import InvalidInputError
from tingjian.sla.clocks import Clock
from tingjian.sla.policies.models import Facts
from tingjian.sla.policies.reach import Reach, Scale, most_specific_scale

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
FACTS = Facts(type="complaint", priority="high", channel="web", team="aftersales")


def clock(*shares: int) -> Clock:
    return Clock.model_validate(
        {
            "name": "resolution",
            "policy": "default",
            "policy_version": 1,
            "calendar": "always",
            "calendar_version": 0,
            "target_minutes": 60,
            "started_at": NOW,
            "due_at": NOW,
            "steps": [{"share": share, "at": NOW} for share in (*shares, 100)],
            "pauses_in": (),
        }
    )


@pytest.mark.parametrize(
    ("rungs", "fields"),
    [
        ((), ["rungs"]),
        ((Rung(share=80),), ["rungs.0.tell"]),
        ((Rung(share=80, tell=("lead",), channels=()),), ["rungs.0.channels"]),
        ((Rung(share=80, tell=("lead",)), Rung(share=100)), ["rungs.1.tell"]),
        ((Rung(share=80, tell=("lead",)), Rung(share=80, tell=("lead",))), ["rungs.1.share"]),
        ((Rung(share=100, tell=("lead",)), Rung(share=80)), ["rungs.1.tell", "rungs.1.share"]),
    ],
)
def test_ladder_that_tells_nobody_is_refused_by_field(rungs: tuple[Rung, ...], fields: list[str]) -> None:
    body = LadderBody(name="house", rungs=rungs)

    with pytest.raises(InvalidInputError) as refused:
        body.check()

    assert [entry.field for entry in refused.value.errors] == fields


@pytest.mark.parametrize(
    "rung",
    [Rung(share=120, people=("chen",)), Rung(share=80, channels=("webhook",)), Rung(share=1, tell=("director",))],
)
def test_ladder_that_tells_somebody_passes(rung: Rung) -> None:
    LadderBody(name="house", rungs=(rung,)).check()


def test_built_in_ladder_warns_the_assignee_and_goes_up_the_line_to_the_director_after_the_breach() -> None:
    ladder = built_in_ladder(clock(50, 80))

    assert [(rung.share, rung.tell) for rung in ladder.rungs] == [
        (50, ("assignee",)),
        (80, ("assignee",)),
        (100, ("assignee", "lead")),
        (150, ("manager",)),
        (200, ("director",)),
    ]
    assert [rung.share for rung in ladder.rungs if rung.only_if_unacknowledged] == [150, 200]
    assert {rung.channels for rung in ladder.rungs} == {("in_app", "email")}


@pytest.mark.parametrize(
    ("reaches", "chosen"),
    [
        ({"a": Reach()}, "a"),
        ({"a": Reach(), "b": Reach(types=("complaint",))}, "b"),
        ({"a": Reach(types=("complaint",)), "b": Reach(types=("complaint",), teams=("aftersales",))}, "b"),
        ({"a": Reach(policies=("vip",)), "b": Reach()}, "b"),
        ({"a": Reach(clocks=("first_response",))}, None),
        ({"a": Reach(policies=("default",), clocks=("resolution",)), "b": Reach(priorities=("high",))}, "a"),
    ],
)
def test_most_specific_ladder_that_covers_the_clock_is_followed(reaches: dict[str, Reach], chosen: str | None) -> None:
    scales = [Scale(id=name, reach=reach, shares=(80,)) for name, reach in reaches.items()]

    found = most_specific_scale(scales, FACTS, policy="default", clock="resolution")

    assert (found.id if found else None) == chosen


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        (Reach(), Reach(types=("complaint",)), True),
        (Reach(types=("complaint",)), Reach(types=("feedback",)), False),
        (Reach(types=("complaint",)), Reach(teams=("presales",)), True),
    ],
)
def test_ladders_overlap_when_some_clock_is_covered_by_both(one: Reach, other: Reach, overlap: object) -> None:
    assert (one.overlaps(other), other.overlaps(one)) == (overlap, overlap)


def test_rungs_are_found_by_share_and_in_order() -> None:
    rungs = tuple(Rung(share=share, tell=("lead",)) for share in (50, 100, 150))
    ladder = Ladder(id="x", version=1, name="x", rungs=rungs)

    assert ladder.rung(100) is rungs[1]
    assert ladder.rung(99) is None
    assert (ladder.above(50), ladder.above(150)) == (rungs[1], None)
    assert ladder.below(150) == rungs[:2]
