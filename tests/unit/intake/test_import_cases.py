"""Which rows of a log are taken, at which instant, and why others are refused."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tingjian.intake.imports.cases import Case, LogRow, Reject, log_row, read_case
from tingjian.intake.imports.mappings import LogMapping
from tingjian.intake.imports.models import ImportBody
from tingjian.intake.imports.rows import LONGEST_CELL
from tingjian.platform.problems import input_error

MAPPING: dict[str, Any] = {
    "source": "old-desk",
    "time": {"column": "When", "format": "%Y-%m-%d %H:%M:%S", "zone": "Europe/Rome"},
    "case": "Case",
    "activity": "What",
    "person": "Who",
    "fields": {"customer": "Customer", "product": "Product"},
    "priority": {"column": "Prio", "values": {"A": "urgent", "B": "low"}, "otherwise": "normal"},
    "type": "feedback",
    "activities": {"take": "take_in_charge", "resolve": "resolve", "grade": "set_priority"},
}


def mapping(**changes: Any) -> LogMapping:
    return LogMapping.model_validate(MAPPING | changes)


def row(line: int, activity: str = "note", time: str = "2012-05-01 10:00:00", **cells: str) -> LogRow:
    named = {"case": "1", "person": "Rossi", "prio": "A", "customer": "ACME", "product": "P1"} | cells
    who, prio = named["person"], named["prio"]
    return log_row(line, (named["case"], activity, who, time, prio, named["customer"], named["product"]))


def edited(entry: LogRow, place: int, cell: str) -> LogRow:
    return entry._replace(cells=(*entry.cells[:place], cell, *entry.cells[place + 1 :]))


def with_fraction(entry: LogRow) -> LogRow:
    return entry if "." in entry.cells[3] else edited(entry, 3, entry.cells[3] + ".0")


def told(*rows: LogRow, **changes: Any) -> tuple[Case, list[Reject]]:
    case, rejects = read_case(mapping(**changes), rows)
    assert case is not None
    return case, rejects


def test_case_keeps_fields_and_priority_of_its_first_row() -> None:
    case, rejects = told(
        row(2), row(3, customer="Other", prio="B"), row(4, "grade", prio="B"), reading={"order": "file"}
    )

    assert (case.fields, case.priority) == ({"customer": "ACME", "product": "P1"}, "urgent")
    assert [step.priority for step in case.steps] == [None, None, "low"]
    assert rejects == []


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (row(3, ""), "empty_activity"),
        (row(3, time="01.05.2012"), "bad_time"),
        (row(3, time="2012-05-01 10:00:61"), "bad_time"),
    ],
)
def test_bad_row_is_refused_with_line_and_reason_and_the_rest_goes_on(bad: LogRow, reason: str) -> None:
    case, rejects = told(row(2), bad, row(4, "resolve"))

    assert [(reject.line, reject.case, reject.reason) for reject in rejects] == [(3, "1", reason)]
    assert [step.line for step in case.steps] == [2, 4]


def test_row_that_goes_back_is_refused_only_in_the_order_of_the_file() -> None:
    rows = (row(2), row(3, time="2012-05-01 09:59:59"))

    _, rejects = told(*rows, reading={"order": "file"})
    case, none = told(*rows)

    assert [(reject.line, reject.reason) for reject in rejects] == [(3, "time_goes_back")]
    assert ([step.line for step in case.steps], none) == ([3, 2], [])


@given(st.permutations(range(5)))
def test_order_of_the_file_does_not_matter_and_equal_rows_count_once(order: list[int]) -> None:
    times = ["2012-05-01 10:00:00", "2012-05-01 10:00:00", "2012-05-01 10:00:00", "2012-05-02 10:00:00"]
    rows = [row(2, "note", times[0]), row(3, "take", times[1]), row(4, "resolve", times[2]), row(5, "take", times[3])]
    rows.append(rows[2]._replace(line=6))

    case, rejects = told(*(rows[place] for place in order))

    assert [step.said.action for step in case.steps] == ["take_in_charge", "note", "resolve", "take_in_charge"]
    assert (case.steps[-1].digest, case.rows, rejects) == (told(*rows)[0].steps[-1].digest, 5, [])


def test_long_cell_and_control_characters_lose_no_row() -> None:
    case, rejects = told(row(2, customer="A\x07B", product="x" * (LONGEST_CELL + 1), person="y" * 300))

    assert rejects == []
    assert (case.fields["customer"], len(case.fields["product"]), len(case.steps[0].said.person)) == ("AB", 200, 200)
    assert "x" * (LONGEST_CELL + 1) in case.told.more


def test_unknown_priority_is_refused_only_where_it_is_read() -> None:
    priority = {"column": "Prio", "values": {"A": "urgent"}}

    case, rejects = told(row(2), row(3, prio="?"), row(4, "grade", prio="?"), priority=priority)

    assert [(reject.line, reject.reason) for reject in rejects] == [(4, "unknown_priority")]
    assert len(case.steps) == 2


def test_refused_first_row_leaves_the_next_one_to_open_the_case() -> None:
    case, rejects = told(row(2, time="?", customer="Wrong"), row(3, customer="Right"))

    assert case.fields["customer"] == "Right"
    assert rejects[0].line == 2


def test_unlisted_activity_is_refused_when_the_mapping_says_so() -> None:
    _, rejects = told(row(2, "take"), row(3, "dance"), otherwise="reject")

    assert rejects == [Reject(3, "1", "unknown_activity", "dance")]


@pytest.mark.parametrize(
    ("before", "local", "instant"),
    [
        ("2012-10-28 01:00:00", "2012-10-28 02:30:00", datetime(2012, 10, 28, 0, 30, tzinfo=UTC)),
        ("2012-10-28 02:40:00", "2012-10-28 02:30:00", datetime(2012, 10, 28, 1, 30, tzinfo=UTC)),
        ("2012-03-25 01:00:00", "2012-03-25 02:30:00", datetime(2012, 3, 25, 1, 30, tzinfo=UTC)),
    ],
)
def test_doubled_and_skipped_local_times_have_one_instant(before: str, local: str, instant: datetime) -> None:
    case, rejects = told(row(2, time=before), row(3, time=local), reading={"order": "file"})

    assert case.steps[1].at == instant
    assert rejects == []


def test_times_with_an_offset_need_no_zone() -> None:
    time = {"column": "When", "format": "%Y-%m-%dT%H:%M:%S%z"}

    case, _ = told(row(2, time="2012-05-01T10:00:00+08:00"), time=time)

    assert case.steps[0].at == datetime(2012, 5, 1, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sauce": 1}, "mapping.sauce"),
        ({"source": "Old Desk"}, "mapping.source"),
        ({"time": {"column": "When", "format": "%Y-%m-%d %H:%M:%S"}}, "mapping.time"),
        ({"time": {"column": "When", "format": "%H:%M", "zone": "Europe/Rome"}}, "mapping.time.format"),
        ({"time": {"column": "When", "format": "%Y-%m-%d %H:%M", "zone": "Mars/Base"}}, "mapping.time.zone"),
        ({"time": {"column": "When", "format": "%Y-%m-%d %H:%M", "zone": "../etc"}}, "mapping.time.zone"),
        ({"format": {"encoding": "ebcdic"}}, "mapping.format.encoding"),
        ({"format": {"delimiter": '"'}}, "mapping.format.delimiter"),
        ({"activities": {"take": "fly"}}, "mapping.activities.take.action"),
        ({"activities": {"end": {"action": "close", "reason": "bored"}}}, "mapping.activities.end.reason"),
        ({"activities": {}}, "mapping.activities"),
        ({"fields": {"Customer Name": "Customer"}}, "mapping.fields.Customer Name.[key]"),
        ({"priority": {"column": "Prio", "values": {"A": "top"}}}, "mapping.priority.values.A"),
    ],
)
def test_wrong_mapping_is_refused_by_the_name_of_its_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        ImportBody.model_validate({"name": "log.csv", "size_bytes": 1, "mapping": MAPPING | changes})

    problem = input_error(refused.value.errors(include_url=False, include_input=False))
    assert [error.field for error in problem.errors] == [field]


def test_file_larger_than_the_limit_is_refused_by_its_size() -> None:
    with pytest.raises(ValidationError) as refused:
        ImportBody.model_validate({"name": "log.csv", "size_bytes": 500 * 1024 * 1024, "mapping": MAPPING})

    assert refused.value.errors()[0]["loc"] == ("size_bytes",)


@given(st.lists(st.sampled_from(["take", "resolve", "grade", "else"]), min_size=1, max_size=8), st.data())
def test_digest_of_a_case_tells_any_other_beginning_from_it(activities: list[str], data: st.DataObject) -> None:
    rows = [row(line, activity) for line, activity in enumerate(activities, start=2)]
    place = data.draw(st.integers(0, len(rows) - 1))
    other = list(rows)
    edited_row = rows[place]
    other[place] = data.draw(
        st.sampled_from(
            [
                edited(edited_row, 2, "Bianchi"),
                edited(edited_row, 1, "other"),
                edited(edited_row, 3, "2012-05-01 10:00:00.5"),
            ]
        )
    )
    form = {"column": "When", "format": "%Y-%m-%d %H:%M:%S.%f", "zone": "Europe/Rome"}
    reading = {"order": "file", "equal": "each"}

    first, _ = told(*map(with_fraction, rows), time=form, reading=reading)
    second, rejects = told(*map(with_fraction, other), time=form, reading=reading)

    same = [a.digest == b.digest for a, b in zip(first.steps, second.steps, strict=False)]
    assert not any(same[place:]) or rejects
    assert all(same[:place])
