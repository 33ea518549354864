"""Making a report: counted in the lake, written as files, said to be there. Done again, it gives the same."""

import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from tingjian.platform.store import Store
from tingjian.report.figures.actions import count_figures, ticket_rows
from tingjian.report.files.page import report_page
from tingjian.report.files.table import write_table
from tingjian.report.files.workbook import write_workbook
from tingjian.report.lake.database import open_lake
from tingjian.report.lake.storage import Lake
from tingjian.report.reports.actions import fail_report, finish_report
from tingjian.report.reports.labels import label_figures, load_labels
from tingjian.report.reports.models import Report
from tingjian.report.reports.storage import ReportFiles, load_report, put_report_file

Clock = Callable[[], datetime]


def make_report(store: Store, lake: Lake, files: ReportFiles, report_id: str, *, clock: Clock) -> bool:
    """Make a report unless it is made. Raises whatever goes wrong, after it was kept with the report.

    Files are written before the report says that they are there, so a run that is killed leaves a report that is not
    made, and the next run writes the same files over.
    """
    report = load_report(store, report_id)
    if report.state == "made":
        return False
    try:
        written = _write_report_files(store, lake, files, report)
    except Exception as error:
        fail_report(store, report, type(error).__name__, now=clock())
        raise
    return finish_report(store, report, now=clock(), rows=written)


def _write_report_files(store: Store, lake: Lake, files: ReportFiles, report: Report) -> int:
    """Count and write all files; how many tickets are behind the figures."""
    labels = load_labels(store, report.language)
    opened = open_lake(lake)
    with opened.database, tempfile.TemporaryDirectory() as folder:
        figures = label_figures(count_figures(opened, report.question), labels, report.language)
        spreadsheet, table = Path(folder) / "report.xlsx", Path(folder) / "report.csv"
        written = write_workbook(spreadsheet, report, figures, ticket_rows(opened), labels)
        write_table(table, report, ticket_rows(opened), labels)
        put_report_file(files, report, "xlsx", spreadsheet)
        put_report_file(files, report, "csv", table)
    put_report_file(files, report, "html", report_page(report, figures).encode())
    put_report_file(files, report, "json", figures.model_dump_json().encode())
    return written
