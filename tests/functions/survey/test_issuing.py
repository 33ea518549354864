"""One survey a resolution, whatever the stream does."""

from datetime import timedelta

import pytest

from tests.builders import LEAD, NOW
from tests.faults import Crash, Fault, Strike, count_calls, crash_points, inject
from tests.functions.escalation.scene import sweep
from tests.functions.survey.conftest import make_scene
from tests.functions.survey.scene import ASKED, Scene, meanwhile
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import Assignment, Closing
from tingjian.intake.tickets.storage import TicketNotFoundError
from tingjian.platform.events import is_unbroken
from tingjian.platform.store import Store
from tingjian.survey.questionnaires.actions import put_questionnaire
from tingjian.survey.questionnaires.models import QuestionnaireBody
from tingjian.survey.surveys.actions import issue_survey
from tingjian.survey.surveys.sendings import fire_survey
from tingjian.survey.surveys.storage import survey_key


def test_resolution_asks_once_for_who_was_responsible_then(scene: Scene) -> None:
    survey = scene.issue()
    scene.reopen(minutes=70)
    actions.assign(scene.store, scene.request(minutes=71), Assignment(assignee="lin"))

    (stored,) = scene.surveys

    assert (stored.person, stored.team, stored.expires_at) == ("chen", "aftersales", ASKED + timedelta(days=28))
    assert stored == survey


def test_event_of_survey_names_no_words_of_the_customer(scene: Scene) -> None:
    survey = scene.issue()
    scene.answer(survey, 1, reasons=("slow",), text="非常失望")

    events = scene.events(survey.entity)

    assert [event.name for event in events] == ["SurveyIssued", "SurveyAnswered"]
    assert is_unbroken(events)
    assert events[1].data | {"outcome": None} == {
        "ticket": scene.number,
        "type": "feedback",
        "channel": "web",
        "team": "aftersales",
        "person": "chen",
        "customer": scene.ticket.customer_id,
        "state": "answered",
        "score": 1,
        "reasons": ["slow"],
        "satisfied": False,
        "outcome": None,
        "changed": False,
        "chosen": {},
        "questionnaire": "default",
        "questionnaire_version": 0,
    }


def test_redelivery_changes_nothing(scene: Scene) -> None:
    (resolution,) = scene.resolutions()

    results = [issue_survey(scene.store, resolution, now=ASKED + timedelta(minutes=n)) for n in range(3)]

    assert [result is not None for result in results] == [True, False, False]
    assert len(scene.surveys) == 1


def test_redelivery_of_an_answered_survey_changes_nothing(scene: Scene) -> None:
    scene.answer(scene.issue(), 5)

    again = issue_survey(scene.store, scene.resolutions()[0], now=ASKED + timedelta(days=1))

    assert again is None
    assert [survey.state for survey in scene.surveys] == ["answered"]


@pytest.mark.parametrize("point", crash_points(4), ids=lambda point: f"{point.fault}-{point.at}")
def test_crash_anywhere_leaves_one_survey_after_redelivery(scene: Scene, point: Strike) -> None:
    (resolution,) = scene.resolutions()

    with inject(scene.store.client, point), pytest.raises(Crash):
        issue_survey(scene.store, resolution, now=ASKED)
    scene.store.forget("questionnaires")
    issue_survey(scene.store, resolution, now=ASKED)

    assert len(scene.surveys) == 1
    assert [event.name for event in scene.events(scene.surveys[0].entity)] == ["SurveyIssued"]


def test_issuing_takes_the_calls_that_the_crashes_cover(scene: Scene) -> None:
    (resolution,) = scene.resolutions()

    calls = count_calls(scene.store.client, lambda: issue_survey(scene.store, resolution, now=ASKED))

    assert calls == 4


def test_lost_reply_leaves_one_survey(scene: Scene) -> None:
    with inject(scene.store.client, Strike(Fault.REPLY_LOST, operation="TransactWriteItems")):
        issue_survey(scene.store, scene.resolutions()[0], now=ASKED)

    assert [len(scene.events(survey.entity)) for survey in scene.surveys] == [1]


def test_second_worker_between_read_and_write_leaves_one(scene: Scene) -> None:
    (resolution,) = scene.resolutions()

    with meanwhile(scene.store, lambda: issue_survey(scene.store, resolution, now=ASKED)):
        loser = issue_survey(scene.store, resolution, now=ASKED + timedelta(seconds=1))

    assert loser is None
    assert [survey.issued_at for survey in scene.surveys] == [ASKED]


def test_reopened_before_sending_is_not_asked(scene: Scene) -> None:
    scene.reopen(minutes=40)

    assert issue_survey(scene.store, scene.resolutions()[0], now=ASKED) is None
    assert scene.surveys == []


def test_second_resolution_asks_again_and_withdraws_the_first(scene: Scene) -> None:
    first = scene.issue()
    scene.reopen(minutes=70)
    scene.resolve(minutes=80)

    second = scene.issue(now=ASKED + timedelta(hours=1))

    assert [survey.state for survey in scene.surveys] == ["withdrawn", "issued"]
    assert first.id != second.id
    assert is_unbroken(scene.events(first.entity))


def test_reordered_resolutions_ask_for_the_last_only(scene: Scene) -> None:
    scene.reopen(minutes=40)
    scene.resolve(minutes=50)
    first, second = scene.resolutions()

    issued = [issue_survey(scene.store, event, now=ASKED) for event in (second, first, second)]

    assert [survey.id if survey else None for survey in issued] == [f"{scene.number}-{second.version}", None, None]
    assert [survey.state for survey in scene.surveys] == ["issued"]


def test_closed_without_result_is_not_asked(scene: Scene) -> None:
    actions.close(scene.store, scene.request(minutes=40), Closing(reason="invalid"))

    assert issue_survey(scene.store, scene.resolutions()[0], now=ASKED) is None


def test_closed_with_result_is_asked(scene: Scene) -> None:
    actions.close(scene.store, scene.request(minutes=40), Closing())

    assert scene.issue().state == "issued"


def test_imported_history_is_never_asked(scene: Scene) -> None:
    imported = scene.resolutions()[0].model_copy(update={"imported": True})

    assert issue_survey(scene.store, imported, now=ASKED) is None
    assert scene.surveys == []


def test_resolution_without_ticket_is_an_error(scene: Scene) -> None:
    orphan = scene.resolutions()[0].model_copy(update={"entity": "ticket#482739510664"})

    with pytest.raises(TicketNotFoundError):
        issue_survey(scene.store, orphan, now=ASKED)


def setting(store: Store, body: QuestionnaireBody, kind: str = "default") -> None:
    put_questionnaire(store, kind, body, expected=None, actor=LEAD.actor, now=NOW)


def test_type_without_survey_is_not_asked(scene: Scene) -> None:
    setting(scene.store, QuestionnaireBody(active=False), "feedback")

    assert issue_survey(scene.store, scene.resolutions()[0], now=ASKED) is None


def test_quiet_hours_leave_a_customer_with_an_open_survey_alone(centre: Store) -> None:
    setting(centre, QuestionnaireBody(quiet_hours=24))
    first, second = make_scene(centre), make_scene(centre)
    first.issue()

    skipped = issue_survey(centre, second.resolutions()[0], now=ASKED + timedelta(hours=23))
    late = issue_survey(centre, second.resolutions()[0], now=ASKED + timedelta(hours=25))

    assert (skipped, late) == (None, None)
    assert [survey.state for survey in second.surveys] == ["skipped"]


def test_quiet_hours_hold_when_two_tickets_are_resolved_at_once(centre: Store) -> None:
    setting(centre, QuestionnaireBody(quiet_hours=24))
    first, second = make_scene(centre), make_scene(centre)

    with meanwhile(centre, second.issue):
        loser = issue_survey(centre, first.resolutions()[0], now=ASKED)

    assert loser is None
    assert [scene.surveys[0].state for scene in (first, second)] == ["skipped", "issued"]


def test_quiet_hours_end_with_the_answer(centre: Store) -> None:
    setting(centre, QuestionnaireBody(quiet_hours=24))
    first, second = make_scene(centre), make_scene(centre)
    first.answer(first.issue(), 5)

    assert second.issue(now=ASKED + timedelta(hours=2)).state == "issued"


def test_expiry_ends_an_unanswered_survey_once(scene: Scene) -> None:
    survey = scene.issue()
    item = scene.store.get(survey_key(survey.id))
    assert item is not None

    before = survey.expires_at - timedelta(milliseconds=1)
    sweep(scene.store, before)  # The ticket has closed by itself meanwhile.
    fired = [sweep(scene.store, now).fired for now in (before, survey.expires_at, survey.expires_at)]

    assert (fired, scene.surveys[0].state) == ([0, 1, 0], "expired")
    assert scene.events(f"survey#{survey.id}")[-1].name == "SurveyExpired"
    assert fire_survey(scene.store, item, now=survey.issued_at) is None
    assert "due_at" not in (scene.store.get(survey_key(survey.id)) or {})
