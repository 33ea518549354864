"""Policies through the door: what is refused and why, versions, applying them, previews."""

from typing import Any

import pytest

from tests.builders import AGENT, MANAGER, STRANGER
from tests.functions.door import Answer, Knocker
from tests.functions.sla.scene import TARGETS, at, by, clock, events, file, save, say
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import Resolution, Waiting
from tingjian.intake.tickets.storage import load_ticket
from tingjian.intake.tickets.ticket_clocks import policy_facts
from tingjian.platform.store import Store
from tingjian.sla.policies.plans import plan_for

BODY: dict[str, Any] = {"name": "加急", "match": {"types": ["feedback"], "priorities": ["urgent"]}, "targets": TARGETS}


def put(door: Knocker, policy: str = "urgent", **changes: Any) -> Answer:
    """Put a policy; the default one is there already."""
    path, match = f"/v1/sla-policies/{policy}", '"1"' if policy == "default" else '"0"'
    return door.send("PUT", path, BODY | changes, caller=MANAGER, accept_language="en", if_match=match)


def apply(door: Knocker, policy: str = "default", **body: object) -> dict[str, Any]:
    answer = door.post(f"/v1/sla-policies/{policy}/apply", body, caller=MANAGER)
    assert answer.status == 202, answer.text
    found: dict[str, Any] = answer.json
    return found


def preview(door: Knocker, **body: object) -> dict[str, Any]:
    answer = door.post("/v1/sla-policies/preview", body, caller=MANAGER)
    assert answer.status == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def resolution(minutes: int) -> dict[str, Any]:
    return {"name": "default", "targets": [*TARGETS[:2], {"clock": "resolution", "minutes": minutes}]}


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"match": {"types": ["complaint", "rocket"]}}, "match.types.1", "unknown"),
        ({"match": {"teams": ["nobody"]}}, "match.teams.0", "unknown"),
        ({"match": {"priorities": ["highest"]}}, "match.priorities.0", "unknown"),
        ({"match": {"channels": ["pigeon"]}}, "match.channels.0", "unknown"),
        ({"match": {"customer_levels": ["emperor"]}}, "match.customer_levels.0", "unknown"),
        ({"calendar": "moon"}, "calendar", "unknown"),
        ({"targets": []}, "targets", "too_short"),
        ({"targets": [TARGETS[0], TARGETS[0]]}, "targets.1.clock", "duplicate"),
        ({"targets": [{**TARGETS[0], "pauses_in": ["waiting"]}]}, "targets.0.pauses_in", "never_pauses"),
        ({"targets": [{**TARGETS[2], "pauses_in": ["open"]}]}, "targets.0.pauses_in.0", "literal_error"),
        ({"targets": [{**TARGETS[2], "minutes": -5}]}, "targets.0.minutes", "greater_than_equal"),
        ({"targets": [{**TARGETS[2], "shares": [0]}]}, "targets.0.shares.0", "greater_than_equal"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused_with_field_and_reason(
    door: Knocker, changes: dict[str, Any], field: str, code: str
) -> None:
    answer = put(door, **changes)

    assert answer.status == 422, answer.text
    assert [(error["field"], error["code"]) for error in answer.json["errors"]] == [(field, code)]


@pytest.mark.parametrize(
    ("criterion", "shared", "other"),
    [
        ("types", "complaint", "feedback"),
        ("priorities", "urgent", "low"),
        ("channels", "phone", "web"),
        ("teams", "aftersales", "presales"),
        ("customer_levels", "vip", "key"),
    ],
)
def test_a_tie_on_any_criterion_is_refused_and_names_the_policy(
    door: Knocker, criterion: str, shared: str, other: str
) -> None:
    both = {"priorities": ["high"]} if criterion != "priorities" else {"types": ["complaint"]}
    assert put(door, "first", match=both | {criterion: [shared]}).status == 200

    clashing = put(door, "second", match=both | {criterion: [other, shared]})
    apart = put(door, "second", match=both | {criterion: [other]})

    assert (clashing.status, clashing.json["policy"]) == (409, "first")
    assert apart.status == 200


def test_two_lists_of_other_kinds_tie_unless_one_says_more(door: Knocker) -> None:
    tied = put(door, "second", match={"teams": ["aftersales"]})

    assert (tied.status, tied.json["policy"]) == (409, "complaint")
    assert "complaint" in tied.json["title"]
    assert put(door, "third", match={"teams": ["aftersales"], "types": ["complaint"]}).status == 200


def test_an_old_version_stays_readable_and_the_new_one_leaves_running_tickets_alone(
    door: Knocker, office: Store
) -> None:
    number = file(office)
    put(door, "default", match={}, targets=[{"clock": "resolution", "minutes": 5}])

    versions = door.get("/v1/sla-policies/default/versions", caller=AGENT).json["items"]

    assert [item["version"] for item in versions] == [2, 1]
    assert clock(office, number, "resolution").target_minutes == 72 * 60


def test_only_who_may_edit_policies_applies_and_previews(door: Knocker) -> None:
    assert door.post("/v1/sla-policies/default/apply", {}, caller=AGENT).status == 403
    assert door.post("/v1/sla-policies/preview", {"body": BODY}, caller=AGENT).status == 403
    assert door.get("/v1/sla-policies", caller=AGENT).status == 200


def test_applying_to_one_ticket_replays_every_pause_from_the_start(door: Knocker, office: Store) -> None:
    number, other = file(office), file(office)
    actions.wait(office, by(number, 1), Waiting())
    actions.resume(office, by(number, 4))
    put(door, "default", match={}, targets=[{"clock": "resolution", "minutes": 120}])

    applied = apply(door, ticket=number)

    assert clock(office, number, "resolution").due_at == at(2 + 3)
    assert {move["clock"] for move in applied["moves"]} == {"first_response", "resolution"}
    assert clock(office, other, "resolution").policy_version == 1


def test_applying_to_all_moves_open_tickets_with_an_event_each_and_leaves_finished_ones(
    door: Knocker, office: Store
) -> None:
    save(office, **resolution(480))
    opened, done = file(office), file(office)
    actions.resolve(office, by(done, 1), Resolution())
    before = load_ticket(office, done)
    save(office, **resolution(600))

    applied = apply(door)

    told = [event for event in events(office, opened) if event.name == "ClockMoved"]
    assert [(event.data["clock"], event.data["from"], event.data["to"], event.data["reason"]) for event in told] == [
        ("resolution", "2026-03-02T09:00:00.000Z", "2026-03-02T11:00:00.000Z", "policy")
    ]
    assert load_ticket(office, done) == before
    assert (applied["replan"]["state"], applied["replan"]["looked_at"], applied["replan"]["moved"]) == ("done", 1, 1)


def test_applying_twice_moves_nothing_more(door: Knocker, office: Store) -> None:
    number = file(office)
    save(office, **resolution(600))
    apply(door)
    version = load_ticket(office, number).version

    again = apply(door)

    assert again["replan"]["moved"] == 0
    assert load_ticket(office, number).version == version


def test_the_same_key_applies_once_and_gives_the_same_answer(door: Knocker, office: Store) -> None:
    file(office)
    save(office, **resolution(600))

    first = door.post("/v1/sla-policies/default/apply", {}, key="once", caller=MANAGER)
    second = door.post("/v1/sla-policies/default/apply", {}, key="once", caller=MANAGER)

    assert second.said == first.said
    shown = door.get(f"/v1/deadlines/replans/{first.json['replan']['id']}", caller=AGENT)
    assert shown.json == first.json["replan"]


def test_what_was_missed_stays_missed_when_the_target_grows(office: Store) -> None:
    save(office, **resolution(60))
    ticket = load_ticket(office, file(office))
    missed = ticket.clocks[-1].fire(at(2))[0]
    save(office, **resolution(600))
    plan = plan_for(office, policy_facts(ticket))

    replayed = plan.replay_clock(missed, ()) if plan else None

    assert replayed is not None
    assert (replayed.due_at, replayed.meet(at(3)).was_kept()) == (at(10), False)


def test_a_preview_says_what_would_move_and_writes_nothing(door: Knocker, office: Store) -> None:
    save(office, **resolution(480))
    number = file(office)
    file(office, kind="complaint")
    before = [item for pk in (f"ticket#{number}", "policies") for item in office.query_all(pk)]

    shown = preview(door, id="default", body=resolution(600))

    assert (shown["looked_at"], shown["touched"]) == (2, 1)
    assert shown["items"][0]["ticket"] == number
    assert shown["items"][0]["moves"] == [
        {"clock": "resolution", "from_at": "2026-03-02T09:00:00Z", "to_at": "2026-03-02T11:00:00Z"}
    ]
    assert [item for pk in (f"ticket#{number}", "policies") for item in office.query_all(pk)] == before


def test_a_preview_of_a_new_policy_shows_the_tickets_that_it_would_take(door: Knocker, office: Store) -> None:
    number = file(office, kind="complaint")
    file(office)

    shown = preview(door, body=BODY | {"match": {"types": ["complaint"], "priorities": ["high"]}})

    assert [item["ticket"] for item in shown["items"]] == [number]


def test_a_preview_is_paged_over_all_teams(door: Knocker, office: Store) -> None:
    save(office, **resolution(480))
    numbers = {file(office, hours=n / 10) for n in range(5)}
    seen: list[str] = []
    cursor: str | None = None

    for _ in range(10):
        page = preview(door, id="default", body=resolution(600), limit=2, **({"cursor": cursor} if cursor else {}))
        assert page["looked_at"] <= 2
        seen += [item["ticket"] for item in page["items"]]
        cursor = page.get("cursor")
        if cursor is None:
            break

    assert (len(seen), set(seen)) == (5, numbers)


def test_a_preview_refuses_what_saving_would_refuse(door: Knocker) -> None:
    tied = door.post("/v1/sla-policies/preview", {"body": BODY | {"match": {}}}, caller=MANAGER)
    unknown = door.post("/v1/sla-policies/preview", {"body": BODY | {"match": {"types": ["x"]}}}, caller=MANAGER)

    assert (tied.status, tied.json["policy"]) == (409, "default")
    assert unknown.json["errors"][0]["field"] == "body.match.types.0"


def test_why_a_deadline_is_where_it_is(door: Knocker, office: Store) -> None:
    save(office, **resolution(480), calendar="office")
    number = file(office)
    actions.wait(office, by(number, 1), Waiting())
    say(office, number, 2, "customer")

    told = door.get(f"/v1/deadlines/{number}", caller=AGENT).json

    [why] = [each for each in told["clocks"] if each["clock"] == "resolution"]
    stored = clock(office, number, "resolution").due_at
    assert stored is not None
    assert why["due_at"] == stored.isoformat().replace("+00:00", "Z")
    assert (why["policy"], why["policy_version"], why["calendar"], why["calendar_version"]) == (
        "default",
        2,
        "office",
        1,
    )
    assert [(span["reason"], span["seconds"]) for span in why["spans"] if span["reason"] == "paused"] == [
        ("paused", 3600.0)
    ]
    assert why["counted_seconds"] == 480 * 60
    assert why["estimated"] is False


def test_deadlines_of_another_team_are_out_of_reach(door: Knocker, office: Store) -> None:
    number = file(office)

    assert door.get(f"/v1/deadlines/{number}", caller=STRANGER).status == 403
    assert door.get("/v1/deadlines/123456789012", caller=MANAGER).status == 404
