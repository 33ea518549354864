"""Lists worked off: each row once, shared out evenly, whatever happens to the worker."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from tests.builders import DESK, JOURNAL, LEAD, NOW, SIGNER
from tests.faults import Crash, Fault, Strike, inject
from tests.functions.door import BUCKET, Knocker
from tests.functions.facts import journal_events
from tests.functions.survey.callback_plans.desk import (
    PLANS,
    list_of,
    members,
    plan_of,
    rejects,
    running_with,
    sheet,
    started,
    upload,
)
from tests.functions.survey.callback_plans.hearing import Stream
from tests.functions.survey.scene import meanwhile
from tingjian.intake.customers.consents import Consents
from tingjian.intake.customers.storage import customer_write, load_customer
from tingjian.people.staff.actions import put_staff
from tingjian.people.staff.models import StaffBody
from tingjian.people.staff.storage import current_staff
from tingjian.platform.events import Actor, is_unbroken, load_events
from tingjian.platform.store import Store
from tingjian.survey.callback_plans.call_lists import Progress
from tingjian.survey.callback_plans.files import ListFiles
from tingjian.survey.callback_plans.list_storage import load_list, load_progress
from tingjian.survey.callback_plans.making import OvertakenError, Run, make_group
from tingjian.survey.callback_plans.rows import ListRow
from tingjian.survey.callback_plans.storage import load_tally
from tingjian.survey.callback_plans.tallies import Counts


def test_each_row_becomes_one_callback_shared_out_evenly(door: Knocker, centre: Store, stream: Stream) -> None:
    plan, listed = running_with(door, sheet(41))

    stream.run()

    made = members(centre, plan)
    shares = Counter(member.person for member in made)
    assert len(made) == len({member.customer for member in made}) == 41
    assert set(shares) == {"chen", "lin"}
    assert abs(shares["chen"] - shares["lin"]) == 1
    shown = door.get(f"{PLANS}/{plan}", caller=LEAD).json
    assert (shown["counts"]["not_called"], shown["counts"]["done_share"]) == (41, 0)
    assert [share["name"] for share in shown["shares"]] == ["陈雨", "林浩"]
    assert door.get(f"{PLANS}/{plan}/lists/{listed}", caller=LEAD).json["state"] == "done"
    assert is_unbroken(load_events(centre, f"callback-list#{listed}"))


def test_repeats_and_another_order_make_nothing_twice(door: Knocker, centre: Store, stream: Stream) -> None:
    stream.chance = random.Random(7)  # noqa: S311 - a shuffle, not a secret
    plan, _ = running_with(door, sheet(30))
    other = list_of(door, plan, sheet(30, first=20))
    started(door, plan, other)

    stream.run()

    assert sorted(member.position for member in members(centre, plan)) == list(range(50))
    assert load_tally(centre, plan).counts == Counts(not_called=50)
    assert len(rejects(other)) == 11
    assert rejects(other)[1].split(",")[:2] == ["2", "这个计划里已经有这位客户"]


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_worker_that_is_killed_leaves_whole_groups_and_the_next_goes_on(
    door: Knocker, centre: Store, stream: Stream, fault: Fault, at: int
) -> None:
    plan, _ = running_with(door, sheet(30))
    stream.told |= {(event.entity, event.version) for event in journal_events(centre.client, JOURNAL)[:-1]}

    with inject(door.dynamodb, Strike(fault, at=at, operation="TransactWriteItems")), pytest.raises(Crash):
        stream.run()
    stream.told.clear()
    stream.run()

    assert sorted(member.position for member in members(centre, plan)) == list(range(30))
    assert load_tally(centre, plan).counts == Counts(not_called=30)


def test_stop_leaves_nothing_to_call(door: Knocker, centre: Store, stream: Stream) -> None:
    plan, _ = running_with(door, sheet(60))
    late = list_of(door, plan, sheet(5, first=100))
    stream.run()
    started(door, plan, late)

    stopped = door.post(f"{PLANS}/{plan}/stop", caller=LEAD)
    stream.run()

    assert stopped.json["state"] == "stopped"
    assert {member.state for member in members(centre, plan)} == {"withdrawn"}
    assert load_tally(centre, plan).counts == Counts(withdrawn=60)
    assert door.get(f"{PLANS}/{plan}/lists/{late}", caller=LEAD).json["state"] == "cancelled"


def test_paused_plan_makes_nothing_and_goes_on_when_resumed(door: Knocker, centre: Store, stream: Stream) -> None:
    plan = plan_of(door)
    listed = list_of(door, plan, sheet(3))
    door.post(f"{PLANS}/{plan}/start", caller=LEAD)
    door.post(f"{PLANS}/{plan}/pause", caller=LEAD)
    started(door, plan, listed)

    stream.run()
    before = len(members(centre, plan))
    door.post(f"{PLANS}/{plan}/resume", caller=LEAD)
    stream.run()

    assert (before, len(members(centre, plan))) == (0, 3)


def test_customers_are_found_by_phone_and_number_and_contradictions_refused(
    door: Knocker, centre: Store, stream: Stream
) -> None:
    first, _ = running_with(door, sheet(2))
    stream.run()
    one, two = (member.customer for member in sorted(members(centre, first), key=lambda member: member.line))
    rows = [
        "客户编号,电话",
        f"{one},",
        f"{one},13800000001",
        f"{two},13800000001",
        "nobody,13900000000",
        ",13800000000",
    ]

    plan, listed = running_with(door, "\n".join(rows).encode())
    stream.run()

    assert {member.customer for member in members(centre, plan)} == {one, two}
    reasons = [line.split(",")[1] for line in rejects(listed)[1:]]
    assert reasons == ["与第 2 行是同一个人", "没有这个客户编号", "这个计划里已经有这位客户"]


def test_file_that_was_replaced_after_it_was_read_fails_the_list(door: Knocker, stream: Stream) -> None:
    plan, listed = running_with(door, sheet(3))
    upload(listed, sheet(4))

    stream.run()

    shown = door.get(f"{PLANS}/{plan}/lists/{listed}", caller=LEAD, accept_language="en").json
    assert (shown["state"], shown["reason_code"]) == ("failed", "list_file_changed")


def test_share_of_somebody_is_handed_over_and_only_that_moves(door: Knocker, centre: Store, stream: Stream) -> None:
    plan, _ = running_with(door, sheet(20), people=["chen", "lin", "zhao"])
    stream.run()
    before = {member.callback: member.person for member in members(centre, plan)}

    answer = door.post(f"{PLANS}/{plan}/hand-over", {"person": "chen"}, caller=LEAD)
    stream.run()

    after = {member.callback: member.person for member in members(centre, plan)}
    moved = {callback for callback, person in before.items() if after[callback] != person}
    assert answer.status == 200
    assert moved == {callback for callback, person in before.items() if person == "chen"}
    given = Counter(after[callback] for callback in moved)
    assert abs(given["lin"] - given["zhao"]) <= 1
    assert door.get(f"{PLANS}/{plan}", caller=LEAD).json["people"] == ["lin", "zhao"]


def test_plan_whose_people_all_left_loses_nothing_and_its_lead_is_told(
    door: Knocker, centre: Store, stream: Stream
) -> None:
    plan, _ = running_with(door, sheet(10))
    stream.run()
    for person in ("chen", "lin"):
        retire(centre, person)
        stream.run()

    assert {member.person for member in members(centre, plan)} == {None}
    assert load_tally(centre, plan).counts == Counts(not_called=10)
    notices = [item["kind"] for item in centre.query_all("staff#zhao", prefix="notice#")]
    assert notices == ["callback_plan_deserted"]


def retire(store: Store, person: str) -> None:
    """Let somebody leave, as an administrator does."""
    found = current_staff(store, person)
    assert found
    body = StaffBody.model_validate(found.model_dump(include=set(StaffBody.model_fields)) | {"active": False})
    put_staff(store, person, body, expected=found.version, actor=Actor(kind="staff", id="wu"), now=NOW)


def test_nobody_in_a_plan_means_the_teams_list(door: Knocker, centre: Store, stream: Stream) -> None:
    plan, _ = running_with(door, sheet(3), people=[])

    stream.run()

    assert {member.person for member in members(centre, plan)} == {None}


def test_counts_follow_the_calls(door: Knocker, centre: Store, stream: Stream) -> None:
    plan, _ = running_with(door, sheet(5), attempts=1)
    stream.run()
    path = f"{PLANS}/{plan}"
    results = [
        {"result": "satisfied"},
        {"result": "no_answer"},
        {"result": "neutral"},
        {"result": "call_later", "later_at": (datetime.now(UTC) + timedelta(days=1)).isoformat()},
    ]
    callbacks = [one["callback"] for one in door.get(f"{path}/callbacks", caller=LEAD).json["items"]]
    for callback, result in zip(callbacks, results, strict=False):
        answer = door.post(f"/v1/callbacks/{callback}/calls", {"note": "已致电", **result}, caller=LEAD)
        assert answer.status == 200, answer.text

    stream.run()

    counts = door.get(path, caller=LEAD).json["counts"]
    assert (counts["not_called"], counts["no_answer"], counts["answered"], counts["satisfied"]) == (1, 1, 3, 1)
    assert (counts["open"], counts["done_share"]) == (2, 0.6)
    assert load_tally(centre, plan).counts.total == 5
    [satisfied] = door.get(f"{path}/callbacks?state=satisfied", caller=LEAD).json["items"]
    assert satisfied["person_name"] == "赵敏"


def test_customer_who_opted_out_of_calls_is_refused_by_line(door: Knocker, centre: Store, stream: Stream) -> None:
    first, _ = running_with(door, sheet(2))
    stream.run()
    one = min(members(centre, first), key=lambda member: member.line).customer
    customer = load_customer(centre, one)
    unwilling = customer.model_copy(update={"version": 2, "consents": Consents(off=("callback",))})
    centre.transact([customer_write(unwilling)])

    plan, listed = running_with(door, sheet(2))
    stream.run()

    assert len(members(centre, plan)) == 1
    assert rejects(listed)[1].startswith("2,客户不愿意接受这类回访,客户0,'+8613800000000")


def test_worker_that_is_overtaken_leaves_no_refused_rows_behind(door: Knocker, centre: Store) -> None:
    plan, list_id = running_with(door, sheet(4))
    _, listed = load_list(centre, plan, list_id)
    rows = [ListRow(line=line, phone=f"+8613900{line:06d}") for line in range(2, 6)]
    run = Run(centre, listed, ListFiles(BUCKET, list_id), SIGNER, lambda: False, NOW + timedelta(days=900))
    other = Run(Store(door.dynamodb, DESK, JOURNAL), listed, run.files, SIGNER, lambda: False, run.now)

    with meanwhile(centre, lambda: make_group(other, rows, Progress())), pytest.raises(OvertakenError):
        make_group(run, rows, Progress())

    progress = load_progress(centre, listed)
    assert (progress.made, progress.refused, run.files.refused(progress.pieces)) == (4, 0, [])
