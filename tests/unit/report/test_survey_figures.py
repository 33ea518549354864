"""What is counted of surveys, on a few events told by hand."""

from pathlib import Path
from typing import Any

import pytest

from tests.lakes import Story, lake_of, question
from tingjian.report.figures.actions import count_figures
from tingjian.report.figures.models import PeriodFigures
from tingjian.survey.measures import nps, wilson

WHOSE: dict[str, Any] = {"type": "feedback", "channel": "web", "team": "aftersales", "person": "chen"}


def figures(folder: Path, *stories: Story) -> PeriodFigures:
    return count_figures(lake_of(folder, *stories), question("2026-03-02", "2026-03-03"))


def resolved(ticket: str) -> Story:
    return Story(ticket).tell("TicketOpened", 0).tell("TicketResolved", 9, "resolved")


def sent(ticket: str, **of: Any) -> Story:
    """A survey of the ticket's second version that was sent."""
    return resolved(ticket).survey("SurveyIssued", 10, **(WHOSE | of))


def message(story: Story, name: str, minutes: float, why: str | None = None) -> Story:
    return story.beside("outcome", name, minutes, template="survey", message_id="00000002", why=why)


def answered(story: Story, minutes: float = 30, **said: Any) -> Story:
    return story.survey("SurveyAnswered", minutes, **(WHOSE | said))


def test_nothing_asked_is_null_and_no_zero(tmp_path: Path) -> None:
    found = figures(tmp_path, resolved("100")).surveys.model_dump()

    assert (found["sent"], found["csat"]["share"], found["response"]["share"]) == (0, None, None)
    assert (found["nps"]["score"], found["ces"]["mean"], found["csat"]["low"]) == (None, None, None)


def test_response_rate_is_answered_of_delivered_with_its_range(tmp_path: Path) -> None:
    reached = [message(sent(str(100 + n)), "MessageReached", 11) for n in range(4)]
    answered(reached[0], score=5)
    bounced = message(message(sent("200"), "MessageReached", 11), "MessageFailed", 12, "bounced")
    refused = message(sent("201"), "MessageFailed", 12, "refused")
    nobody = message(sent("202"), "MessageFailed", 12, "no_way")
    under_way = sent("203")

    found = figures(tmp_path, *reached, bounced, refused, nobody, under_way).surveys

    assert (found.sent, found.delivered, found.answered) == (8, 4, 1)
    assert (found.bounced, found.no_way) == (2, 1)
    assert found.response.model_dump() == {
        "numerator": 1,
        "denominator": 4,
        "share": 0.25,
        **(wilson(1, 4) or pytest.fail("no range"))._asdict(),
    }


def test_who_answered_was_reached_whatever_the_way_out_said(tmp_path: Path) -> None:
    found = figures(tmp_path, answered(message(sent("100"), "MessageFailed", 12, "no_way"), score=4)).surveys

    assert (found.delivered, found.no_way, found.response.share) == (1, 0, 1.0)


def test_reminder_that_arrives_makes_up_for_an_invitation_that_came_back(tmp_path: Path) -> None:
    story = message(message(sent("100"), "MessageReached", 11), "MessageFailed", 12, "bounced")
    message(story, "MessageReached", 20)

    assert (figures(tmp_path, story).surveys.delivered, figures(tmp_path, story).surveys.bounced) == (1, 0)


def test_csat_counts_four_and_five_and_a_changed_answer_once_as_it_is_now(tmp_path: Path) -> None:
    stories = [answered(sent(str(100 + score)), score=score) for score in (1, 2, 3, 4, 5)]
    answered(stories[0], 40, score=5)

    found = figures(tmp_path, *stories)

    assert (found.surveys.csat.numerator, found.surveys.csat.denominator) == (3, 5)
    assert found.satisfaction.answers == found.surveys.answered == 5


def test_held_back_are_counted_by_their_reason(tmp_path: Path) -> None:
    reasons = ["automatic", "nobody_answered", "cooldown", "cooldown", "opted_out", None]
    stories = [
        resolved(str(100 + place)).survey("SurveySkipped", 10, **WHOSE, why=why) for place, why in enumerate(reasons)
    ]

    found = figures(tmp_path, *stories).surveys

    assert found.held_back == 6
    assert found.held_back_by == {"automatic": 1, "nobody_answered": 1, "cooldown": 3, "opted_out": 1}


def test_dismissed_late_and_withdrawn_are_numbers_of_their_own(tmp_path: Path) -> None:
    names = ("SurveyDismissed", "SurveyCameLate", "SurveyWithdrawn")
    stories = [sent(str(100 + n)).survey(name, 20, **WHOSE) for n, name in enumerate(names)]

    found = figures(tmp_path, *stories).surveys

    assert (found.dismissed, found.late, found.withdrawn, found.answered) == (1, 1, 1, 0)


def test_nps_and_ces_have_their_answers(tmp_path: Path) -> None:
    stories = [answered(sent(str(100 + n)), nps=score, ces=n + 1) for n, score in enumerate((10, 9, 8, 6, 0))]

    found = figures(tmp_path, *stories).surveys
    expected = nps(2, 1, 2)

    assert expected
    assert found.nps.model_dump() == {
        "promoters": 2,
        "passives": 1,
        "detractors": 2,
        "answers": 5,
        **expected._asdict(),
    }
    assert (found.ces.answers, found.ces.mean) == (5, 3.0)


def test_parts_are_those_of_the_resolution(tmp_path: Path) -> None:
    story = answered(sent("100", type="complaint", channel="phone", person="lin"), score=5, type="complaint")
    story.tell("TicketReopened", 50, "open", type="feedback", assignee="chen")

    found = figures(tmp_path, story)

    assert {part.key: part.surveys.sent for part in found.by_person}["lin"] == 1
    assert {part.key: part.surveys.sent for part in found.by_type}["complaint"] == 1
    assert {part.key: part.surveys.sent for part in found.by_channel}["phone"] == 1
