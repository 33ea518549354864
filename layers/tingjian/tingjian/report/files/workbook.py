"""The report as a spreadsheet: a summary with charts, the days, and a row per ticket, written row by row."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tingjian.platform import texts
from tingjian.report.figures.models import WITHOUT_RESULT, Dimension, FigurePart, Figures, Filters, PeriodFigures
from tingjian.report.files.rows import COLUMNS, TIMES, ticket_cells
from tingjian.report.files.survey_lines import survey_lines
from tingjian.report.reports.models import Report

MOST_ROWS = 1_000_000
"""A sheet holds 1,048,576 rows."""
COUNTS = ("opened", "answered", "resolved", "closed", *WITHOUT_RESULT, "reopened", "open_at_end", "unsolved_at_end")
TIME_FIGURES = (
    "first_response_minutes",
    "first_response_working_minutes",
    "resolution_minutes",
    "resolution_working_minutes",
)
PARTS = ("type", "channel", "team", "person", "customer")
PART_COUNTS = ("opened", "resolved", "reopened", "unsolved_at_end")
BLUE, GREEN, AMBER = "#60A5FA", "#34D399", "#D97706"
CHART_COLUMN = 4
Say = Callable[..., str]


def write_workbook(
    path: Path,
    report: Report,
    figures: PeriodFigures,
    rows: Iterable[Mapping[str, Any]],
    labels: Mapping[Dimension, Mapping[str, str]],
) -> int:
    """Write the file; how many tickets are behind the figures. A text is written as a text, never as a formula."""
    import xlsxwriter  # noqa: PLC0415 - in the analytics layer only

    def say(key: str, **parameters: object) -> str:
        return texts.text(f"report.{key}", report.language, **parameters)

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        # The same figures give the same file: nothing in it says when it was written.
        book.set_properties({"title": say(f"title.{report.kind}"), "created": report.ends_at.replace(tzinfo=None)})
        sheets = _Sheets(book, say, ZoneInfo(report.zone))
        sheets.summary(report, figures)
        sheets.days(figures.by_day)
        return sheets.tickets(rows, labels)


class _Sheets:
    """The sheets of one workbook, in the order in which they are written."""

    def __init__(self, book: Any, say: Say, zone: ZoneInfo) -> None:
        self.book, self.say, self.zone = book, say, zone
        self.title = book.add_format({"bold": True, "font_size": 16, "font_color": "#0F766E"})
        self.head = book.add_format({"bold": True, "bottom": 2, "text_wrap": True, "valign": "bottom"})
        self.whole = book.add_format({"num_format": "#,##0"})
        self.exact = book.add_format({"num_format": "#,##0.00"})
        self.share = book.add_format({"num_format": "0.0%"})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.days_name = say("sheet.days")

    def summary(self, report: Report, figures: PeriodFigures) -> None:
        """The figures beside those of the period before, charts of the days, and every breakdown but the days'."""
        sheet = self.book.add_worksheet(self.say("sheet.summary"))
        sheet.set_column(0, 0, 40)
        sheet.set_column(1, 12, 14)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.write_string(0, 0, self.say(f"title.{report.kind}"), self.title)
        facts = (("period", f"{report.start} – {report.end}"), ("zone", report.zone))
        for line, (name, value) in enumerate(facts, start=1):
            sheet.write_string(line, 0, self.say(f"sheet.{name}"))
            sheet.write_string(line, 1, value)
        sheet.write_string(3, 0, self.say("sheet.records"))
        sheet.write_string(3, 1, self.say(f"records.{report.records}"))
        given = [(name, getattr(report, name)) for name in Filters.model_fields if getattr(report, name)]
        for column, (name, value) in enumerate(given):
            sheet.write_string(4, column, f"{self.say('by.' + name)}: {value}")
        for column, name in enumerate(("figure", "current", "previous")):
            sheet.write_string(5, column, self.say(f"sheet.{name}"), self.head)
        if figures.by_day:
            sheet.insert_chart(5, CHART_COLUMN, self._trend(len(figures.by_day)))
            sheet.insert_chart(21, CHART_COLUMN, self._stock(len(figures.by_day)))
        line = 6
        for now, before in zip(self._lines(figures), self._lines(figures.previous), strict=True):
            sheet.write_string(line, 0, now[0])
            self._number(sheet, line, 1, now[1], now[2])
            self._number(sheet, line, 2, before[1], before[2])
            line += 1
        line = max(line, 38)
        for name in PARTS:
            line = self._parts(sheet, line + 1, name, getattr(figures, f"by_{name}"))

    def days(self, days: Sequence[FigurePart]) -> None:
        """A row a day, which the charts of the summary are drawn from."""
        sheet = self.book.add_worksheet(self.days_name)
        sheet.set_column(0, 0, 12)
        sheet.set_column(1, len(COUNTS), 14)
        sheet.freeze_panes(1, 1)
        sheet.write_string(0, 0, self.say("by.day"), self.head)
        for column, name in enumerate(COUNTS, start=1):
            sheet.write_string(0, column, self.say(f"figure.{name}"), self.head)
        for line, day in enumerate(days, start=1):
            sheet.write_string(line, 0, day.key)
            for column, name in enumerate(COUNTS, start=1):
                sheet.write_number(line, column, getattr(day, name), self.whole)

    def tickets(self, rows: Iterable[Mapping[str, Any]], labels: Mapping[Dimension, Mapping[str, str]]) -> int:
        """A row a ticket, up to a million; how many there were."""
        sheet = self.book.add_worksheet(self.say("sheet.tickets"))
        for column, name in enumerate(COLUMNS):
            sheet.set_column(column, column, 19 if name in TIMES else 16)
        sheet.freeze_panes(1, 1)
        for column, name in enumerate(COLUMNS):
            sheet.write_string(0, column, self.say(f"row.{name}"), self.head)
        count = 0
        for count, row in enumerate(rows, start=1):
            if count <= MOST_ROWS:
                self._ticket(sheet, count, ticket_cells(row, self.zone, labels))
        if count > MOST_ROWS:
            sheet.write_string(MOST_ROWS + 1, 0, self.say("sheet.truncated", rows=f"{MOST_ROWS:,}"))
        sheet.autofilter(0, 0, min(count, MOST_ROWS), len(COLUMNS) - 1)
        return count

    def _ticket(self, sheet: Any, line: int, values: Iterable[Any]) -> None:
        for column, value in enumerate(values):
            if isinstance(value, bool):
                sheet.write_string(line, column, self.say("yes" if value else "no"))
            elif isinstance(value, datetime):
                sheet.write_datetime(line, column, value, self.moment)
            elif isinstance(value, int | float):
                sheet.write_number(line, column, value)
            elif value is not None:
                sheet.write_string(line, column, str(value))

    def _lines(self, figures: Figures) -> list[tuple[str, float | None, Any]]:
        lines: list[tuple[str, float | None, Any]] = [
            (self.say(f"figure.{name}"), getattr(figures, name), self.whole) for name in COUNTS
        ]
        for name in TIME_FIGURES:
            spread, said = getattr(figures, name), self.say(f"time.{name}")
            lines.append((self.say("sheet.median", figure=said), spread.median, self.exact))
            lines.append((self.say("sheet.p90", figure=said), spread.p90, self.exact))
        for name in ("first_response", "resolution"):
            kept = getattr(figures.targets, name)
            lines.append((self.say(f"sheet.{name}_kept"), kept.kept, self.whole))
            lines.append((self.say(f"sheet.{name}_missed"), kept.missed, self.whole))
        scores = figures.satisfaction
        lines.append((self.say("sheet.answers"), scores.answers, self.whole))
        lines.append((self.say("sheet.average"), scores.average, self.exact))
        lines.append((self.say("sheet.satisfied_share"), scores.satisfied_share, self.share))
        forms = {"count": self.whole, "share": self.share, "mean": self.exact}
        lines += [(self.say(key), value, forms[form]) for key, value, form in survey_lines(figures.surveys)]
        return lines

    def _parts(self, sheet: Any, line: int, name: str, parts: Sequence[FigurePart]) -> int:
        heads = [self.say(f"by.{name}"), *(self.say(f"column.{count}") for count in PART_COUNTS)]
        heads += [self.say(f"column.{time}") for time in ("first_response", "resolution", "satisfied")]
        for column, head in enumerate(heads):
            sheet.write_string(line, column, head, self.head)
        for part in parts:
            line += 1
            sheet.write_string(line, 0, part.label)
            for column, count in enumerate(PART_COUNTS, start=1):
                sheet.write_number(line, column, getattr(part, count), self.whole)
            self._number(sheet, line, 5, part.first_response_minutes.median, self.exact)
            self._number(sheet, line, 6, part.resolution_minutes.median, self.exact)
            self._number(sheet, line, 7, part.satisfaction.satisfied_share, self.share)
        return line + 1

    def _number(self, sheet: Any, line: int, column: int, value: float | None, form: Any) -> None:
        if value is not None:
            sheet.write_number(line, column, value, form)

    def _trend(self, days: int) -> Any:
        chart = self.book.add_chart({"type": "column"})
        for name, colour in (("opened", BLUE), ("resolved", GREEN)):
            chart.add_series(self._series(name, days) | {"fill": {"color": colour}, "gap": 60})
        return self._styled_chart(chart, self.say("trend.day"))

    def _stock(self, days: int) -> Any:
        chart = self.book.add_chart({"type": "line"})
        for name, colour in (("open_at_end", BLUE), ("unsolved_at_end", AMBER)):
            chart.add_series(self._series(name, days) | {"line": {"color": colour, "width": 2}})
        return self._styled_chart(chart, f"{self.say('figure.open_at_end')} / {self.say('figure.unsolved_at_end')}")

    def _series(self, name: str, days: int) -> dict[str, Any]:
        column = COUNTS.index(name) + 1
        return {
            "name": self.say(f"figure.{name}"),
            "categories": [self.days_name, 1, 0, days, 0],
            "values": [self.days_name, 1, column, days, column],
        }

    def _styled_chart(self, chart: Any, title: str) -> Any:
        chart.set_title({"name": title, "name_font": {"size": 12}})
        chart.set_legend({"position": "bottom"})
        chart.set_y_axis({"min": 0, "major_gridlines": {"visible": True, "line": {"color": "#E5E7EB"}}})
        chart.set_size({"width": 720, "height": 310})
        return chart
