"""The rows of a report as CSV: UTF-8 with a byte order mark for Excel, and no cell that Excel would run."""

import csv
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tingjian.platform import texts
from tingjian.platform.csv_cells import safe_cell
from tingjian.report.figures.models import Dimension
from tingjian.report.files.rows import COLUMNS, ticket_cells
from tingjian.report.reports.models import Report


def write_table(
    path: Path, report: Report, rows: Iterable[Mapping[str, Any]], labels: Mapping[Dimension, Mapping[str, str]]
) -> int:
    """Write the file; how many tickets it has."""
    zone = ZoneInfo(report.zone)
    written = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([texts.text(f"report.row.{column}", report.language) for column in COLUMNS])
        for row in rows:
            writer.writerow([_cell_text(value) for value in ticket_cells(row, zone, labels)])
            written += 1
    return written


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return safe_cell(value)
