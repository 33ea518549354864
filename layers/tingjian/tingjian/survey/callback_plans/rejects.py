"""The file of refused rows: line, reason, and the row's cells, so that it can be mended and imported again. Pure."""

import csv
import io
from collections.abc import Iterable

from tingjian.platform import texts
from tingjian.platform.csv_cells import safe_cell
from tingjian.platform.texts import Language
from tingjian.survey.callback_plans.columns import COLUMNS
from tingjian.survey.callback_plans.rows import Refused


def rejects_file(refused: Iterable[Refused], language: Language) -> bytes:
    """A CSV in the order of lines, each once, with a mark by which Excel knows UTF-8; no cell is run as a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    names = ("line", "reason", *COLUMNS)
    writer.writerow([texts.text(f"call_list.column.{name}", language) for name in names])
    by_line = {row.line: row for row in refused}
    for line in sorted(by_line):
        row = by_line[line]
        reason = texts.text(f"call_list.refused.{row.reason}", language, detail=row.detail)
        writer.writerow([line, reason, *(safe_cell(row.cells.get(name, "")) for name in COLUMNS)])
    return text.getvalue().encode("utf-8-sig")
