"""The independent count has to be right itself: small logs made by hand, counted by hand."""

from __future__ import annotations

import csv
import json
import re
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.oracle import helpdesk

ROME = ZoneInfo("Europe/Rome")
LOG = Path(__file__).parents[3] / "shared" / "data" / "helpdesk_log.csv.gz"
DEFINITIONS = Path(__file__).parents[2] / "docs" / "report-definitions.md"
SHANGHAI = ZoneInfo("Asia/Shanghai")
HEADER = [helpdesk.CASE, helpdesk.ACTIVITY, "Resource", helpdesk.TIMESTAMP]


def histories_of(*events: str, zone: ZoneInfo = ROME) -> list[helpdesk.History]:
    """Replay events written `case activity, with spaces @ yyyy/mm/dd hh:mm:ss`."""
    rows = []
    for line, text in enumerate(events, start=2):
        what, when = text.split(" @ ")
        case, activity = what.split(" ", 1)
        row = {helpdesk.CASE: case, helpdesk.ACTIVITY: activity, helpdesk.TIMESTAMP: f"{when}.000"}
        rows.append((line, row))
    return [helpdesk.replay(case, found) for case, found in helpdesk.read_cases(rows, zone).items()]


def month(histories: list[helpdesk.History], label: str, zone: ZoneInfo = ROME) -> helpdesk.Figures:
    return helpdesk.monthly(histories, label, label, zone)[label]


def counts(report: helpdesk.Figures) -> list[int]:
    """List what was opened, answered, resolved, closed, reopened and is open at the end."""
    return [
        report["opened"],
        report["answered"],
        report["resolved"],
        report["closed"],
        report["reopened"],
        report["open_at_end"],
    ]


def test_replay_counts_one_life_in_the_months_where_its_facts_lie() -> None:
    histories = histories_of(
        "A Assign seriousness @ 2012/01/31 23:00:00",
        "A Take in charge ticket @ 2012/02/01 00:00:00",
        "A Wait @ 2012/02/02 00:00:00",
        "A Resolve ticket @ 2012/02/03 00:00:00",
        "A Closed @ 2012/03/01 00:00:00",
    )

    january, february, march = (month(histories, label) for label in ("2012-01", "2012-02", "2012-03"))

    assert counts(january) == [1, 0, 0, 0, 0, 1]
    assert counts(february) == [0, 1, 1, 0, 0, 1]
    assert counts(march) == [0, 0, 0, 1, 0, 0]
    assert [report["unsolved_at_end"] for report in (january, february, march)] == [1, 0, 0]
    assert january["first_response_minutes"] == {"median": 60.0, "p90": 60.0}
    assert january["resolution_minutes"] == {"median": 2 * 1440 + 60.0, "p90": 2 * 1440 + 60.0}
    assert february["first_response_minutes"] == {"median": None, "p90": None}


@pytest.mark.parametrize(("activity", "category"), [("Take in charge ticket", "open"), ("Wait", "waiting")])
def test_replay_reopens_when_work_follows_a_resolution(activity: str, category: str) -> None:
    (history,) = histories_of(
        "A Insert ticket @ 2012/05/01 10:00:00",
        "A Resolve ticket @ 2012/05/01 11:00:00",
        f"A {activity} @ 2012/05/01 12:00:00",
    )

    assert [at.hour for at in history.reopened_at] == [10]
    assert history.category == category
    assert month([history], "2012-05")["open_at_end"] == 1


def test_replay_measures_to_the_last_resolution_before_the_first_close() -> None:
    histories = histories_of(
        "A Insert ticket @ 2012/05/01 10:00:00",
        "A Resolve ticket @ 2012/05/01 11:00:00",
        "A Take in charge ticket @ 2012/05/01 12:00:00",
        "A RESOLVED @ 2012/05/01 13:00:00",
        "A Closed @ 2012/05/01 14:00:00",
        "A Resolve ticket @ 2012/05/01 15:00:00",
    )

    may = month(histories, "2012-05")

    assert may["resolution_minutes"]["median"] == 180.0
    assert may["first_response_minutes"]["median"] == 120.0
    assert may["resolved"] == 2


def test_replay_counts_a_repeated_resolution_and_measures_to_it() -> None:
    histories = histories_of(
        "A Insert ticket @ 2012/05/01 10:00:00",
        "A Resolve ticket @ 2012/05/01 11:00:00",
        "A RESOLVED @ 2012/05/02 11:00:00",
    )

    may = month(histories, "2012-05")

    assert may["resolved"] == 2
    assert may["resolution_minutes"]["median"] == 1500.0
    assert histories[0].odd["resolve_while_resolved"] == 1


def test_replay_keeps_events_after_a_close_as_notes() -> None:
    histories = histories_of(
        "A Insert ticket @ 2012/05/01 10:00:00",
        "A INVALID @ 2012/05/01 11:00:00",
        "A Take in charge ticket @ 2012/05/01 12:00:00",
        "A Closed @ 2012/05/01 13:00:00",
    )

    may = month(histories, "2012-05")

    assert (may["closed"], may["reopened"], may["answered"], may["open_at_end"]) == (1, 0, 0, 0)
    assert histories[0].odd["event_after_close"] == 2
    assert histories[0].odd["reopening_after_close"] == 1


def test_replay_answers_at_once_when_the_first_event_takes_in_charge() -> None:
    histories = histories_of("A Take in charge ticket @ 2012/05/01 10:00:00")

    may = month(histories, "2012-05")

    assert may["first_response_minutes"] == {"median": 0.0, "p90": 0.0}
    assert (may["opened"], may["answered"], may["open_at_end"]) == (1, 1, 1)


def test_replay_ignores_the_second_taking_in_charge() -> None:
    (history,) = histories_of(
        "A Insert ticket @ 2012/05/01 10:00:00",
        "A Take in charge ticket @ 2012/05/01 10:30:00",
        "A Take in charge ticket @ 2012/05/01 12:00:00",
    )

    assert history.first_response_at == datetime(2012, 5, 1, 8, 30, tzinfo=UTC)


def test_replay_keeps_file_order_among_equal_times() -> None:
    (history,) = histories_of(
        "A Insert ticket @ 2012/05/01 10:00:00",
        "A Resolve ticket @ 2012/05/01 11:00:00",
        "A Take in charge ticket @ 2012/05/01 11:00:00",
    )

    assert history.category == "open"
    assert history.category_at(datetime(2012, 5, 1, 9, 0, 1, tzinfo=UTC)) == "open"


def test_figures_leave_the_end_of_the_period_out() -> None:
    histories = histories_of(
        "A Insert ticket @ 2012/04/30 23:59:59",
        "B Insert ticket @ 2012/05/01 00:00:00",
        "A Resolve ticket @ 2012/05/01 00:00:00",
    )

    april = month(histories, "2012-04")

    assert (april["opened"], april["resolved"], april["open_at_end"]) == (1, 0, 1)


def test_figures_follow_the_zone_of_the_report() -> None:
    histories = histories_of("A Insert ticket @ 2012/04/30 20:00:00")

    assert month(histories, "2012-04", ROME)["opened"] == 1
    assert month(histories, "2012-04", SHANGHAI)["opened"] == 0
    assert month(histories, "2012-05", SHANGHAI)["opened"] == 1


def test_instant_reads_a_doubled_hour_in_file_order() -> None:
    first = helpdesk.instant(datetime.fromisoformat("2012-10-28T02:30"), ROME)
    second = helpdesk.instant(datetime.fromisoformat("2012-10-28T02:10"), ROME, not_before=first)

    assert first == datetime(2012, 10, 28, 0, 30, tzinfo=UTC)
    assert second == datetime(2012, 10, 28, 1, 10, tzinfo=UTC)


def test_instant_moves_a_skipped_time_forward() -> None:
    moved = helpdesk.instant(datetime.fromisoformat("2012-03-25T02:30"), ROME)

    assert moved == datetime(2012, 3, 25, 1, 30, tzinfo=UTC)
    assert moved.astimezone(ROME).hour == 3


def test_instant_refuses_a_time_that_goes_back() -> None:
    noon = helpdesk.instant(datetime.fromisoformat("2012-05-01T12:00"), ROME)

    with pytest.raises(helpdesk.OutOfOrderError):
        helpdesk.instant(datetime.fromisoformat("2012-05-01T11:00"), ROME, not_before=noon)


def test_spread_measures_real_minutes_across_a_change_of_clocks() -> None:
    histories = histories_of(
        "A Insert ticket @ 2012/03/25 01:00:00",
        "A Take in charge ticket @ 2012/03/25 04:00:00",
    )

    assert month(histories, "2012-03")["first_response_minutes"]["median"] == 120.0


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([7], Fraction(9, 10), 7.0),
        ([1, 2], Fraction(1, 2), 1.5),
        ([3, 1, 2], Fraction(1, 2), 2.0),
        ([1, 2, 3, 4], Fraction(9, 10), 3.7),
        (list(range(11)), Fraction(9, 10), 9.0),
    ],
)
def test_quantile_interpolates_between_ranks(values: list[int], share: Fraction, expected: float) -> None:
    assert helpdesk.quantile([Fraction(value) for value in values], share) == expected


def test_quantile_is_nothing_of_nothing() -> None:
    assert helpdesk.quantile([], Fraction(1, 2)) is None


def test_months_roll_over_the_year() -> None:
    assert list(helpdesk.months("2011-12", "2012-01")) == [
        ("2011-12", date(2011, 12, 1), date(2012, 1, 1)),
        ("2012-01", date(2012, 1, 1), date(2012, 2, 1)),
    ]


def test_totals_add_up_over_the_whole_log() -> None:
    histories = histories_of(
        "A Insert ticket @ 2012/05/01 10:00:00",
        "A Resolve ticket @ 2012/05/01 11:00:00",
        "A Closed @ 2012/05/01 12:00:00",
        "B Wait @ 2012/05/01 10:00:00",
    )

    totals = helpdesk.totals(histories, rows=4)

    assert totals == {
        "cases": 2,
        "events": 4,
        "first_responses": 0,
        "resolutions": 1,
        "reopenings": 0,
        "closes": 1,
        "never_closed": 1,
        "never_resolved": 1,
        "never_responded": 2,
        "resolved_more_than_once": 0,
        "ends_closed": 1,
        "ends_waiting": 1,
        "closed_by_Closed": 1,
        "resolved_before_any_response": 1,
    }


def test_main_prints_a_report_of_a_plain_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "log.csv"
    with log.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([HEADER, ["A", "Insert ticket", "x", "2012/05/01 10:00:00.000"]])

    helpdesk.main([str(log), "--zone", "Europe/Rome", "--from", "2012-05-01", "--to", "2012-06-01"])

    assert json.loads(capsys.readouterr().out)["opened"] == 1


needs_log = pytest.mark.skipif(not LOG.exists(), reason="needs the public help-desk log, not part of the project")


@needs_log
def test_definitions_state_the_counts_of_the_real_log() -> None:
    stated = {
        name: int(count.replace(",", ""))
        for name, count in re.findall(r"\| `(\w+)` \| ([\d,]+) \|", DEFINITIONS.read_text(encoding="utf-8"))
    }

    counted = helpdesk.totals(helpdesk.load(LOG, ROME), rows=sum(1 for _ in helpdesk.read_rows(LOG)))

    assert stated == counted


@needs_log
def test_open_tickets_change_by_what_came_and_went_in_every_month() -> None:
    histories = helpdesk.load(LOG, ROME)
    open_before = 0

    for label, report in helpdesk.monthly(histories, "2010-01", "2014-01", ROME).items():
        assert report["open_at_end"] == open_before + report["opened"] - report["closed"], label
        open_before = report["open_at_end"]

    assert open_before == 21
