"""What a finished follow-up does: the loop ends with a customer who is satisfied, or who could not be reached."""

from datetime import timedelta

import pytest

from tests.builders import LEAD, MANAGER
from tests.functions.escalation.scene import notices_of
from tests.functions.survey.scene import ASKED, Scene
from tingjian.intake.messages.storage import load_messages
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import Closing
from tingjian.people.staff.actions import put_staff, put_team
from tingjian.people.staff.models import Staff, StaffBody, TeamBody
from tingjian.people.staff.storage import current_staff, current_team, find_staff, staff_write
from tingjian.platform.events import SYSTEM, is_unbroken, last_event
from tingjian.platform.problems import problem_of
from tingjian.survey.followups.actions import claim, complete, find_follow_ups
from tingjian.survey.followups.leaving import give_on
from tingjian.survey.followups.models import (
    Completion,
    FollowUpQuery,
    FollowUpReceipt,
    FollowUpResult,
    FollowUpTakenError,
    TooEarlyError,
)
from tingjian.survey.followups.storage import load_follow_up

LATER = ASKED + timedelta(hours=2)


def call(scene: Scene, identifier: str, result: FollowUpResult, hours: float = 0) -> FollowUpReceipt:
    body = Completion(result=result, note="已致电")
    now = LATER + timedelta(hours=hours)
    return complete(scene.store, identifier, body, caller=LEAD, now=now, idempotency=None, seen=None)


@pytest.fixture
def low(scene: Scene) -> str:
    """The follow-up of a low score."""
    survey = scene.issue()
    scene.answer(survey, 1)
    return survey.id


def test_not_satisfied_takes_the_ticket_up_again_by_the_same_person_on_a_new_clock(scene: Scene, low: str) -> None:
    before = scene.ticket

    receipt = call(scene, low, "not_satisfied")

    ticket = scene.ticket
    resolution = ticket.clock("resolution")
    assert (receipt.state, ticket.status, ticket.reopened, ticket.blockers) == ("done", "open", 1, ())
    assert (ticket.team, ticket.assignee) == (before.team, "chen")
    assert resolution is not None
    assert (resolution.started_at, resolution.live) == (LATER, True)
    reopening = scene.events()[-1]
    assert (reopening.name, reopening.data["reason"], reopening.data["from_status"]) == (
        "TicketReopened", "follow_up", "resolved",
    )  # fmt: skip
    assert load_messages(scene.store, scene.number)[0][0].text == "已致电"
    assert is_unbroken(scene.events())


def test_not_satisfied_takes_a_closed_ticket_up_again_too(scene: Scene) -> None:
    survey = scene.issue()
    actions.close(scene.store, scene.request(minutes=70), Closing())
    scene.answer(survey, 1)

    call(scene, survey.id, "not_satisfied")

    assert (scene.ticket.status, scene.ticket.assignee) == ("open", "chen")


def test_ticket_of_somebody_who_left_goes_back_to_the_queue_of_its_team(scene: Scene, low: str) -> None:
    person = find_staff(scene.store, "chen")
    assert person is not None
    left: Staff = person.model_copy(update={"active": False, "version": 2})
    scene.store.transact([staff_write(left)])
    scene.store.forget("staff")

    call(scene, low, "not_satisfied")

    assert (scene.ticket.status, scene.ticket.team, scene.ticket.assignee) == ("open", "aftersales", None)


def test_one_unreachable_frees_nothing_and_three_at_their_distance_do(scene: Scene, low: str) -> None:
    states = []
    for hours in (0, 4, 8):
        receipt = call(scene, low, "unreachable", hours)
        states.append((receipt.event, receipt.state, bool(scene.ticket.blockers)))

    assert states == [
        ("FollowUpAttempted", "claimed", True),
        ("FollowUpAttempted", "claimed", True),
        ("FollowUpCompleted", "done", False),
    ]
    assert [attempt.by for attempt in load_follow_up(scene.store, low).attempts] == ["zhao"] * 3
    assert scene.ticket.status == "resolved"
    assert is_unbroken(scene.events(f"followup#{low}"))


def test_attempts_in_a_row_count_once(scene: Scene, low: str) -> None:
    first = call(scene, low, "unreachable")

    with pytest.raises(TooEarlyError) as refused:
        call(scene, low, "unreachable", 3.9)

    assert first.next_attempt_at == LATER + timedelta(hours=4)
    assert refused.value.members["next_at"].startswith("2026-03-02T08:00")
    assert len(load_follow_up(scene.store, low).attempts) == 1


def test_customer_who_is_reached_in_the_end_is_satisfied_or_not(scene: Scene, low: str) -> None:
    call(scene, low, "unreachable")

    call(scene, low, "satisfied", 1)

    assert (scene.ticket.status, scene.ticket.blockers) == ("resolved", ())
    assert load_follow_up(scene.store, low).completion is not None


def test_satisfied_score_is_the_customers_word(scene: Scene) -> None:
    scene.answer(scene.issue(), 5)

    assert scene.ticket.confirmed_at == ASKED + timedelta(hours=1)
    assert (scene.events()[-1].name, scene.events()[-1].data["by"]) == ("TicketConfirmed", "survey")
    actions.close(scene.store, scene.request(minutes=200), Closing(reason="confirmed"))
    assert scene.ticket.close_reason == "confirmed"


def given_on(scene: Scene, **changes: object) -> None:
    """What the change of somebody means, heard twice."""
    person = current_staff(scene.store, "zhao")
    assert person is not None
    body = StaffBody.model_validate(person.model_dump(include=set(StaffBody.model_fields)) | changes)
    put_staff(scene.store, "zhao", body, expected=person.version, actor=SYSTEM, now=LATER)
    changed = last_event(scene.store, "staff#zhao")
    assert changed is not None
    for _ in range(2):
        give_on(scene.store, changed, LATER)


def test_follow_up_of_somebody_who_leaves_is_given_on_and_its_next_owner_told(scene: Scene, low: str) -> None:
    claim(scene.store, low, caller=LEAD, now=LATER, idempotency=None, seen=None)
    team = current_team(scene.store, "aftersales")
    assert team is not None
    body = TeamBody.model_validate(team.model_dump(include=set(TeamBody.model_fields)) | {"lead": "wu"})
    put_team(scene.store, "aftersales", body, expected=team.version, actor=SYSTEM, now=LATER)

    given_on(scene, active=False)

    follow_up = load_follow_up(scene.store, low)
    assert (follow_up.owner, follow_up.state, follow_up.due_at > LATER) == ("wu", "open", True)
    assert [notice.kind for notice in notices_of(scene.store, "wu")] == ["followup_opened"]
    assert last_event(scene.store, f"followup#{low}").name == "FollowUpGivenOn"  # type: ignore[union-attr]


def test_follow_up_of_a_lead_without_successor_stands_in_the_list_of_the_team(scene: Scene, low: str) -> None:
    given_on(scene, active=False)

    assert load_follow_up(scene.store, low).owner is None
    [listed] = find_follow_ups(scene.store, FollowUpQuery(team="aftersales"), caller=MANAGER).items
    assert (listed.id, listed.owner_name, listed.person_name) == (low, None, "陈雨")
    assert find_follow_ups(scene.store, FollowUpQuery(owner="zhao"), caller=MANAGER).items == ()


def test_follow_up_stays_with_somebody_who_only_changed_the_name(scene: Scene, low: str) -> None:
    given_on(scene, name="赵敏敏")

    assert load_follow_up(scene.store, low).owner == "zhao"


def test_who_has_claimed_a_follow_up_is_told_by_name(scene: Scene, low: str) -> None:
    claim(scene.store, low, caller=LEAD, now=LATER, idempotency=None, seen=None)

    with pytest.raises(FollowUpTakenError) as taken:
        claim(scene.store, low, caller=MANAGER, now=LATER, idempotency=None, seen=None)

    assert "赵敏" in problem_of(taken.value, language="zh-CN", instance="/x")["title"]
