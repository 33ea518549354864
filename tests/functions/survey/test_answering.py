"""An answer is taken once, by whoever holds the link, and a low score has consequences."""

from datetime import timedelta

import pytest

from functions.escalation.schedule import TIMERS
from tests.builders import AGENT, COLLEAGUE, LEAD, NOW, SIGNER, STRANGER, key
from tests.faults import Crash, Fault, Strike, count_calls, crash_points, inject
from tests.functions.escalation.scene import notices_of
from tests.functions.survey.scene import ASKED, Scene, meanwhile
from tingjian.intake.messages.storage import load_messages
from tingjian.intake.tickets import actions
from tingjian.intake.tickets.bodies import Closing
from tingjian.intake.tickets.models import BlockedError
from tingjian.platform.errors import (
    AccessDeniedError,
    IdempotencyMismatchError,
    InvalidInputError,
    LinkExpiredError,
    LinkInvalidError,
)
from tingjian.platform.events import is_unbroken
from tingjian.platform.sweep import Sweep
from tingjian.survey.followups.actions import claim, complete, find_follow_ups
from tingjian.survey.followups.models import Completion, FollowUpDoneError, FollowUpQuery, FollowUpTakenError
from tingjian.survey.followups.storage import load_follow_up
from tingjian.survey.questionnaires.actions import put_questionnaire
from tingjian.survey.questionnaires.models import BUILT_IN, QuestionnaireBody, SurveyMatch
from tingjian.survey.questionnaires.questions import SurveyOption, SurveyQuestion
from tingjian.survey.questionnaires.storage import find_questionnaire
from tingjian.survey.surveys.actions import show_survey
from tingjian.survey.surveys.answers import record_answer
from tingjian.survey.surveys.lists import find_surveys
from tingjian.survey.surveys.models import Answer, Survey, SurveyAnsweredError, SurveyWithdrawnError
from tingjian.survey.surveys.public_surveys import AnswerReceipt
from tingjian.survey.surveys.storage import load_survey
from tingjian.survey.surveys.survey_views import SurveyQuery

DONE = Completion(result="satisfied", note="已电话致歉并补发")
LATER = ASKED + timedelta(hours=2)
TOO_LATE = ASKED + timedelta(hours=13)


def test_link_shows_what_is_asked_in_the_customers_language(scene: Scene) -> None:
    survey = scene.issue()

    shown = show_survey(scene.store, SIGNER, scene.token(survey), language="zh-TW", now=ASKED)

    assert (shown.subject, shown.reasons[1].label, shown.satisfied_from) == ("包裹没到", "處理及時", 4)


def test_good_answer_is_noted_as_the_customers_word_and_changes_nothing_else(scene: Scene) -> None:
    before = scene.ticket

    receipt = scene.answer(scene.issue(), 5, reasons=("fast", "friendly"), text="谢谢")

    assert (receipt.outcome, receipt.score) == ("noted", 5)
    after = scene.ticket
    said = {"version": after.version, "hash": after.hash, "confirmed_at": after.confirmed_at}
    assert after.confirmed_at is not None
    assert after == before.model_copy(update=said)


def test_link_with_any_bit_changed_is_refused(scene: Scene) -> None:
    token = scene.token(scene.issue())

    for place in range(len(token)):
        for bit in range(8):
            altered = bytearray(token.encode())
            altered[place] ^= 1 << bit
            with pytest.raises(LinkInvalidError):
                show_survey(scene.store, SIGNER, altered.decode("latin-1"), language="en", now=ASKED)


def test_link_of_another_use_is_refused(scene: Scene) -> None:
    survey = scene.issue()
    foreign = SIGNER.token("follow", survey.id, expires_at=survey.expires_at)

    with pytest.raises(LinkInvalidError):
        record_answer(scene.store, SIGNER, foreign, Answer(score=5), now=ASKED)


def test_link_works_until_the_last_millisecond_and_not_after(scene: Scene) -> None:
    survey = scene.issue()
    edge = survey.expires_at

    with pytest.raises(LinkExpiredError):
        scene.answer(survey, 5, now=edge)
    assert scene.answer(survey, 5, now=edge - timedelta(milliseconds=1)).score == 5


def test_same_answer_again_gets_the_same_receipt(scene: Scene) -> None:
    survey = scene.issue()
    first = scene.answer(survey, 4, reasons=("fast",), text="好", idempotency=key())

    by_key = scene.answer(survey, 4, reasons=("fast",), text="好", now=LATER, idempotency=key())
    by_content = scene.answer(survey, 4, reasons=("fast",), text="好", now=LATER, idempotency=key("another"))

    assert first == by_key == by_content


def test_another_answer_is_refused_after_its_time(scene: Scene) -> None:
    survey = scene.issue()
    scene.answer(survey, 4, idempotency=key())

    with pytest.raises(SurveyAnsweredError):
        scene.answer(survey, 1, now=TOO_LATE)
    with pytest.raises(IdempotencyMismatchError):
        scene.answer(survey, 1, idempotency=key(request="another"))
    assert load_survey(scene.store, survey.id).answer == Answer(score=4)


def test_withdrawn_survey_cannot_be_answered(scene: Scene) -> None:
    first = scene.issue()
    scene.reopen(minutes=70)
    scene.resolve(minutes=80)
    scene.issue()

    with pytest.raises(SurveyWithdrawnError):
        scene.answer(first, 5)


def test_unknown_reason_is_named(scene: Scene) -> None:
    with pytest.raises(InvalidInputError) as caught:
        scene.answer(scene.issue(), 2, reasons=("slow", "weather", "slow"))

    assert [(error.field, error.code) for error in caught.value.errors] == [
        ("reasons.1", "choice"),
        ("reasons.2", "duplicate"),
    ]


@pytest.mark.parametrize("score", [1, 5])
def test_another_answer_between_read_and_write_is_changed_and_not_lost(scene: Scene, score: int) -> None:
    survey = scene.issue()

    with meanwhile(scene.store, lambda: scene.answer(survey, 4)):
        scene.answer(survey, score)

    assert load_survey(scene.store, survey.id).answer == Answer(score=score)
    assert [event.name for event in scene.events(survey.entity)] == [
        "SurveyIssued", "SurveyAnswered", "SurveyAnswered",
    ]  # fmt: skip
    assert scene.ticket.blockers == ((f"followup:{survey.id}",) if score == 1 else ())


def test_ticket_changed_between_read_and_write_keeps_both(scene: Scene) -> None:
    survey = scene.issue()

    with meanwhile(scene.store, lambda: scene.reopen(minutes=90)):
        scene.answer(survey, 1)

    assert (scene.ticket.status, scene.ticket.blockers) == ("open", (f"followup:{survey.id}",))
    assert is_unbroken(scene.events())


def test_crash_anywhere_then_the_same_answer_leaves_one_of_everything(scene: Scene) -> None:
    survey = scene.issue()
    calls = count_calls(scene.store.client, lambda: scene.answer(survey, 5))
    for point in crash_points(calls):
        scene.reopen(minutes=100 + point.at)
        scene.resolve(minutes=110 + point.at)
        fresh = scene.issue(now=LATER)

        with inject(scene.store.client, point), pytest.raises(Crash):
            scene.answer(fresh, 1, now=LATER, idempotency=key(fresh.id))
        receipt = scene.answer(fresh, 1, now=LATER, idempotency=key(fresh.id))

        assert receipt.outcome == "follow_up"
        assert [event.name for event in scene.events(fresh.entity)] == ["SurveyIssued", "SurveyAnswered"]
        assert [event.name for event in scene.events(f"followup#{fresh.id}")] == ["FollowUpOpened"]
    assert is_unbroken(scene.events())


def test_conflicting_transaction_is_tried_again(scene: Scene) -> None:
    survey = scene.issue()

    with inject(scene.store.client, Strike(Fault.CONFLICT, operation="TransactWriteItems")):
        receipt = scene.answer(survey, 1)

    assert receipt.outcome == "follow_up"


def test_low_score_opens_a_follow_up_that_holds_the_ticket(scene: Scene) -> None:
    survey = scene.issue()
    scene.answer(survey, 2, reasons=("slow",))

    follow_up = load_follow_up(scene.store, survey.id)

    assert (follow_up.owner, follow_up.person, follow_up.score, follow_up.state) == ("zhao", "chen", 2, "open")
    assert follow_up.due_at == follow_up.opened_at + timedelta(hours=24)
    assert [notice.title("zh-CN").partition("的")[2] for notice in notices_of(scene.store, "zhao")] == [
        "客户评分为 2 分，请回访"
    ]
    with pytest.raises(BlockedError):
        actions.close(scene.store, scene.request(minutes=200), Closing())


def test_low_score_of_a_closed_ticket_leaves_it_closed(scene: Scene) -> None:
    survey = scene.issue()
    actions.close(scene.store, scene.request(minutes=70), Closing())

    scene.answer(survey, 1)

    assert (scene.ticket.status, scene.ticket.blockers) == ("closed", ())
    assert load_follow_up(scene.store, survey.id).state == "open"


def test_neutral_score_is_low_only_where_the_type_says_so(scene: Scene) -> None:
    survey = scene.issue()
    body = QuestionnaireBody(low_until=3)
    put_questionnaire(scene.store, "feedback", body, expected=None, actor=LEAD.actor, now=NOW)

    assert scene.answer(survey, 3).outcome == "follow_up"
    assert not BUILT_IN.is_low(3)


def test_low_score_reopens_where_the_type_says_so(scene: Scene) -> None:
    body = QuestionnaireBody(on_low="reopen", reasons=BUILT_IN.reasons)
    put_questionnaire(scene.store, "feedback", body, expected=None, actor=LEAD.actor, now=NOW)

    receipt = scene.answer(scene.issue(), 1, text="根本没解决")

    assert (receipt.outcome, scene.ticket.status, scene.ticket.reopened) == ("reopened", "open", 1)
    assert scene.events()[-1].data["reason"] == "survey"
    assert load_messages(scene.store, scene.number)[0][0].text == "根本没解决"


def test_follow_up_is_claimed_by_one_and_done_by_that_one(scene: Scene) -> None:
    survey = scene.issue()
    scene.answer(survey, 1)
    with pytest.raises(AccessDeniedError):
        claim(scene.store, survey.id, caller=COLLEAGUE, now=LATER, idempotency=None, seen=None)

    claimed = claim(scene.store, survey.id, caller=LEAD, now=LATER, idempotency=key(), seen=1)
    done = complete(scene.store, survey.id, DONE, caller=LEAD, now=LATER, idempotency=None, seen=None)

    assert (claimed.state, done.state, scene.ticket.blockers) == ("claimed", "done", ())
    assert is_unbroken(scene.events(f"followup#{survey.id}"))
    with pytest.raises(FollowUpDoneError):
        complete(scene.store, survey.id, DONE, caller=LEAD, now=LATER, idempotency=None, seen=None)
    again = claim(scene.store, survey.id, caller=LEAD, now=LATER, idempotency=key(), seen=1)
    assert again == claimed


def test_claimed_follow_up_is_not_for_others(scene: Scene) -> None:
    survey = scene.issue()
    scene.answer(survey, 1)
    claim(scene.store, survey.id, caller=LEAD, now=LATER, idempotency=None, seen=None)
    second_lead = LEAD.__class__(id="qian", name="钱", roles=LEAD.roles, teams=LEAD.teams)

    with pytest.raises(FollowUpTakenError):
        claim(scene.store, survey.id, caller=second_lead, now=LATER, idempotency=None, seen=None)


def test_follow_up_of_another_team_is_refused(scene: Scene) -> None:
    survey = scene.issue()
    scene.answer(survey, 1)

    with pytest.raises(AccessDeniedError):
        complete(scene.store, survey.id, DONE, caller=STRANGER, now=LATER, idempotency=None, seen=None)


def test_late_follow_up_is_noted_once(scene: Scene) -> None:
    survey = scene.issue()
    scene.answer(survey, 1)
    due = load_follow_up(scene.store, survey.id).due_at
    kinds = {"followup": TIMERS["followup"], "survey": TIMERS["survey"], "ticket": lambda *_, **__: None}

    fired = [Sweep(scene.store, kinds, now, lambda: True).run().fired for now in (due - timedelta(seconds=1), due, due)]

    assert fired == [0, 1, 0]
    assert scene.events(f"followup#{survey.id}")[-1].name == "FollowUpOverdue"
    told = {person: [notice.kind for notice in notices_of(scene.store, person)] for person in ("zhao", "wu")}
    assert told == {"zhao": ["followup_opened", "followup_overdue"], "wu": ["followup_overdue"]}


def test_lists_show_what_the_caller_may_see(scene: Scene) -> None:
    survey = scene.issue()
    scene.answer(survey, 1, text="太慢")

    tasks = {who.id: find_follow_ups(scene.store, FollowUpQuery(), caller=who).items for who in (LEAD, AGENT, STRANGER)}
    own = find_follow_ups(scene.store, FollowUpQuery(owner="zhao"), caller=LEAD).items
    surveys = find_surveys(scene.store, SurveyQuery(), caller=LEAD).items

    assert {who: len(found) for who, found in tasks.items()} == {"zhao": 1, "chen": 0, "sun": 0}
    assert [task.id for task in own] == [survey.id]
    assert [(found.score, found.text) for found in surveys] == [(1, "太慢")]
    with pytest.raises(AccessDeniedError):
        find_surveys(scene.store, SurveyQuery(team="presales"), caller=LEAD)


def test_list_of_surveys_pages_through_all(scene: Scene) -> None:
    for minutes in range(70, 170, 20):
        scene.issue(now=NOW + timedelta(minutes=minutes))
        scene.reopen(minutes=minutes + 5)
        scene.resolve(minutes=minutes + 10)
    seen: list[str] = []
    cursor = None

    while True:
        page = find_surveys(scene.store, SurveyQuery(answered=False, limit=2, cursor=cursor), caller=LEAD)
        seen += [survey.id for survey in page.items]
        if (cursor := page.cursor) is None:
            break

    by_ticket = find_surveys(scene.store, SurveyQuery(ticket=scene.number), caller=LEAD).items
    assert seen == [survey.id for survey in by_ticket]
    assert len(set(seen)) == 5


def test_answer_that_becomes_satisfied_ends_the_follow_up_that_nobody_has_begun(scene: Scene) -> None:
    survey = scene.issue()
    scene.answer(survey, 1)

    receipt = scene.answer(survey, 5, now=LATER)

    follow_up = load_follow_up(scene.store, survey.id)
    assert (receipt.outcome, follow_up.state, follow_up.completion) == ("noted", "done", None)
    assert (scene.ticket.blockers, scene.ticket.confirmed_at) == ((), LATER)
    assert [event.name for event in scene.events(follow_up.entity)] == ["FollowUpOpened", "FollowUpDropped"]
    assert all(map(is_unbroken, (scene.events(), scene.events(survey.entity), scene.events(follow_up.entity))))


def test_answer_that_becomes_satisfied_leaves_a_follow_up_to_whoever_has_begun(scene: Scene) -> None:
    survey = scene.issue()
    scene.answer(survey, 1)
    claim(scene.store, survey.id, caller=LEAD, now=LATER, idempotency=None, seen=None)

    scene.answer(survey, 5, now=LATER)

    assert load_follow_up(scene.store, survey.id).state == "claimed"
    assert scene.ticket.blockers == (f"followup:{survey.id}",)


def test_answer_that_becomes_bad_opens_a_follow_up_and_takes_back_the_confirmation(scene: Scene) -> None:
    survey = scene.issue()
    scene.answer(survey, 5)

    receipt = scene.answer(survey, 2, now=LATER)

    follow_up = load_follow_up(scene.store, survey.id)
    assert (receipt.outcome, follow_up.state, follow_up.score) == ("follow_up", "open", 2)
    assert (scene.ticket.blockers, scene.ticket.confirmed_at) == ((f"followup:{survey.id}",), None)


def test_answer_that_stays_bad_keeps_its_follow_up_with_the_score_of_now(scene: Scene) -> None:
    survey = scene.issue()
    scene.answer(survey, 2)
    before = load_follow_up(scene.store, survey.id)

    scene.answer(survey, 1, now=LATER)

    after = load_follow_up(scene.store, survey.id)
    assert (after.score, after.due_at, after.owner) == (1, before.due_at, "zhao")
    assert len([notice for notice in notices_of(scene.store, "zhao") if notice.kind == "followup_opened"]) == 1


def test_bad_again_after_a_good_one_opens_the_follow_up_anew(scene: Scene) -> None:
    survey = scene.issue()
    for score, hours in ((1, 0), (5, 1), (2, 2)):
        scene.answer(survey, score, now=LATER + timedelta(hours=hours))

    follow_up = load_follow_up(scene.store, survey.id)
    assert (follow_up.state, follow_up.score, follow_up.done_at) == ("open", 2, None)
    assert scene.ticket.blockers == (f"followup:{survey.id}",)
    assert is_unbroken(scene.events(follow_up.entity))


def test_request_that_an_answer_reopened_stays_open_whatever_comes_next(scene: Scene) -> None:
    put(scene, QuestionnaireBody(on_low="reopen"))
    survey = scene.issue()
    scene.answer(survey, 1)

    receipt = scene.answer(survey, 5, now=LATER)

    assert (receipt.outcome, receipt.score, scene.ticket.status) == ("reopened", 5, "open")
    assert scene.ticket.reopened == 1


def put(scene: Scene, body: QuestionnaireBody, name: str = "default", expected: int | None = None) -> None:
    put_questionnaire(scene.store, name, body, expected=expected, actor=LEAD.actor, now=NOW)


WORDS = {"zh-CN": "问", "zh-TW": "問", "en": "Ask"}
QUESTIONS = (
    SurveyQuestion(key="recommend", kind="nps", labels=WORDS, required=True),
    SurveyQuestion(key="effort", kind="ces", labels=WORDS),
    SurveyQuestion(
        key="way",
        kind="choices",
        labels=WORDS,
        options=(SurveyOption(key="phone", labels=WORDS), SurveyOption(key="mail", labels=WORDS)),
    ),
    SurveyQuestion(key="wish", kind="text", labels=WORDS),
)
GIVEN = {"recommend": 9, "effort": 6, "way": ("phone",), "wish": "周末也开"}


def said(scene: Scene, survey: Survey, **answers: object) -> AnswerReceipt:
    body = Answer.model_validate({"score": 5, "answers": answers})
    return record_answer(scene.store, SIGNER, scene.token(survey), body, now=ASKED + timedelta(hours=1))[0]


def test_further_questions_are_asked_and_their_numbers_and_codes_told_without_words(scene: Scene) -> None:
    put(scene, QuestionnaireBody(questions=QUESTIONS))
    survey = scene.issue()

    shown = show_survey(scene.store, SIGNER, scene.token(survey), language="zh-TW", now=ASKED)
    said(scene, survey, **GIVEN)

    assert [(question.label, question.lowest, question.highest) for question in shown.questions] == [
        ("問", 0, 10), ("問", 1, 7), ("問", None, None), ("問", None, None),
    ]  # fmt: skip
    told = scene.events(survey.entity)[-1].data
    assert (told["nps"], told["ces"], told["chosen"]) == (9, 6, {"way": ["phone"]})
    assert "周末" not in str(told)
    assert load_survey(scene.store, survey.id).answer == Answer(score=5, answers=GIVEN)


@pytest.mark.parametrize(
    ("answers", "field", "code"),
    [
        ({}, "answers.recommend", "missing"),
        ({"recommend": 11}, "answers.recommend", "less_than_equal"),
        ({"recommend": -1}, "answers.recommend", "greater_than_equal"),
        ({"recommend": "ten"}, "answers.recommend", "int_type"),
        ({"recommend": 9, "effort": 8}, "answers.effort", "less_than_equal"),
        ({"recommend": 9, "way": ["phone", "post"]}, "answers.way.1", "choice"),
        ({"recommend": 9, "way": ["phone", "phone"]}, "answers.way.1", "duplicate"),
        ({"recommend": 9, "way": 3}, "answers.way", "list_type"),
        ({"recommend": 9, "wish": 3}, "answers.wish", "string_type"),
        ({"recommend": 9, "colour": 3}, "answers.colour", "unknown"),
    ],
)
def test_wrong_answer_to_a_question_is_named(scene: Scene, answers: dict[str, object], field: str, code: str) -> None:
    put(scene, QuestionnaireBody(questions=QUESTIONS))
    survey = scene.issue()

    with pytest.raises(InvalidInputError) as caught:
        said(scene, survey, **answers)

    assert [(error.field, error.code) for error in caught.value.errors] == [(field, code)]
    assert load_survey(scene.store, survey.id).state == "issued"


def test_survey_that_is_out_keeps_the_version_it_was_sent_with(scene: Scene) -> None:
    put(scene, QuestionnaireBody(questions=QUESTIONS[:1]))
    survey = scene.issue()
    put(scene, QuestionnaireBody(questions=QUESTIONS[1:2], on_low="nothing"), expected=1)
    put(scene, QuestionnaireBody(active=False), expected=2)

    shown = show_survey(scene.store, SIGNER, scene.token(survey), language="en", now=ASKED)
    said(scene, survey, recommend=3)

    assert [question.key for question in shown.questions] == ["recommend"]
    assert scene.events(survey.entity)[-1].data["questionnaire_version"] == 1


def test_closest_match_decides_what_is_asked(scene: Scene) -> None:
    put(scene, QuestionnaireBody())
    put(scene, QuestionnaireBody(match=SurveyMatch(channels=("web",))), "web-only")
    put(scene, QuestionnaireBody(match=SurveyMatch(teams=("aftersales",))), "our-team")
    store = scene.store

    assert find_questionnaire(store, "feedback", "aftersales", "web").type == "our-team"
    assert find_questionnaire(store, "feedback", "presales", "web").type == "web-only"
    assert find_questionnaire(store, "feedback", "presales", "phone").type == "default"
    put(scene, QuestionnaireBody(), "feedback")
    assert find_questionnaire(store, "feedback", "aftersales", "web").type == "feedback"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"questions": [{"key": "q", "kind": "nps", "labels": {"zh-CN": "问"}}]}, "questions.0.labels.zh-TW"),
        ({"questions": [{"key": "q", "kind": "choice", "labels": WORDS}]}, "questions.0.options"),
        ({"questions": [{"key": "q", "kind": "ces", "labels": WORDS}] * 2}, "questions.1.key"),
        ({"match": {"types": ["nothing"]}}, "match.types.0"),
        ({"match": {"teams": ["nobody"]}}, "match.teams.0"),
    ],
)
def test_questionnaire_that_is_not_whole_is_refused(scene: Scene, body: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        put(scene, QuestionnaireBody.model_validate(body))

    assert field in [error.field for error in caught.value.errors]


def test_neutral_score_has_a_rule_of_its_own(scene: Scene) -> None:
    assert BUILT_IN.after(3) == "follow_up"
    put(scene, QuestionnaireBody(on_neutral="nothing"))

    assert scene.answer(scene.issue(), 3).outcome == "noted"
