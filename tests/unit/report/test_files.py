"""Page, spreadsheet and table of a report: complete in every language, and harmless whatever a name holds."""

import csv
import re
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import openpyxl
import pytest

from tests.lakes import Story, lake_of, question, report
from tingjian.platform import texts
from tingjian.platform.texts import Language
from tingjian.report.figures.actions import count_figures, ticket_rows
from tingjian.report.figures.models import Filters, PeriodFigures
from tingjian.report.files.charts import Series, scale_top, trend
from tingjian.report.files.page import report_page
from tingjian.report.files.rows import COLUMNS
from tingjian.report.files.table import write_table
from tingjian.report.files.wording import spoken_length
from tingjian.report.files.workbook import write_workbook
from tingjian.report.reports.labels import label_figures

EVIL = "<script>alert(1)</script>\"'&"
FORMULA = '=HYPERLINK("http://evil.example","x")'


def told(folder: Path, **context: Any) -> tuple[PeriodFigures, list[dict[str, Any]]]:
    story = (
        Story("100", **context)
        .tell("TicketOpened", 0)
        .tell("TicketAnswered", 12.5, "open", assignee="chen", first=True)
        .tell("TicketResolved", 90, "resolved")
        .beside("survey", "SurveyAnswered", 99, score=4)
    )
    lake = lake_of(folder, story)
    return count_figures(lake, question()), list(ticket_rows(lake))


@pytest.mark.parametrize("language", get_args(Language))
def test_page_is_whole_in_every_language(tmp_path: Path, language: Language) -> None:
    figures, _ = told(tmp_path)

    page = report_page(report(language=language), label_figures(figures, {}, language))

    assert f'<html lang="{language}">' in page
    assert texts.text("report.figure.opened", language) in page
    assert page.count("<svg") == page.count("</svg>") == 4
    assert not re.findall(r"\{\w+\}", re.sub(r"<style>.*?</style>", "", page))


def test_page_loads_nothing_and_runs_nothing(tmp_path: Path) -> None:
    figures, _ = told(tmp_path)

    page = report_page(report(), figures)

    assert "default-src 'none'" in page
    assert not re.findall(r"<script|\bsrc=|\bhref=|url\(", page)


def test_page_escapes_every_name(tmp_path: Path) -> None:
    figures, _ = told(tmp_path, type=EVIL, channel=EVIL, team=EVIL, customer=EVIL)

    page = report_page(report(team=EVIL), label_figures(figures, {"person": {"chen": EVIL}}, "en"))

    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 6


@pytest.mark.parametrize("language", get_args(Language))
@pytest.mark.parametrize("name", Filters.model_fields)
def test_page_names_every_filter(tmp_path: Path, name: str, language: Language) -> None:
    figures, _ = told(tmp_path)

    page = report_page(report(language=language, **{name: "chosen-one"}), figures)

    assert f"{texts.text(f'report.by.{name}', language)}: chosen-one" in page


def test_page_of_an_empty_period_says_so(tmp_path: Path) -> None:
    page = report_page(report(), count_figures(lake_of(tmp_path), question()))

    assert texts.text("report.nothing") in page


def test_table_reads_in_excel_and_runs_nothing(tmp_path: Path) -> None:
    _, found = told(tmp_path, customer=FORMULA)
    path = tmp_path / "report.csv"

    written = write_table(path, report(), found, {"person": {"chen": "+86 陈雨"}})

    (head, row) = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    cells = dict(zip(COLUMNS, row, strict=True))
    assert (written, len(head)) == (1, len(COLUMNS))
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert (cells["customer"], cells["person"]) == (f"'{FORMULA}", "'+86 陈雨")
    assert (cells["opened_at"], cells["first_response_minutes"]) == ("2026-03-02 09:00:00", "12.5")


def test_spreadsheet_has_figures_charts_and_a_row_a_ticket(tmp_path: Path) -> None:
    figures, found = told(tmp_path, customer=FORMULA)
    path = tmp_path / "report.xlsx"

    written = write_workbook(path, report(language="en"), figures, found, {"person": {"chen": "Chen"}})

    book = openpyxl.load_workbook(path)
    tickets = dict(zip(COLUMNS, next(book["Tickets"].iter_rows(min_row=2, values_only=True)), strict=True))
    assert written == 1
    assert book.sheetnames == ["Summary", "By day", "Tickets"]
    assert (tickets["ticket"], tickets["person"], tickets["score"]) == ("100", "Chen", 4)
    assert (tickets["opened_at"], tickets["resolution_minutes"]) == (datetime(2026, 3, 2, 9), 90)  # noqa: DTZ001 - local
    assert tickets["customer"] == FORMULA
    assert formulas(path) == []
    assert len([name for name in zipfile.ZipFile(path).namelist() if name.startswith("xl/charts/")]) == 2


def test_spreadsheet_names_its_filters(tmp_path: Path) -> None:
    figures, found = told(tmp_path)
    path = tmp_path / "report.xlsx"

    write_workbook(path, report(language="en", type="complaint", source=FORMULA), figures, found, {})

    row = next(openpyxl.load_workbook(path)["Summary"].iter_rows(min_row=5, max_row=5, values_only=True))
    assert row[:2] == ("Type: complaint", f"Source: {FORMULA}")
    assert formulas(path) == []


def formulas(path: Path) -> list[str]:
    """The names of sheets that hold a formula."""
    with zipfile.ZipFile(path) as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        return [name for name in sheets if b"<f>" in book.read(name)]


def test_rows_hold_no_text_of_the_customer() -> None:
    assert {"subject", "text", "name", "phone", "email"} & set(COLUMNS) == set()


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(None, ("–", "")), (0.0, ("0", "min")), (0.25, ("0.2", "min")), (89.0, ("89", "min")), (90.0, ("1.5", "h")),
     (2880.0, ("2.0", "days"))],
)  # fmt: skip
def test_a_length_of_time_is_said_in_the_unit_that_fits(minutes: float | None, said: tuple[str, str]) -> None:
    assert spoken_length(lambda key: texts.text(f"report.{key}", "en"), minutes) == said


@pytest.mark.parametrize(("highest", "top"), [(0, 4), (4, 4), (5, 8), (10, 12), (101, 120), (999, 1000), (1001, 1200)])
def test_scales_end_at_round_numbers(highest: int, top: int) -> None:
    assert scale_top(highest) == top


def test_a_chart_of_nothing_is_a_chart() -> None:
    assert trend([], [Series("a", "#000", [])], Series("b", "#000", [])).endswith("</svg>")
