"""The imported log run again under a policy of eight open hours: our clocks beside a count by other means."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from holidays import country_holidays

from infra.cli.rerun import by_month
from tests.oracle import helpdesk, sla
from tingjian.escalation.deadlines.rerun import Happening, rerun
from tingjian.intake.imports.cases import LogRow, read_case
from tingjian.intake.imports.log_reader import LogReader
from tingjian.intake.imports.mappings import LogMapping
from tingjian.intake.imports.origins import first_ticket
from tingjian.intake.imports.replay import replay
from tingjian.sla import WorkCalendar
from tingjian.sla.policies.models import Target

ROOT = Path(__file__).parents[2]
LOG = ROOT.parent / "shared" / "data" / "helpdesk_log.csv.gz"
MAPPING = ROOT / "infra" / "demo" / "helpdesk-log-mapping.json"
ROME = ZoneInfo("Europe/Rome")
TARGETS = [
    Target(clock="first_response", minutes=480),
    Target(clock="resolution", minutes=2400, pauses_in=("waiting",)),
]
HOURS = [["09:00", "13:00"], ["14:00", "18:00"]]
HOLIDAYS = country_holidays("IT", years=range(2009, 2016))
CALENDAR = WorkCalendar("Europe/Rome", dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), HOURS), closed=list(HOLIDAYS))


def rome(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ROME).astimezone(UTC)


def history(*turns: tuple[str, str]) -> helpdesk.History:
    """A case written as activities with local times."""
    events = [helpdesk.Event(line, activity, rome(at)) for line, (activity, at) in enumerate(turns, start=2)]
    return helpdesk.replay("Case", events)


def test_the_count_by_hand_knows_italys_holidays() -> None:
    ours = {day for year in range(2009, 2016) for day in sla.holidays(year)}

    assert {day for day in HOLIDAYS if day.weekday() < 5} == {day for day in ours if day.weekday() < 5}
    assert sla.easter(2012) == date(2012, 4, 8)


def test_the_count_by_hand_skips_lunch_nights_weekends_and_holidays() -> None:
    due = sla.runs_out(rome("2012-04-06 17:00"), timedelta(hours=6), ())

    assert due == rome("2012-04-10 15:00")


def test_the_count_by_hand_leaves_waits_out_and_judges_by_the_month() -> None:
    case = history(
        ("Assign seriousness", "2012-03-26 09:00"),
        ("Wait", "2012-03-26 10:00"),
        ("Take in charge ticket", "2012-03-30 18:00"),
        ("Resolve ticket", "2012-04-06 17:00"),
        ("Closed", "2012-05-02 09:00"),
    )

    found = sla.outcomes(case, rome("2012-06-01 00:00"))

    assert sla.by_month(found) == {"2012-03": {"first_response_missed": 1}, "2012-04": {"resolution_kept": 1}}


@pytest.mark.skipif(not LOG.exists(), reason="the public log is not part of this project")
def test_our_clocks_and_the_count_by_hand_agree_on_every_month_of_the_log() -> None:
    histories = helpdesk.load(LOG, ROME)
    until = max(at for case in histories for at, _ in case.turns)
    by_hand = {case.case: Counter(sla.outcomes(case, until)) for case in histories}

    ours = {
        case: Counter(sla.Outcome(*outcome) for outcome in rerun(told, TARGETS, CALENDAR, until=until))
        for case, told in happenings().items()
    }

    assert len(ours) == 4580
    assert [case for case in by_hand if by_hand[case] != ours[case]] == []
    every = [outcome for case in ours.values() for outcome in case.elements()]
    assert by_month(every, ROME) == sla.by_month(every)
    total = Counter((outcome.clock, outcome.kept) for outcome in every)
    assert min(total.values()) > 100
    assert len(total) == 4


def happenings() -> dict[str, list[Happening]]:
    """The events that an import makes of the log, by case."""
    mapping = LogMapping.model_validate_json(MAPPING.read_text())
    rows: dict[str, list[LogRow]] = {}
    with LOG.open("rb") as source:
        for row in LogReader(source, mapping, "utf-8").rows():
            assert isinstance(row, LogRow)
            rows.setdefault(row.case, []).append(row)
    told: dict[str, list[Happening]] = {}
    for name, its in rows.items():
        case, _ = read_case(mapping, its)
        assert case is not None
        facts = replay(case, mapping, first_ticket(case, mapping, number="1", team="service"), lambda *_: 0)
        told[name] = [
            Happening(
                fact.change.event.__name__,
                fact.at,
                fact.change.ticket.status,
                bool(fact.change.data.get("first", False)),
            )
            for fact in facts
        ]
    return told
