"""What the activities of a log make of a ticket, and that any log makes one."""

from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle import helpdesk
from tingjian.intake.imports.cases import Case, LogRow, read_case
from tingjian.intake.imports.columns import ActionMapping, Reading
from tingjian.intake.imports.log_reader import LogReader
from tingjian.intake.imports.mappings import LogMapping
from tingjian.intake.imports.models import Tally
from tingjian.intake.imports.origins import customer_id, first_ticket, staff_id
from tingjian.intake.imports.replay import PastFact, replay
from tingjian.intake.imports.runs import MOST_MEMBERS, fact_runs
from tingjian.intake.imports.tallies import case_tally

ROOT = Path(__file__).parents[3]
LOG = ROOT.parent / "shared" / "data" / "helpdesk_log.csv.gz"
LOG_MAPPING = ROOT / "infra" / "demo" / "helpdesk-log-mapping.json"
NUMBER = "123456789012"
ACTIONS = {
    "take": "take_in_charge",
    "wait": "wait",
    "resolve": "resolve",
    "close": "close",
    "duplicate": {"action": "close", "reason": "duplicate"},
    "grade": "set_priority",
}
MAPPING = LogMapping.model_validate(
    {
        "source": "old-desk",
        "time": {"column": "When", "format": "%Y-%m-%d %H:%M", "zone": "UTC"},
        "case": "Case",
        "activity": "What",
        "person": "Who",
        "fields": {"customer": "Customer", "product": "Product"},
        "priority": {"column": "Prio", "values": {"A": "urgent"}, "otherwise": "normal"},
        "type": "feedback",
        "activities": ACTIONS,
        "reading": {"first": "acts", "after_close": "note"},
    }
)
lives = st.lists(st.sampled_from([*ACTIONS, "chat"]), min_size=1, max_size=12)


def minute(place: int) -> str:
    return f"2012-05-01 {10 + place // 60}:{place % 60:02d}"


def case(activities: list[str], prio: str = "B", mapping: LogMapping = MAPPING) -> Case:
    rows = [
        LogRow(place + 2, "A-1", ("A-1", activity, f"P{place % 2}", minute(place), prio, "ACME", "P1"))
        for place, activity in enumerate(activities)
    ]
    found, rejects = read_case(mapping, rows)
    assert found is not None
    assert not rejects
    return found


def facts_of(told: Case, mapping: LogMapping = MAPPING) -> list[PastFact]:
    return replay(told, mapping, first_ticket(told, mapping, number=NUMBER, team="aftersales"), lambda _start, _end: 7)


@pytest.mark.parametrize(
    ("activities", "events", "status"),
    [
        (["chat"], "Opened Noted", "new"),
        (["take"], "Opened Assigned Answered", "open"),
        (["take", "take"], "Opened Assigned Answered Assigned", "open"),
        (["wait"], "Opened Waiting", "waiting"),
        (["wait", "wait"], "Opened Waiting Noted", "waiting"),
        (["wait", "take"], "Opened Waiting Assigned Answered", "open"),
        (["wait", "resolve"], "Opened Waiting Resolved", "resolved"),
        (["resolve", "resolve"], "Opened Resolved Resolved", "resolved"),
        (["resolve", "take"], "Opened Resolved Reopened Answered", "open"),
        (["take", "resolve", "take"], "Opened Assigned Answered Resolved Reopened", "open"),
        (["resolve", "wait"], "Opened Resolved Reopened", "waiting"),
        (["resolve", "grade", "chat"], "Opened Resolved Edited Noted", "resolved"),
        (["close"], "Opened Closed", "closed"),
        (["resolve", "close", "take", "resolve", "close"], "Opened Resolved Closed Noted Noted Noted", "closed"),
    ],
)
def test_activities_become_the_events_of_a_live_ticket(activities: list[str], events: str, status: str) -> None:
    facts = facts_of(case(activities))

    assert [fact.change.event.__name__.removeprefix("Ticket") for fact in facts] == events.split()
    assert facts[-1].change.ticket.status == status


@pytest.mark.parametrize(
    ("activities", "events", "status"),
    [
        (["chat", "take"], "Opened Noted Assigned Answered", "open"),
        (["take"], "Opened Assigned", "open"),
        (["take", "take"], "Opened Assigned Assigned", "open"),
        (["resolve"], "Opened Resolved", "resolved"),
        (["chat", "close", "take"], "Opened Noted Closed Reopened Answered", "open"),
        (["chat", "close", "resolve"], "Opened Noted Closed Reopened Resolved", "resolved"),
        (["chat", "close", "chat", "close"], "Opened Noted Closed Noted Noted", "closed"),
        (["chat", "close", "wait"], "Opened Noted Closed Reopened", "waiting"),
    ],
)
def test_log_goes_on_after_a_close_and_claims_no_response_before_its_opening(
    activities: list[str], events: str, status: str
) -> None:
    mapping = MAPPING.model_copy(update={"reading": Reading()})

    facts = facts_of(case(activities), mapping)

    assert [fact.change.event.__name__.removeprefix("Ticket") for fact in facts] == events.split()
    assert facts[-1].change.ticket.status == status
    known = activities[0] == "chat"
    assert all(("seconds" in fact.change.data) == known for fact in facts if "kept" in fact.change.data)


def test_close_may_be_the_resolution_as_well() -> None:
    actions = {"end": ActionMapping(action="close", resolves=True)}
    mapping = MAPPING.model_copy(update={"activities": actions})

    facts = facts_of(case(["chat", "end"], mapping=mapping), mapping)

    assert [fact.change.event.__name__ for fact in facts][-2:] == ["TicketResolved", "TicketClosed"]
    assert facts[-2].change.data["seconds"] == 60


def test_first_response_is_measured_from_the_opening() -> None:
    answered = facts_of(case(["chat", "chat", "take"]))[-1]

    assert answered.change.event.__name__ == "TicketAnswered"
    assert dict(answered.change.data) == {
        "activity": "take",
        "first": True,
        "seconds": 120.0,
        "working_seconds": 7,
        "kept": {},
    }


def test_figures_are_what_the_store_gives_back() -> None:
    """DynamoDB knows no difference between 120.0 and 120, but a hash does."""
    answered = facts_of(case(["chat", "chat", "take"]))[-1]

    assert isinstance(answered.change.data["seconds"], int)


def test_ticket_keeps_people_customer_fields_and_times_of_the_log() -> None:
    fact = facts_of(case(["take", "duplicate"], prio="A"))[-1]

    ticket = fact.change.ticket
    assert (ticket.assignee, str(fact.actor)) == (staff_id("old-desk", "P0"), f"staff#{staff_id('old-desk', 'P1')}")
    assert ticket.customer_id == customer_id("old-desk", "ACME")
    assert ticket.fields == {"customer": "ACME", "product": "P1"}
    assert (ticket.priority, ticket.close_reason) == ("urgent", "duplicate")
    assert ticket.opened_at == datetime(2012, 5, 1, 10, 0, tzinfo=UTC)
    assert ticket.timer_at is None


def test_events_name_no_customer() -> None:
    facts = facts_of(case(["take", "resolve", "close"]))

    assert "ACME" not in repr([dict(fact.change.data) for fact in facts])
    assert facts[0].change.data["fields"] == {"product": "P1"}


def test_events_after_a_close_are_notes_and_counted() -> None:
    told = case(["resolve", "close", "chat", "take", "wait"])

    tally = case_tally(told, facts_of(told))

    assert (tally.after_close, tally.reopenings_after_close, tally.reopenings, tally.closes) == (3, 2, 0, 1)


@given(lives)
def test_every_step_is_told_in_order_whatever_the_log(activities: list[str]) -> None:
    facts = facts_of(case(activities))

    assert [fact.steps for fact in facts] == sorted(fact.steps for fact in facts)
    assert {fact.steps for fact in facts} == set(range(len(activities) + 1))
    assert sum(fact.change.event.__name__ == "TicketClosed" for fact in facts) <= 1
    assert sum(fact.change.event.__name__ == "TicketAnswered" for fact in facts) <= 1


@given(lives, st.data())
def test_longer_log_tells_the_same_beginning(activities: list[str], data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(activities)))

    whole, beginning = facts_of(case(activities)), facts_of(case(activities[:cut]))

    assert whole[: len(beginning)] == beginning


@settings(max_examples=20)
@given(st.lists(st.sampled_from(["take", "resolve"]), min_size=1, max_size=400))
def test_runs_hold_every_fact_once_and_end_with_whole_steps(activities: list[str]) -> None:
    told = case(activities)
    facts = facts_of(told)

    runs = list(fact_runs(told, facts))

    assert [fact for run in runs for fact in run] == facts
    assert max(map(len, runs)) <= MOST_MEMBERS
    assert all(first[-1].steps != second[0].steps for first, second in pairwise(runs))


@pytest.mark.skipif(not LOG.exists(), reason="the public log is not here")
def test_public_log_comes_to_the_monthly_figures_of_the_independent_count() -> None:
    mapping = LogMapping.model_validate_json(LOG_MAPPING.read_text(encoding="utf-8"))
    rome, facts, total = ZoneInfo("Europe/Rome"), [], Tally()
    for told in whole_log(mapping):
        life = facts_of(told, mapping)
        total += case_tally(told, life)
        facts += life

    counted = Counter((fact.change.event.__name__, fact.at.astimezone(rome).strftime("%Y-%m")) for fact in facts)

    for month, figures in helpdesk.monthly(helpdesk.load(LOG, rome), "2010-01", "2014-01", rome).items():
        mine = {
            "opened": counted["TicketOpened", month],
            "answered": counted["TicketAnswered", month],
            "resolved": counted["TicketResolved", month],
            "closed": counted["TicketClosed", month],
            "reopened": counted["TicketReopened", month],
        }
        assert mine == {name: figures[name] for name in mine}, month  # type: ignore[literal-required]
    assert (total.cases, total.events, total.after_close, total.reopenings_after_close) == (4580, 21348, 24, 2)
    assert total.rejected == 0


@pytest.mark.skipif(not LOG.exists(), reason="the public log is not here")
def test_public_log_comes_to_the_same_times_case_by_case() -> None:
    mapping = LogMapping.model_validate_json(LOG_MAPPING.read_text(encoding="utf-8"))
    histories = {history.case: history for history in helpdesk.load(LOG, ZoneInfo("Europe/Rome"))}

    for told in whole_log(mapping):
        ticket = facts_of(told, mapping)[-1].change.ticket
        history = histories.pop(told.id)
        assert ticket.category == history.category
        assert (ticket.opened_at, ticket.first_responded_at) == (history.opened_at, history.first_response_at)
        assert ticket.closed_at == history.closed_at
        assert ticket.resolved_at in {None, *history.resolved_at[-1:]}
    assert not histories


def whole_log(mapping: LogMapping) -> list[Case]:
    rows: dict[str, list[LogRow]] = {}
    with LOG.open("rb") as file:
        for row in LogReader(file, mapping, "utf-8").rows():
            assert isinstance(row, LogRow)
            rows.setdefault(row.case, []).append(row)
    return [told for told, _ in (read_case(mapping, entries) for entries in rows.values()) if told is not None]
