"""The survey's page without a script: looking changes nothing, the form answers, and each dead link says why."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from tests.functions.door import Answer, Knocker, opened
from tests.functions.survey.scene import Scene
from tests.functions.survey.test_answering import QUESTIONS, put
from tests.functions.survey.test_door import SECRET, link
from tingjian.platform.texts import LANGUAGES, text
from tingjian.survey.questionnaires.models import BUILT_IN, QuestionnaireBody
from tingjian.survey.surveys.models import Survey
from tingjian.survey.surveys.storage import load_survey

EVIL = "<script>alert(1)</script>\"'&"


@pytest.fixture
def door(centre: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Knocker]:  # noqa: ARG001 - the door reads it
    with opened("survey", monkeypatch) as made:
        yield made


@pytest.fixture
def survey(scene: Scene) -> Survey:
    put(scene, QuestionnaireBody(questions=QUESTIONS, reasons=BUILT_IN.reasons))
    return scene.issue(now=datetime.now(UTC).replace(microsecond=0))


def page_token(page: Answer) -> str:
    [found] = re.findall(r'name="page" value="([^"]+)"', page.text)
    return str(found)


def send(door: Knocker, survey: Survey, lang: str = "en", **given: object) -> Answer:
    """The form as a browser sends it."""
    fields = {name.replace("__", "."): value for name, value in given.items()}
    return door.send("POST", f"{link(survey)}/page?lang={lang}", urlencode(fields, doseq=True))


def test_looking_at_the_page_changes_nothing_and_gives_nothing_away(
    door: Knocker, scene: Scene, survey: Survey
) -> None:
    before = (scene.events(), scene.events(survey.entity))

    pages = [door.get(f"{link(survey)}/page") for _ in range(3)]

    assert {page.status for page in pages} == {200}
    assert (scene.events(), scene.events(survey.entity)) == before
    headers = pages[0].headers
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert "script" not in headers["Content-Security-Policy"].replace("default-src 'none'", "")
    assert (headers["Referrer-Policy"], headers["Cache-Control"]) == ("no-referrer", "no-store")
    assert "<script" not in pages[0].text


def test_form_answers_with_the_token_of_its_page_only(door: Knocker, scene: Scene, survey: Survey) -> None:
    other = SECRET.token("survey-page", "123456789012-9", expires_at=survey.expires_at)
    old = SECRET.token("survey-page", survey.id, expires_at=datetime.now(UTC) - timedelta(seconds=1))

    refused = [send(door, survey, score=5, q__recommend=9, text="很好", **more) for more in (
        {}, {"page": "x"}, {"page": other}, {"page": old}, {"page": link(survey).rpartition("/")[2]},
    )]  # fmt: skip

    assert {answer.status for answer in refused} == {422}
    assert all("很好" in answer.text and "once more" in answer.text for answer in refused)
    assert load_survey(scene.store, survey.id).state == "issued"
    token = page_token(refused[0])
    assert send(door, survey, score=5, q__recommend=9, page=token).status == 200
    assert load_survey(scene.store, survey.id).state == "answered"


@pytest.mark.parametrize("language", LANGUAGES)
def test_form_is_answered_in_each_language_and_shows_what_can_be_changed(
    door: Knocker, scene: Scene, survey: Survey, language: str
) -> None:
    page = door.get(f"{link(survey)}/page?lang={language}")
    given = {"score": 2, "reason": ["slow", "unclear"], "text": "等了三天", "page": page_token(page)}
    given |= {"q__recommend": 3, "q__way": ["phone", "mail"], "q__wish": "早点"}

    done = send(door, survey, lang=language, **given)
    again = door.get(f"{link(survey)}/page?lang={language}").text

    stored = load_survey(scene.store, survey.id).answer
    assert stored is not None
    assert (stored.score, stored.reasons, stored.text) == (2, ("slow", "unclear"), "等了三天")
    assert stored.answers == {"recommend": 3, "way": ("phone", "mail"), "wish": "早点"}
    assert text("survey.page.thanks.follow_up", language) in done.text  # type: ignore[arg-type]
    assert f'lang="{language}"' in done.text
    assert 'name="score" value="2" required checked' in again
    assert 'value="slow" checked' in again
    assert "等了三天</textarea>" in again


def test_what_is_wrong_is_said_and_what_was_written_stays(door: Knocker, scene: Scene, survey: Survey) -> None:
    token = page_token(door.get(f"{link(survey)}/page"))

    wrong = send(door, survey, page=token, score=6, text=EVIL, q__recommend=11, reason="weather")

    assert wrong.status == 422
    assert wrong.text.count("<li>") >= 1
    assert EVIL not in wrong.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in wrong.text
    assert load_survey(scene.store, survey.id).state == "issued"
    assert send(door, survey, page=token, text="x").status == 422
    assert send(door, survey, page=token, score=5).status == 422, "a required question is left out"
    assert send(door, survey, page=token, score=5, q__recommend="\uff19").status == 422


def test_dead_link_says_why(door: Knocker, scene: Scene) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    first = scene.issue(now=now)
    altered = door.get(f"/v1/public/surveys/{link(first).rpartition('/')[2][:-2]}xx/page?lang=en")
    late = SECRET.token("survey", first.id, expires_at=now - timedelta(seconds=1))
    over = door.get(f"/v1/public/surveys/{late}/page?lang=en")
    scene.reopen(minutes=70)
    scene.resolve(minutes=80)
    scene.issue(now=now)
    withdrawn = door.get(f"{link(first)}/page?lang=en")

    assert (altered.status, "not whole" in altered.text) == (404, True)
    assert (over.status, "time to answer is over" in over.text) == (410, True)
    assert (withdrawn.status, "worked on again" in withdrawn.text) == (410, True)


def test_answer_whose_time_to_be_changed_is_over_is_said_to_be_used(door: Knocker, scene: Scene) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    survey = scene.issue(now=now - timedelta(hours=20))
    scene.answer(survey, 5, now=now - timedelta(hours=13))

    used = door.get(f"{link(survey)}/page?lang=en")

    assert (used.status, "answered already" in used.text) == (410, True)


def test_body_that_is_no_form_is_refused(door: Knocker, survey: Survey) -> None:
    path = f"{link(survey)}/page"

    for body in ("%ff=%fe", "&".join(f"a{n}=1" for n in range(200)), "x" * 300_000):
        assert 400 <= door.send("POST", path, body).status < 500
    assert door.get(f"{path}?lang=de").status == 422


def test_form_that_comes_too_late_is_counted_once(door: Knocker, scene: Scene) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    survey = scene.issue(now=now - timedelta(days=29))
    token = SECRET.token("survey-page", survey.id, expires_at=now + timedelta(hours=1))

    answers = [send(door, survey, score=5, page=token) for _ in range(2)]

    assert {(answer.status, "time to answer is over" in answer.text) for answer in answers} == {(410, True)}
    assert [event.name for event in scene.events(survey.entity)] == ["SurveyIssued", "SurveyCameLate"]


def test_survey_that_was_put_away_says_so(door: Knocker, scene: Scene, survey: Survey) -> None:
    token = page_token(door.get(f"{link(survey)}/page"))

    away = send(door, survey, page=token, dismiss=1)
    again = door.get(f"{link(survey)}/page?lang=en")

    assert (away.status, load_survey(scene.store, survey.id).state) == (200, "dismissed")
    assert (again.status, "will not ask you" in again.text) == (410, True)


def test_answer_that_cannot_be_changed_is_thanked_for(door: Knocker, scene: Scene) -> None:
    put(scene, QuestionnaireBody(change_hours=0))
    survey = scene.issue(now=datetime.now(UTC).replace(microsecond=0))

    done = send(door, survey, score=5, page=page_token(door.get(f"{link(survey)}/page")))

    assert (done.status, "Thank you" in done.text, "Change my answer" in done.text) == (200, True, False)
