"""The ready mappings, each on a small file in the form of its source."""

import io
from pathlib import Path
from typing import Any

import pytest

from tingjian.intake.imports.cases import Case, LogRow, read_case
from tingjian.intake.imports.encodings import check_head
from tingjian.intake.imports.log_reader import LogReader
from tingjian.intake.imports.mappings import LogMapping
from tingjian.intake.imports.origins import first_ticket
from tingjian.intake.imports.replay import PastFact, replay
from tingjian.intake.imports.row_reader import RowReader
from tingjian.intake.imports.workbooks import cell_text

EXPORTS, MAPPINGS = Path(__file__).parent / "exports", Path(__file__).parents[3] / "infra" / "mappings"
COMPLAINTS = Path(__file__).parents[4] / "shared" / "data" / "telecom_complaints.csv"


def mapping_of(name: str) -> LogMapping:
    return LogMapping.model_validate_json((MAPPINGS / f"{name}.json").read_text(encoding="utf-8"))


def rows_of(content: bytes, mapping: LogMapping) -> list[LogRow]:
    kind = check_head(content, mapping, whole=True)
    rows = list(LogReader(io.BufferedReader(io.BytesIO(content)), mapping, kind).rows())
    assert all(isinstance(row, LogRow) for row in rows)
    return [row for row in rows if isinstance(row, LogRow)]


def cases_of(content: bytes, mapping: LogMapping) -> dict[str, Case]:
    by_case: dict[str, list[LogRow]] = {}
    for row in rows_of(content, mapping):
        by_case.setdefault(row.case, []).append(row)
    found = {}
    for name, rows in by_case.items():
        case, rejects = read_case(mapping, rows)
        assert (rejects, case is None) == ([], False)
        assert case is not None
        found[name] = case
    return found


def facts_of(case: Case, mapping: LogMapping) -> list[PastFact]:
    return replay(case, mapping, first_ticket(case, mapping, number="1", team="t"), lambda *_: 0)


def told(name: str) -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Of each case of a ready export: its events, its last status, and seconds by event."""
    mapping = mapping_of(name)
    found: dict[str, tuple[str, str, dict[str, Any]]] = {}
    for key, case in cases_of((EXPORTS / f"{name}.csv").read_bytes(), mapping).items():
        facts = facts_of(case, mapping)
        events = " ".join(fact.change.event.__name__.removeprefix("Ticket") for fact in facts)
        seconds = {
            fact.change.event.__name__.removeprefix("Ticket"): fact.change.data.get("seconds")
            for fact in facts
            if "kept" in fact.change.data
        }
        found[key] = (events, facts[-1].change.ticket.status, seconds)
    return found


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "zendesk",
            {
                "101": (
                    "Opened Assigned Answered Resolved Closed Rated",
                    "closed",
                    {"Answered": 1800, "Resolved": 86_400},
                ),
                "102": ("Opened", "new", {}),
                "103": ("Opened Assigned Answered Resolved Rated", "resolved", {"Answered": 300, "Resolved": 14_400}),
            },
        ),
        (
            "freshdesk",
            {
                "201": ("Opened Answered Resolved Closed Rated", "closed", {"Answered": 2700, "Resolved": 86_400}),
                "202": ("Opened Answered Waiting", "waiting", {"Answered": 1800}),
            },
        ),
        (
            "zammad",
            {
                "301": ("Opened Answered Resolved Closed", "closed", {"Answered": 3600, "Resolved": 86_400}),
                "302": ("Opened Resumed", "open", {}),
            },
        ),
        (
            "chatwoot",
            {
                "401": ("Opened Answered Resolved Rated", "resolved", {"Answered": 300, "Resolved": None}),
                "402": ("Opened Waiting", "waiting", {}),
            },
        ),
        (
            "osticket",
            {
                "501": ("Opened Resolved Closed", "closed", {"Resolved": 86_400}),
                "502": ("Opened Resumed", "open", {}),
            },
        ),
        (
            "chinese-sheet",
            {
                "GD-0001": ("Opened Answered Resolved Rated", "resolved", {"Answered": 1200, "Resolved": 108_000}),
                "GD-0002": ("Opened Answered", "open", {"Answered": 7200}),
                "GD-0003": ("Opened", "new", {}),
            },
        ),
        (
            "telecom-complaints",
            {"601": ("Opened Closed", "closed", {}), "602": ("Opened Resumed", "open", {})},
        ),
        ("messages", {"GD-0001": ("Opened Answered Noted", "open", {"Answered": 1200})}),
    ],
)
def test_ready_mapping_reads_its_export(name: str, expected: dict[str, Any]) -> None:
    assert told(name) == expected


def test_phones_and_mails_stand_with_the_customer_only() -> None:
    mapping = mapping_of("chinese-sheet")
    case = cases_of((EXPORTS / "chinese-sheet.csv").read_bytes(), mapping)["GD-0001"]

    said = repr([(fact.change.ticket, dict(fact.change.data)) for fact in facts_of(case, mapping)])

    assert case.told.contacts.phones == ("138 1234 5678",)
    assert "1234" not in said
    assert "王芳" not in said


def test_customers_have_an_import_of_their_own() -> None:
    mapping = mapping_of("customers")
    rows = rows_of((EXPORTS / "customers.csv").read_bytes(), mapping)

    found = [RowReader(mapping).contacts(row) for row in rows]

    assert [(entry.id, entry.name, entry.phones, entry.emails, entry.level) for entry in found] == [
        ("K1", "王芳", ("13812345678",), ("wang@example.org",), "vip"),
        ("K2", "赵磊", ("021-62345678",), (), "normal"),
    ]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_chinese_sheet_reads_the_same_in_the_encodings_of_china(encoding: str) -> None:
    mapping = mapping_of("chinese-sheet")
    text = (EXPORTS / "chinese-sheet.csv").read_text(encoding="utf-8")

    assert cases_of(text.encode(encoding), mapping) == cases_of(text.encode(), mapping)


def test_every_ready_mapping_has_its_export() -> None:
    assert {path.stem for path in MAPPINGS.glob("*.json")} == {path.stem for path in EXPORTS.glob("*.csv")}


def test_cells_of_a_workbook_become_the_texts_of_a_table() -> None:
    from datetime import datetime, time  # noqa: PLC0415

    cells = [(None, ""), (3.0, ""), (46083.5, ""), (True, ""), (datetime(2026, 3, 2), "yyyy/m/d"), (time(9, 5), "h:mm")]  # noqa: DTZ001

    assert [cell_text(value, form) for value, form in cells] == ["", "3", "46083.5", "TRUE", "2026-03-02", "09:05:00"]


@pytest.mark.skipif(not COMPLAINTS.exists(), reason="the public complaints are no part of the project")
def test_public_complaints_are_read_whole_and_claim_no_times_that_they_do_not_tell() -> None:
    mapping = mapping_of("telecom-complaints")

    cases = cases_of(COMPLAINTS.read_bytes(), mapping)

    lives = [facts_of(case, mapping) for case in cases.values()]
    statuses = [life[-1].change.ticket.status for life in lives]
    assert {status: statuses.count(status) for status in set(statuses)} == {
        "closed": 734,
        "resolved": 973,
        "open": 363,
        "waiting": 154,
    }
    assert not [fact for life in lives for fact in life if "seconds" in fact.change.data]
