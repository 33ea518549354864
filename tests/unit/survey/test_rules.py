"""The rules of surveys and follow-ups."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOW
from tingjian.platform.errors import InvalidInputError, LinkExpiredError
from tingjian.platform.ids import number_from
from tingjian.platform.texts import LANGUAGES, Language, catalogue
from tingjian.survey.followups.models import Completion, FollowUp, FollowUpDoneError, FollowUpTakenError
from tingjian.survey.followups.storage import follow_up_from_item, follow_up_item
from tingjian.survey.questionnaires.models import BUILT_IN, QuestionnaireBody, Reason
from tingjian.survey.surveys.models import (
    Answer,
    Survey,
    SurveyAnsweredError,
    SurveyNotFoundError,
    SurveyWithdrawnError,
    must_be_left_alone,
    survey_id,
    survey_id_parts,
)
from tingjian.survey.surveys.storage import survey_from_item, survey_item

NUMBER = number_from("a ticket")


def survey(**update: object) -> Survey:
    made = Survey(
        id=survey_id(NUMBER, 7),
        version=1,
        ticket=NUMBER,
        type="complaint",
        channel="web",
        team="aftersales",
        person="chen",
        customer="c1",
        resolved_at=NOW,
        issued_at=NOW,
        expires_at=NOW + timedelta(days=14),
    )
    return made.model_copy(update=update)


def follow_up(**update: object) -> FollowUp:
    made = FollowUp(
        id=survey_id(NUMBER, 7),
        version=1,
        ticket=NUMBER,
        type="complaint",
        team="aftersales",
        customer="c1",
        score=1,
        owner="zhao",
        opened_at=NOW,
        due_at=NOW + timedelta(hours=24),
    )
    return made.model_copy(update=update)


@pytest.mark.parametrize(
    ("score", "low", "satisfied"),
    [(1, True, False), (2, True, False), (3, False, False), (4, False, True), (5, False, True)],
)
def test_scores_mean_by_default_what_was_decided(score: int, low: bool, satisfied: bool) -> None:  # noqa: FBT001
    assert (BUILT_IN.is_low(score), BUILT_IN.is_satisfied(score)) == (low, satisfied)


@given(st.integers(0, 4), st.integers(2, 5))
def test_no_score_is_both_low_and_satisfying(low_until: int, satisfied_from: int) -> None:
    body = QuestionnaireBody(low_until=low_until, satisfied_from=satisfied_from)

    questionnaire = BUILT_IN.model_copy(update=dict(body))
    both = [score for score in range(1, 6) if questionnaire.is_low(score) and questionnaire.is_satisfied(score)]

    try:
        body.check_parts()
    except InvalidInputError:
        assert both
    else:
        assert both == []


def test_reason_twice_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        QuestionnaireBody(reasons=(Reason(key="slow"), Reason(key="slow"))).check_parts()


@pytest.mark.parametrize("language", LANGUAGES)
def test_built_in_reasons_have_a_text(language: Language) -> None:
    assert {f"reason.{reason.key}" for reason in BUILT_IN.reasons} <= set(catalogue(language))


@given(st.integers(1, 99_999_999))
def test_id_says_ticket_and_resolution(version: int) -> None:
    assert survey_id_parts(survey_id(NUMBER, version)) == (NUMBER, version)


@given(
    st.text(max_size=30) | st.sampled_from([NUMBER, f"{NUMBER}-", f"{NUMBER}-0", f"{NUMBER}-07", f"{NUMBER}-٣", "-1"])
)
def test_other_text_is_no_id(text: str) -> None:
    with pytest.raises(SurveyNotFoundError):
        survey_id_parts(text)


def test_answer_can_be_changed_for_twelve_hours() -> None:
    answered = survey().with_answer(Answer(score=5), "noted", now=NOW)

    answered.require_open(BUILT_IN, NOW + timedelta(hours=12) - timedelta(milliseconds=1))
    with pytest.raises(SurveyAnsweredError):
        answered.require_open(BUILT_IN, NOW + timedelta(hours=12))


def test_survey_is_open_until_it_expires() -> None:
    survey().require_open(BUILT_IN, NOW + timedelta(days=14) - timedelta(milliseconds=1))

    with pytest.raises(LinkExpiredError):
        survey().require_open(BUILT_IN, NOW + timedelta(days=14))
    with pytest.raises(SurveyWithdrawnError):
        survey().with_end("withdrawn").require_open(BUILT_IN, NOW)


@given(
    answer=st.builds(
        Answer,
        score=st.integers(1, 5),
        reasons=st.lists(st.sampled_from(["slow", "fast"]), unique=True).map(tuple),
        text=st.none() | st.sampled_from(["好", "𠮷野家", "🙂 谢谢\n再见"]),
    )
)
def test_survey_survives_its_item(answer: Answer) -> None:
    whole = survey().with_answer(answer, "follow_up", now=NOW)

    assert survey_from_item(survey_item(whole)) == whole


def test_only_an_open_survey_has_timer_and_delivery() -> None:
    open_item, skipped, ended = (
        survey_item(made) for made in (survey(), survey(state="skipped"), survey().with_end("expired"))
    )

    assert {"deliver", "due_at", "due_shard"} <= set(open_item)
    assert not {"deliver", "due_at", "due_shard"} & (set(skipped) | set(ended))


def test_survey_stays_out_of_indexes_of_tickets() -> None:
    item = survey_item(survey())

    assert not {"customer_id", "opened_at", "order_number"} & set(item)
    assert item["assignee"].startswith("surveys@")


def test_follow_up_survives_its_item() -> None:
    last = follow_up().model_copy(update={"attempts_wanted": 1})
    done = last.with_completion(Completion(result="unreachable", note="三次未接"), by="zhao", now=NOW)

    assert follow_up_from_item(follow_up_item(done)) == done
    assert "due_at" not in follow_up_item(done)


def test_follow_up_can_be_claimed_again_by_the_same_person_only() -> None:
    claimed = follow_up().with_claim(by="wu", now=NOW)

    assert claimed.with_claim(by="wu", now=NOW).owner == "wu"
    with pytest.raises(FollowUpTakenError):
        claimed.with_claim(by="zhao", now=NOW)


def test_done_follow_up_takes_no_step() -> None:
    done = follow_up().with_completion(Completion(result="satisfied", note="好"), by="zhao", now=NOW)

    with pytest.raises(FollowUpDoneError):
        done.with_claim(by="zhao", now=NOW)
    assert (done.version, done.claimed_at) == (2, NOW)


@pytest.mark.parametrize(("hours", "quiet"), [(0, False), (23, False), (25, True)])
def test_quiet_hours_count_from_the_last_survey(hours: int, quiet: bool) -> None:  # noqa: FBT001
    rules = BUILT_IN.model_copy(update={"quiet_hours": hours})

    assert must_be_left_alone(rules, [survey()], now=NOW + timedelta(hours=24)) is quiet
