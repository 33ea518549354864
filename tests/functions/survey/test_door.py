"""The HTTP door of survey, from the request's text to the answer's."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.builders import AGENT, COLLEAGUE, LEAD, MANAGER, STRANGER
from tests.functions.door import Knocker, opened
from tests.functions.survey.scene import Scene
from tingjian.platform.rights import Caller
from tingjian.platform.signing import Signer
from tingjian.survey.surveys.models import Survey

SECRET = Signer(b"s" * 64)


@pytest.fixture
def door(centre: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Knocker]:  # noqa: ARG001 - the door reads it
    """The door, for anybody to knock at."""
    with opened("survey", monkeypatch) as made:
        yield made


@pytest.fixture
def survey(scene: Scene) -> Survey:
    """A survey that was issued just now."""
    return scene.issue(now=datetime.now(UTC).replace(microsecond=0))


def link(survey: Survey) -> str:
    return f"/v1/public/surveys/{SECRET.token('survey', survey.id, expires_at=survey.expires_at)}"


def test_customer_sees_reasons_in_the_language_asked_for(door: Knocker, survey: Survey) -> None:
    answer = door.get(link(survey), accept_language="en")

    assert answer.status == 200
    assert answer.json["reasons"][0] == {"key": "solved", "label": "My problem was solved", "tone": "praise"}


def test_same_answer_is_said_again_and_another_changes_it(door: Knocker, survey: Survey) -> None:
    first = door.post(f"{link(survey)}/answer", {"score": 1, "reasons": ["slow"]}, key="a")
    again = door.post(f"{link(survey)}/answer", {"score": 1, "reasons": ["slow"]}, key="a")
    by_content = door.post(f"{link(survey)}/answer", {"score": 1, "reasons": ["slow"]}, key="b")
    another = door.post(f"{link(survey)}/answer", {"score": 2, "reasons": ["slow"]}, key="c", accept_language="en")
    mismatch = door.post(f"{link(survey)}/answer", {"score": 5}, key="a")

    assert first.said == again.said == by_content.said
    assert (first.status, first.json["outcome"]) == (200, "follow_up")
    assert (another.status, another.json["score"], another.json["outcome"]) == (200, 2, "follow_up")
    assert mismatch.status == 422


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "score"),
        ({"score": 0}, "score"),
        ({"score": 6}, "score"),
        ({"score": "five"}, "score"),
        ({"score": 3, "reasons": ["weather"]}, "reasons.0"),
        ({"score": 3, "text": "x" * 10_001}, "text"),
        ({"score": 3, "text": "\u0000"}, "text"),
        ({"score": 3, "mood": "bad"}, "mood"),
    ],
)
def test_wrong_answer_names_its_field_and_uses_nothing_up(
    door: Knocker, survey: Survey, body: dict[str, object], field: str
) -> None:
    refused = door.post(f"{link(survey)}/answer", body)

    assert (refused.status, refused.json["errors"][0]["field"]) == (422, field)
    assert door.post(f"{link(survey)}/answer", {"score": 5}).status == 200


def test_altered_link_is_not_found(door: Knocker, survey: Survey) -> None:
    assert door.get(link(survey)[:-1] + "~").status == 404
    assert door.get("/v1/public/surveys/%F0%9F%99%82").status == 404


def test_follow_up_is_worked_over_the_api(door: Knocker, survey: Survey) -> None:
    door.post(f"{link(survey)}/answer", {"score": 2, "text": "太慢"})

    (task,) = door.get("/v1/follow-ups", caller=LEAD).json["items"]
    claimed = door.post(f"/v1/follow-ups/{task['id']}/claim", {}, key="k1", caller=LEAD)
    note = {"result": "satisfied", "note": "已致歉"}
    done = door.post(f"/v1/follow-ups/{task['id']}/complete", note, key="k2", caller=LEAD)
    again = door.post(f"/v1/follow-ups/{task['id']}/complete", note, key="k2", caller=LEAD)
    late = door.post(f"/v1/follow-ups/{task['id']}/claim", {}, key="k3", caller=LEAD)

    assert "hash" not in task
    assert (claimed.status, done.json["state"], late.status) == (200, "done", 409)
    assert done.said == again.said
    assert door.get("/v1/follow-ups?done=true", caller=LEAD).json["items"][0]["completion"] == note


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        (AGENT, "/v1/surveys", 200),
        (AGENT, "/v1/surveys?person=lin", 403),
        (AGENT, "/v1/surveys?team=presales", 403),
        (AGENT, "/v1/surveys/counts?person=lin", 403),
        (LEAD, "/v1/surveys/counts?team=presales", 403),
        (LEAD, "/v1/surveys?score=6", 422),
        (LEAD, "/v1/surveys?state=lost", 422),
        (LEAD, "/v1/surveys?since=2026-03-01", 422),
        (LEAD, "/v1/surveys?since=2026-03-02T00:00:00Z&until=2026-03-02T00:00:00Z", 422),
        (LEAD, "/v1/surveys/counts?since=2026-03-02T00:00:00Z&until=2026-03-01T00:00:00Z", 422),
        (LEAD, "/v1/surveys", 200),
        (LEAD, "/v1/surveys?team=presales", 403),
        (MANAGER, "/v1/surveys?team=presales", 200),
        (LEAD, "/v1/surveys?ticket=123", 404),
        (LEAD, "/v1/surveys/nonsense", 404),
        (LEAD, "/v1/surveys?cursor=x", 422),
        (LEAD, "/v1/surveys?cursor=1%23", 422),
        (LEAD, "/v1/surveys?cursor=1#", 422),
        (LEAD, "/v1/follow-ups?done=true&cursor=1#", 422),
        (STRANGER, "/v1/follow-ups?team=aftersales", 403),
        (COLLEAGUE, "/v1/follow-ups?team=aftersales", 200),
        (LEAD, "/v1/follow-ups?cursor=x", 422),
        (LEAD, "/v1/surveys/questionnaires", 200),
    ],
)
def test_staff_see_what_their_role_allows(door: Knocker, survey: Survey, who: Caller, path: str, status: int) -> None:
    assert survey.state == "issued"
    assert door.get(path, caller=who).status == status


def test_questionnaire_is_edited_on_the_version_seen(door: Knocker) -> None:
    body = {"low_until": 3, "reasons": [{"key": "slow", "labels": {"zh-CN": "太慢"}}]}

    first = door.send("PUT", "/v1/surveys/questionnaires/feedback", body, caller=MANAGER)
    second = door.send("PUT", "/v1/surveys/questionnaires/feedback", body, caller=MANAGER, if_match='"1"')
    stale = door.send("PUT", "/v1/surveys/questionnaires/feedback", body, caller=MANAGER, if_match='"1"')
    unknown = door.send("PUT", "/v1/surveys/questionnaires/nothing", body, caller=MANAGER)

    assert (first.json["version"], second.json["version"]) == (1, 2)
    assert (stale.status, unknown.status) == (409, 404)
    kept = door.get("/v1/surveys/questionnaires", caller=LEAD).json["items"]
    assert [entry["type"] for entry in kept] == ["default", "feedback"]


def test_survey_is_put_away_once_and_again_changes_nothing(door: Knocker, survey: Survey) -> None:
    first = door.post(f"{link(survey)}/dismiss", {}, key="a")
    again = door.post(f"{link(survey)}/dismiss", {}, key="b")
    answer = door.post(f"{link(survey)}/answer", {"score": 5}, key="c")

    assert first.said == again.said
    assert (first.status, answer.status) == (200, 410)


def test_follow_link_leads_to_the_open_survey_and_to_none_afterwards(door: Knocker, survey: Survey) -> None:
    follow = SECRET.token("follow", survey.ticket, expires_at=survey.expires_at)

    before = door.get(f"/v1/public/tickets/{follow}/survey")
    opened_by_it = door.get(before.json["path"])
    door.post(f"{link(survey)}/answer", {"score": 5}, key="a")
    after = door.get(f"/v1/public/tickets/{follow}/survey")

    assert (before.status, opened_by_it.status) == (200, 200)
    assert (after.status, after.json.get("path")) == (200, None)
    assert door.get(f"/v1/public/tickets/{link(survey).rpartition('/')[2]}/survey").status == 404
