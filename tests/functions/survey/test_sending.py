"""When a survey is sent, to whom it is not, and what is counted of that."""

from datetime import datetime, timedelta

import pytest

from tests.builders import LEAD, NOW, SIGNER
from tests.functions.escalation.scene import sweep
from tests.functions.survey.conftest import make_scene
from tests.functions.survey.scene import ASKED, Scene
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import Resolution
from tingjian.notifications.deliveries.composition import RenderContext
from tingjian.notifications.quiet import QuietHours
from tingjian.platform.errors import LinkExpiredError
from tingjian.platform.events import SYSTEM, is_unbroken
from tingjian.platform.items import Item
from tingjian.platform.store import Store
from tingjian.platform.texts import Language
from tingjian.survey.questionnaires.actions import put_questionnaire
from tingjian.survey.questionnaires.models import QuestionnaireBody
from tingjian.survey.questionnaires.sending_rules import SendingRules
from tingjian.survey.surveys.actions import issue_survey
from tingjian.survey.surveys.endings import dismiss_survey
from tingjian.survey.surveys.listeners import withdraw
from tingjian.survey.surveys.mails import invitation
from tingjian.survey.surveys.models import Survey, SurveyAnsweredError

RESOLVED = NOW + timedelta(minutes=30)
DAY = timedelta(days=1)


def ruled(store: Store, rules: SendingRules) -> None:
    body = QuestionnaireBody(sending=rules)
    put_questionnaire(store, "default", body, expected=None, actor=LEAD.actor, now=NOW)


def heard(scene: Scene, now: datetime = ASKED) -> Survey:
    """The survey of the last resolution after its event was heard."""
    issue_survey(scene.store, scene.resolutions()[-1], now=now)
    return scene.surveys[-1]


def sendings(scene: Scene) -> list[Item]:
    return scene.store.query_all(f"ticket#{scene.number}", prefix="invitation#")


def names(scene: Scene) -> list[str]:
    events = scene.events(f"survey#{scene.surveys[-1].id}")
    assert is_unbroken(events)
    return [event.name for event in events]


def test_survey_waits_for_its_delay_and_is_sent_once(scene: Scene) -> None:
    ruled(scene.store, SendingRules(delay_minutes=1440))
    due = RESOLVED + DAY

    planned = heard(scene)
    early = sweep(scene.store, due - timedelta(seconds=1)).fired
    fired = [sweep(scene.store, now).fired for now in (due, due, due + timedelta(minutes=1))]

    assert (planned.state, planned.send_at, early, fired) == ("planned", due, 0, [1, 0, 0])
    (survey,) = scene.surveys
    assert (survey.state, survey.issued_at, survey.expires_at - due) == ("issued", due, timedelta(days=28))
    assert [item["deliver"] for item in sendings(scene)] == ["survey"]
    assert names(scene) == ["SurveyPlanned", "SurveyIssued"]


def test_planned_survey_cannot_be_answered_and_a_repeat_of_its_event_changes_nothing(scene: Scene) -> None:
    ruled(scene.store, SendingRules(delay_minutes=60))
    planned = heard(scene, RESOLVED)

    assert not planned.is_open(RESOLVED)
    assert heard(scene, RESOLVED + timedelta(minutes=59)) == planned


def test_resolution_taken_back_before_the_sending_sends_nothing(scene: Scene) -> None:
    ruled(scene.store, SendingRules(delay_minutes=1440))
    heard(scene)
    scene.reopen(minutes=70)

    sweep(scene.store, RESOLVED + DAY)

    assert (scene.surveys[0].state, sendings(scene)) == ("withdrawn", [])
    assert names(scene) == ["SurveyPlanned", "SurveyWithdrawn"]


def test_reopening_withdraws_what_it_took_back_and_nothing_later(scene: Scene) -> None:
    scene.issue()
    scene.reopen(minutes=70)
    reopening = scene.events()[-1]
    withdraw(scene.store, reopening, ASKED)
    scene.resolve(minutes=80)
    second = scene.issue(now=ASKED + timedelta(hours=1))

    withdraw(scene.store, reopening, ASKED)  # The record comes again, late.

    assert [survey.state for survey in scene.surveys] == ["withdrawn", "issued"]
    assert scene.surveys[1] == second


def test_resolution_by_the_system_is_not_asked_and_counted(scene: Scene) -> None:
    resolution = scene.resolutions()[-1].model_copy(update={"actor": SYSTEM})

    assert issue_survey(scene.store, resolution, now=ASKED) is None
    assert (scene.surveys[0].state, scene.surveys[0].why) == ("skipped", "automatic")
    assert scene.events(f"survey#{scene.surveys[0].id}")[-1].data["why"] == "automatic"


def test_resolution_without_a_word_to_the_customer_is_not_asked_and_counted(centre: Store) -> None:
    silent = make_scene(centre, reply=None)

    assert (heard(silent).state, silent.surveys[0].why) == ("skipped", "nobody_answered")
    assert sweep(centre, ASKED + timedelta(days=2)).failed == 0


def test_cool_down_holds_back_even_who_answered_and_does_not_start_again(centre: Store) -> None:
    ruled(centre, SendingRules(cooldown_days=30))
    first, second, third = (make_scene(centre) for _ in range(3))
    first.answer(first.issue(), 5)

    held = heard(second, ASKED + 29 * DAY)
    asked = heard(third, ASKED + 31 * DAY)

    assert (held.state, held.why, asked.state) == ("skipped", "cooldown", "issued")


def test_cool_down_counts_when_the_time_comes_for_two_at_once(centre: Store) -> None:
    ruled(centre, SendingRules(delay_minutes=60, cooldown_days=30))
    both = [make_scene(centre), make_scene(centre)]
    for scene in both:
        heard(scene)

    sweep(centre, ASKED + DAY)

    assert sorted(scene.surveys[0].state for scene in both) == ["issued", "skipped"]
    assert sum(len(sendings(scene)) for scene in both) == 1


def test_quiet_hours_end_before_anything_is_sent(scene: Scene) -> None:
    quiet = QuietHours(start="00:00", end="23:00", timezone="Asia/Shanghai")
    ruled(scene.store, SendingRules(quiet=quiet))

    planned = heard(scene)

    awake = quiet.until(RESOLVED)
    assert (planned.state, planned.send_at) == ("planned", awake)


def test_rules_that_became_quiet_put_the_sending_off_without_an_event(scene: Scene) -> None:
    ruled(scene.store, SendingRules(delay_minutes=60))
    planned = heard(scene, RESOLVED)
    quiet = QuietHours(start="00:00", end="23:00", timezone="Asia/Shanghai")
    ruled(scene.store, SendingRules(delay_minutes=60, quiet=quiet))
    due = RESOLVED + timedelta(hours=1)

    sweep(scene.store, due)
    awake = quiet.until(due)
    assert awake
    sweep(scene.store, awake)

    assert planned.version == 1
    assert (scene.surveys[0].state, scene.surveys[0].issued_at) == ("issued", awake)
    assert names(scene) == ["SurveyPlanned", "SurveyIssued"]


def test_reminders_come_so_often_and_end_with_the_answer(scene: Scene) -> None:
    ruled(scene.store, SendingRules(reminders=2, reminder_gap_hours=24))
    survey = scene.issue()

    fired = [sweep(scene.store, ASKED + hours * timedelta(hours=1)).facts["SurveysReminded"] for hours in (23, 24, 48)]
    more = [sweep(scene.store, ASKED + days * DAY).facts["SurveysReminded"] for days in (3, 4)]

    assert (fired, more) == ([0, 1, 1], [0, 0])
    assert names(scene) == ["SurveyIssued", "SurveyReminded", "SurveyReminded"]
    resolution = int(survey.id.partition("-")[2])
    assert [item["sk"] for item in sendings(scene)] == [f"invitation#{n}#{resolution:08d}" for n in (1, 2)]


def test_answered_survey_reminds_nobody(scene: Scene) -> None:
    ruled(scene.store, SendingRules(reminders=1, reminder_gap_hours=24))
    scene.answer(scene.issue(), 5)

    sweep(scene.store, ASKED + 2 * DAY)

    assert sendings(scene) == []


@pytest.mark.parametrize(("language", "word"), [("zh-CN", "提醒"), ("zh-TW", "提醒"), ("en", "reminder")])
def test_reminder_says_that_it_is_one(centre: Store, language: Language, word: str) -> None:
    scene = make_scene(centre, email="wang.fang@example.com")
    ruled(centre, SendingRules(reminders=1, reminder_gap_hours=24))
    scene.issue()
    sweep(centre, ASKED + DAY)
    [item] = sendings(scene)
    context = RenderContext(centre, lambda: SIGNER, "https://service.example", sms=True)

    [mail] = invitation(context, item, ASKED + DAY, language=language).outgoing

    assert word in mail.subject
    assert "27" in mail.text
    assert "/page?lang=" in mail.text


def test_quiet_hours_hold_back_what_is_tried_again(scene: Scene) -> None:
    scene.issue()
    [item] = [one for one in scene.store.query_all(f"ticket#{scene.number}") if one.get("deliver") == "survey"]
    ruled(scene.store, SendingRules(quiet=QuietHours(start="00:00", end="23:00")))
    context = RenderContext(scene.store, lambda: SIGNER, "https://service.example", sms=True)

    assert invitation(context, item, ASKED).not_before


def test_resolve_with_a_reply_on_its_way_is_asked(centre: Store) -> None:
    scene = make_scene(centre, email="wang.fang@example.com", reply=None)
    scene.reopen(minutes=40)
    actions.resolve(centre, scene.request(minutes=50), Resolution(reply="已补发"))

    assert heard(scene).state == "issued"


def test_dismissed_survey_takes_no_answer_and_reminds_nobody(scene: Scene) -> None:
    ruled(scene.store, SendingRules(reminders=1, reminder_gap_hours=24))
    survey = scene.issue()
    token = scene.token(survey)

    receipts = [dismiss_survey(scene.store, SIGNER, token, now=ASKED + timedelta(hours=1)) for _ in range(2)]

    assert [new for _, new in receipts] == [True, False]
    assert names(scene) == ["SurveyIssued", "SurveyDismissed"]
    with pytest.raises(LinkExpiredError):
        scene.answer(survey, 5)
    sweep(scene.store, ASKED + 2 * DAY)
    assert (scene.surveys[0].state, sendings(scene)) == ("dismissed", [])


def test_answered_survey_cannot_be_dismissed(scene: Scene) -> None:
    survey = scene.issue()
    scene.answer(survey, 5)

    with pytest.raises(SurveyAnsweredError):
        dismiss_survey(scene.store, SIGNER, scene.token(survey), now=ASKED + timedelta(hours=2))


@pytest.mark.parametrize("swept", [False, True])
def test_answer_after_the_time_is_noted_once_and_refused(scene: Scene, *, swept: bool) -> None:
    survey = scene.issue()
    late = survey.expires_at + timedelta(minutes=1)
    if swept:
        sweep(scene.store, survey.expires_at)

    for _ in range(2):
        with pytest.raises(LinkExpiredError):
            scene.answer(survey, 5, now=late)
    sweep(scene.store, late)

    assert sorted(names(scene)) == ["SurveyCameLate", "SurveyExpired", "SurveyIssued"]
    assert (scene.surveys[0].state, scene.surveys[0].late_at) == ("expired", late)


def test_answer_in_time_is_not_late(scene: Scene) -> None:
    survey = scene.issue()
    scene.answer(survey, 5)

    with pytest.raises(LinkExpiredError):
        scene.answer(survey, 4, now=survey.expires_at + DAY)
    assert names(scene) == ["SurveyIssued", "SurveyAnswered"]
