"""Lists and counts of surveys: by person, type, channel, score, state and time; pages are full."""

from datetime import timedelta

import pytest

from tests.builders import AGENT, COLLEAGUE, LEAD, MANAGER, STRANGER
from tests.functions.survey.conftest import make_scene
from tests.functions.survey.scene import ASKED, Scene
from tingjian.platform.errors import AccessDeniedError
from tingjian.platform.rights import Caller
from tingjian.platform.store import Store
from tingjian.survey.surveys.lists import counted_surveys, find_surveys, show_to_staff
from tingjian.survey.surveys.models import SurveyState
from tingjian.survey.surveys.survey_views import SurveyQuery

HOUR = timedelta(hours=1)


@pytest.fixture
def scenes(centre: Store) -> list[Scene]:
    """Seven surveys, an hour apart: the first five answered with 1 to 5, the sixth held back, the seventh open."""
    made = [make_scene(centre, phone=f"1381234567{n}", reply=None if n == 5 else "已补发") for n in range(7)]
    for place, scene in enumerate(made):
        sent_at = ASKED + place * HOUR
        if place == 5:
            with pytest.raises(AssertionError):
                scene.issue(now=sent_at)
            continue
        survey = scene.issue(now=sent_at)
        if place < 5:
            scene.answer(survey, place + 1, now=sent_at + HOUR)
    return made


def found(store: Store, caller: Caller = LEAD, **asked: object) -> list[str]:
    query = SurveyQuery.model_validate(asked)
    return [survey.ticket for survey in find_surveys(store, query, caller=caller).items]


def numbers(scenes: list[Scene], *places: int) -> list[str]:
    return [scenes[place].number for place in places]


def test_filters_choose(centre: Store, scenes: list[Scene]) -> None:
    assert found(centre) == numbers(scenes, 4, 3, 2, 1, 0)
    assert found(centre, score=2) == numbers(scenes, 1)
    assert found(centre, state="skipped") == numbers(scenes, 5)
    assert found(centre, state="issued") == numbers(scenes, 6)
    assert found(centre, type="feedback", channel="web", person="chen") == numbers(scenes, 4, 3, 2, 1, 0)
    assert found(centre, type="complaint") == found(centre, channel="phone") == found(centre, person="lin") == []


def test_period_holds_its_start_and_not_its_end(centre: Store, scenes: list[Scene]) -> None:
    first, third = (ASKED + HOUR * (place + 1) for place in (0, 2))

    assert found(centre, since=first, until=third) == numbers(scenes, 1, 0)
    assert found(centre, answered=False, since=ASKED + 6 * HOUR) == numbers(scenes, 6)


def test_pages_are_full_and_lead_to_the_end(centre: Store, scenes: list[Scene]) -> None:
    pages: list[list[str]] = []
    cursor: str | None = None
    while not pages or cursor:
        query = SurveyQuery(limit=2, cursor=cursor, type="feedback", since=ASKED)
        page = find_surveys(centre, query, caller=MANAGER)
        pages.append([survey.ticket for survey in page.items])
        cursor = page.cursor

    assert pages == [numbers(scenes, 4, 3), numbers(scenes, 2, 1), numbers(scenes, 0)]


def test_agents_see_their_own_and_no_others(centre: Store, scenes: list[Scene]) -> None:
    survey = scenes[0].surveys[0]

    assert found(centre, AGENT) == found(centre, AGENT, person="chen") == numbers(scenes, 4, 3, 2, 1, 0)
    assert found(centre, COLLEAGUE) == found(centre, STRANGER) == []
    assert show_to_staff(centre, survey.id, caller=AGENT).person_name == "陈雨"
    for caller in (COLLEAGUE, STRANGER):
        with pytest.raises(AccessDeniedError):
            show_to_staff(centre, survey.id, caller=caller)
    with pytest.raises(AccessDeniedError):
        found(centre, COLLEAGUE, person="chen")


@pytest.mark.usefixtures("scenes")
def test_counts_are_by_state(centre: Store) -> None:
    def counted(caller: Caller, **asked: object) -> dict[SurveyState, int]:
        return dict(counted_surveys(centre, SurveyQuery.model_validate(asked), caller=caller).counts)

    everything: dict[SurveyState, int] = {"answered": 5, "skipped": 1, "issued": 1}
    assert counted(LEAD) == counted(MANAGER, team="aftersales") == counted(AGENT) == everything
    assert counted(LEAD, person="chen") == counted(MANAGER, person="chen", team="aftersales") == everything
    assert counted(COLLEAGUE) == counted(MANAGER, team="presales") == counted(MANAGER, channel="phone") == {}
    assert counted(LEAD, since=ASKED + 3 * HOUR, until=ASKED + 6 * HOUR) == {"answered": 3, "skipped": 1}
