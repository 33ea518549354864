"""What each figure counts, on a few events told by hand."""

from pathlib import Path
from typing import Any

import pytest

from tests.lakes import Story, lake_of, question
from tingjian.report.figures.actions import count_figures, ticket_rows
from tingjian.report.figures.models import Filters, PeriodFigures

DAY = 24 * 60


def figures(
    folder: Path, *stories: Story, days: tuple[str, str] = ("2026-03-02", "2026-03-03"), **asked: Any
) -> PeriodFigures:
    return count_figures(lake_of(folder, *stories), question(*days, **asked))


def opened(ticket: str = "100", minutes: float = 0, **context: Any) -> Story:
    return Story(ticket, **context).tell("TicketOpened", minutes)


def lived(ticket: str = "100", **context: Any) -> Story:
    """Opened, answered after 30 minutes, resolved after 90, closed the day after."""
    return (
        opened(ticket, **context)
        .tell("TicketAnswered", 30, "open", assignee="chen", first=True, working_seconds=600)
        .tell("TicketResolved", 90, "resolved", working_seconds=1200, first=False)
        .tell("TicketClosed", DAY + 90, "closed", reason="confirmed")
    )


def test_a_life_is_counted_at_each_of_its_instants(tmp_path: Path) -> None:
    first = figures(tmp_path / "a", lived())
    second = figures(tmp_path / "b", lived(), days=("2026-03-03", "2026-03-04"))

    assert (first.opened, first.answered, first.resolved, first.closed, first.reopened) == (1, 1, 1, 0, 0)
    assert (second.opened, second.answered, second.resolved, second.closed, second.reopened) == (0, 0, 0, 1, 0)
    assert second.previous.opened == 1


def test_closes_without_a_result_are_counted_apart_for_whoever_closed(tmp_path: Path) -> None:
    reasons = ("duplicate", "duplicate", "invalid", "withdrawn", "spam", "done", "confirmed")
    stories = [
        opened(str(number), assignee="chen").tell("TicketClosed", 5, "closed", reason=reason, assignee="chen")
        for number, reason in enumerate(reasons)
    ]

    found = figures(tmp_path, *stories)

    assert found.closed == len(reasons)
    for counted in (found, found.by_person[0], found.by_day[0]):
        apart = (counted.closed_duplicate, counted.closed_invalid, counted.closed_withdrawn, counted.closed_spam)
        assert apart == (2, 1, 1, 1)


def test_a_resolved_ticket_is_open_and_not_unsolved(tmp_path: Path) -> None:
    found = figures(tmp_path, lived(), opened("200"))

    assert (found.open_at_end, found.unsolved_at_end) == (2, 1)


def test_times_are_of_the_tickets_opened_in_the_period(tmp_path: Path) -> None:
    first = figures(tmp_path / "a", lived())
    second = figures(tmp_path / "b", lived(), days=("2026-03-03", "2026-03-04"))

    assert first.first_response_minutes.model_dump() == {"median": 30.0, "p90": 30.0}
    assert first.first_response_working_minutes.median == 10.0
    assert (first.resolution_minutes.median, first.resolution_working_minutes.median) == (90.0, 20.0)
    assert second.resolution_minutes.model_dump() == {"median": None, "p90": None}


def test_median_and_p90_interpolate_between_neighbours(tmp_path: Path) -> None:
    stories = [
        opened(str(number)).tell("TicketAnswered", minutes, "open", first=True)
        for number, minutes in enumerate((10, 20, 40, 80))
    ]

    found = figures(tmp_path, *stories)

    assert found.first_response_minutes.median == 30.0
    assert found.first_response_minutes.p90 == pytest.approx(40 + 0.7 * 40)


@pytest.mark.parametrize(
    ("story", "minutes"),
    [
        (opened().tell("TicketAssigned", 5, "open", assignee="chen"), None),
        (opened().tell("TicketResolved", 9, "resolved", first=True), None),
        (opened().tell("TicketResolved", 9, "resolved", first=True, message_id="m"), 9.0),
        (
            opened()
            .tell("TicketResolved", 9, "resolved", first=True)
            .beside("message", "MessageAdded", 20, kind="reply"),
            20.0,
        ),
        (opened().beside("message", "MessageAdded", 7, kind="note"), None),
        (opened().tell("TicketAnswered", 4, "open", first=True).tell("TicketAnswered", 8, first=False), 4.0),
        (opened().beside("message", "MessageAdded", 7, kind="reply", on_its_way=True), None),
        (
            opened()
            .tell("TicketAnswered", 4, "open", first=True, message_id="m", kept={"first_response": True})
            .tell("AnswerFailed", 9, "open", message_id="m", clocks=["first_response"])
            .tell("TicketAnswered", 30, "open", first=True, message_id="n"),
            30.0,
        ),
        (Story("100").tell("TicketOpened", 0, first=True, working_seconds=0), 0.0),
    ],
    ids=[
        "claim",
        "silent resolution",
        "resolution with a reply",
        "reply after it",
        "note",
        "next response",
        "on its way",
        "came back",
        "taken in a call",
    ],
)
def test_first_response_is_the_first_public_reply(tmp_path: Path, story: Story, minutes: float | None) -> None:
    assert figures(tmp_path, story).first_response_minutes.median == minutes


def test_resolved_again_counts_twice_and_is_measured_to_the_last_before_the_close(tmp_path: Path) -> None:
    story = (
        lived()
        .tell("TicketReopened", DAY + 100, "open", from_status="closed", reason="customer")
        .tell("TicketResolved", DAY + 200, "resolved")
    )
    earlier = (
        opened("200")
        .tell("TicketResolved", 10, "resolved")
        .tell("TicketReopened", 20, "open")
        .tell("TicketResolved", 50, "resolved")
    )

    found = figures(tmp_path, story, earlier, days=("2026-03-02", "2026-03-04"))

    assert (found.resolved, found.reopened) == (4, 2)
    assert found.resolution_minutes.model_dump() == {"median": 70.0, "p90": pytest.approx(86.0)}


def test_a_log_that_resolves_what_is_resolved_counts_each_time(tmp_path: Path) -> None:
    story = opened(imported=True).tell("TicketResolved", 5, "resolved").tell("TicketResolved", 8, "resolved")

    found = figures(tmp_path, story, records="imported")

    assert (found.resolved, found.reopened, found.resolution_minutes.median) == (2, 0, 8.0)


def test_live_and_imported_tickets_are_counted_apart(tmp_path: Path) -> None:
    stories = [lived("1"), lived("2", imported=True), opened("3", imported=True)]

    counted = {
        records: figures(tmp_path / records, *stories, records=records).opened
        for records in ("live", "imported", "all")
    }

    assert counted == {"live": 1, "imported": 2, "all": 3}


def test_an_instant_at_the_end_belongs_to_the_next_period(tmp_path: Path) -> None:
    midnight = 15 * 60
    story = opened().tell("TicketResolved", midnight, "resolved")

    first = figures(tmp_path / "a", story)
    second = figures(tmp_path / "b", story, days=("2026-03-03", "2026-03-04"))

    assert (first.resolved, first.unsolved_at_end) == (0, 1)
    assert (second.resolved, second.unsolved_at_end) == (1, 0)


def test_events_of_one_instant_hold_by_their_order(tmp_path: Path) -> None:
    story = opened().tell("TicketWaiting", 0, "waiting").tell("TicketResolved", 0, "resolved")

    found = figures(tmp_path, story)

    assert (found.resolved, found.unsolved_at_end, found.resolution_minutes.median) == (1, 0, 0.0)


def test_clocks_that_run_apart_do_not_double_a_ticket(tmp_path: Path) -> None:
    story = opened().tell("TicketWaiting", 60, "waiting").tell("TicketResumed", 50, "open")

    found = figures(tmp_path, story)

    assert (found.open_at_end, found.by_day[0].open_at_end) == (1, 1)


def test_a_target_is_missed_once_whether_swept_or_met_late(tmp_path: Path) -> None:
    swept = (
        opened("1")
        .tell("ClockBreached", 61, clock="first_response", reached_at="2026-03-02T02:00:00.000Z")
        .tell("TicketAnswered", 70, "open", first=True, kept={"first_response": False})
    )
    unswept = opened("2").tell("TicketAnswered", 61, "open", first=True, kept={"first_response": False})
    in_time = opened("3").tell("TicketAnswered", 60, "open", first=True, kept={"first_response": True})
    running = opened("4").tell("ClockBreached", 61, clock="first_response")

    targets = figures(tmp_path, swept, unswept, in_time, running).targets

    assert targets.first_response.model_dump() == {"kept": 1, "missed": 3}
    assert targets.resolution.model_dump() == {"kept": 0, "missed": 0}


def test_a_reopened_ticket_has_a_new_resolution_target(tmp_path: Path) -> None:
    story = (
        opened()
        .tell("TicketResolved", 10, "resolved", kept={"resolution": True})
        .tell("TicketReopened", 20, "open")
        .tell("ClockBreached", 30, clock="resolution")
        .tell("TicketResolved", 40, "resolved", kept={"resolution": False})
    )

    targets = figures(tmp_path, story).targets

    assert targets.resolution.model_dump() == {"kept": 1, "missed": 1}


def test_a_target_is_missed_at_its_due_time(tmp_path: Path) -> None:
    story = opened().tell("ClockBreached", DAY, clock="resolution", reached_at="2026-03-02T15:59:59.000Z")

    missed = figures(tmp_path, story).targets.resolution.missed

    assert missed == 1


def test_satisfaction_counts_answers_at_their_time(tmp_path: Path) -> None:
    story = lived()
    for place, score in enumerate((5, 4, 3, 1)):
        story.beside("survey", "SurveyAnswered", 100 + place, score=score, team="aftersales", person="chen")

    found = figures(tmp_path / "a", story)
    strict = figures(tmp_path / "b", story, satisfied_from=5)

    assert found.satisfaction.model_dump() == {"answers": 4, "average": 3.25, "satisfied_share": 0.5}
    assert strict.satisfaction.satisfied_share == 0.25
    assert found.distribution.scores == {"1": 1, "2": 0, "3": 1, "4": 1, "5": 1}


def test_parts_go_to_who_held_the_ticket_then_and_to_what_it_is_now(tmp_path: Path) -> None:
    story = (
        opened(type="enquiry")
        .tell("TicketAnswered", 5, "open", assignee="chen", first=True)
        .tell("TicketAssigned", 6, assignee="lin")
    )
    story.context |= {"type": "complaint", "team": "presales"}
    story.tell("TicketResolved", 9, "resolved")

    found = figures(tmp_path, story)

    assert [(part.key, part.opened, part.resolved) for part in found.by_type] == [("complaint", 1, 1)]
    assert {part.key: (part.opened, part.answered, part.resolved) for part in found.by_person} == {
        "": (1, 0, 0),
        "chen": (0, 1, 0),
        "lin": (0, 0, 1),
    }
    assert {part.key: (part.opened, part.resolved) for part in found.by_team} == {
        "aftersales": (1, 0),
        "presales": (0, 1),
    }


def test_acts_go_to_who_acted_and_stocks_to_who_holds(tmp_path: Path) -> None:
    story = (
        opened()
        .tell("TicketAssigned", 1, "open", assignee="chen")
        .tell("TicketAnswered", 5, actor="staff#lin", first=True, kept={"first_response": True})
        .tell("TicketResolved", 9, "resolved", actor="staff#zhao", kept={"resolution": False})
        .tell("TicketClosed", 10, "closed", actor="system", reason="done")
    )
    nobodys = opened("200").tell("TicketResolved", 20, "resolved", actor="staff#lin")

    found = {part.key: part for part in figures(tmp_path, story, nobodys).by_person}

    assert (found["lin"].answered, found["lin"].resolved, found["lin"].targets.first_response.kept) == (1, 1, 1)
    assert (found["zhao"].resolved, found["zhao"].targets.resolution.missed) == (1, 1)
    assert (found["chen"].closed, found["chen"].resolved, found["chen"].answered) == (1, 0, 0)
    assert found["chen"].open_at_end == found["zhao"].open_at_end == 0
    assert found[""].open_at_end == 1, "the ticket that nobody holds, whoever resolved it"


def test_counts_of_the_parts_add_up_to_the_whole(tmp_path: Path) -> None:
    stories = [lived(str(number), customer=f"c{number % 30}", type="ab"[number % 2]) for number in range(60)]

    found = figures(tmp_path, *stories)

    for parts in (found.by_type, found.by_channel, found.by_team, found.by_person, found.by_customer, found.by_day):
        assert sum(part.opened for part in parts) == found.opened == 60
        assert sum(part.resolved for part in parts) == found.resolved == 60
    assert len(found.by_customer) == 21
    assert found.by_customer[-1].key == "*"


def test_every_day_is_there_with_what_was_left_at_its_end(tmp_path: Path) -> None:
    found = figures(tmp_path, lived(), opened("200", 2 * DAY), days=("2026-03-01", "2026-03-06"))

    assert [(day.key, day.opened, day.open_at_end, day.unsolved_at_end) for day in found.by_day] == [
        ("2026-03-01", 0, 0, 0),
        ("2026-03-02", 1, 1, 0),
        ("2026-03-03", 0, 0, 0),
        ("2026-03-04", 1, 1, 1),
        ("2026-03-05", 0, 1, 1),
    ]


def test_filters_leave_only_what_they_name(tmp_path: Path) -> None:
    stories = [lived("1"), lived("2", team="presales"), lived("3", type="complaint")]

    found = figures(tmp_path, *stories, filters=Filters(team="aftersales", type="feedback"))

    assert (found.opened, found.resolved, found.open_at_end) == (1, 1, 1)


def test_an_event_delivered_twice_or_out_of_order_counts_once(tmp_path: Path) -> None:
    story = lived()
    story.events = [*reversed(story.events), *story.events]

    found = figures(tmp_path, story)

    assert (found.opened, found.answered, found.resolved, found.open_at_end) == (1, 1, 1, 1)


def test_an_event_that_says_nothing_of_the_ticket_changes_nothing(tmp_path: Path) -> None:
    story = opened().tell("TicketAssigned", 5, "open", assignee="chen")
    story.context = {}
    story.tell("ClockWarned", 48, clock="first_response", share=80)

    found = figures(tmp_path, story)

    assert [(part.key, part.unsolved_at_end) for part in found.by_person if part.unsolved_at_end] == [("chen", 1)]


def test_an_empty_lake_has_a_report_of_nothing(tmp_path: Path) -> None:
    found = figures(tmp_path)

    assert (found.opened, found.open_at_end, found.data_until) == (0, 0, None)
    assert [day.key for day in found.by_day] == ["2026-03-02"]


def test_rows_are_the_tickets_behind_the_figures(tmp_path: Path) -> None:
    lake = lake_of(tmp_path, lived("1"), opened("2"), opened("3", 3 * DAY))
    count_figures(lake, question())

    found = list(ticket_rows(lake))

    assert [(row["ticket"], row["opened"], row["resolved"], row["unsolved_at_end"]) for row in found] == [
        ("1", 1, 1, 0),
        ("2", 1, 0, 1),
    ]


def test_events_that_an_undo_took_back_count_no_more(tmp_path: Path) -> None:
    whole = Story("1", imported=True, source="old").tell("TicketOpened", 0).tell("TicketResolved", 60, "resolved")
    whole.tell("TicketImportUndone", 90, undone="i1", first=1, last=2)
    half = Story("2", imported=True, source="old").tell("TicketOpened", 0).tell("TicketResolved", 60, "resolved")
    half.tell("TicketImportUndone", 90, "new", undone="i2", first=2, last=2)

    found = count_figures(lake_of(tmp_path, whole, half), question(records="all"))

    assert (found.opened, found.resolved, found.open_at_end, found.unsolved_at_end) == (1, 0, 1, 1)


def test_source_keeps_the_figures_of_one_desk_apart(tmp_path: Path) -> None:
    old = Story("1", imported=True, source="old").tell("TicketOpened", 0)
    taken_over = Story("2", source="old").tell("TicketOpened", 0)
    own = Story("3").tell("TicketOpened", 0)

    lake = lake_of(tmp_path, old, taken_over, own)

    assert count_figures(lake, question(records="all", filters=Filters(source="old"))).opened == 2
    assert count_figures(lake, question(records="all")).opened == 3


def test_time_that_is_not_known_is_not_zero(tmp_path: Path) -> None:
    day = Story("1", imported=True).tell("TicketOpened", 0, time_known=False).tell("TicketResolved", 0, "resolved")
    untimed = Story("2", imported=True).tell("TicketOpened", 0)
    untimed.tell("TicketAnswered", 0, first=True, time_known=False).tell("TicketResolved", 30, "resolved")
    rated = untimed.tell("TicketRated", 40, score=4, person="chen")

    found = count_figures(lake_of(tmp_path, day, rated), question(records="imported"))

    assert (found.opened, found.answered, found.resolved) == (2, 1, 2)
    assert found.first_response_minutes.median is None
    assert found.resolution_minutes.median == 30
    assert (found.satisfaction.answers, found.satisfaction.average) == (1, 4)
