"""Reading the file of a list: its kind, its columns, and each row as somebody to be called or refused. Pure."""

import csv
import io
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from tingjian.intake.imports.columns import FileKind
from tingjian.intake.imports.encodings import HEAD_BYTES, OLD_EXCEL_MAGIC, ZIP_MAGIC, detect_encoding
from tingjian.intake.imports.log_reader import LogReader
from tingjian.intake.imports.records import UnreadableLogError
from tingjian.intake.imports.text_files import GZIP_MAGIC
from tingjian.intake.imports.workbooks import WorkbookRecords
from tingjian.platform.errors import invalid
from tingjian.survey.callback_plans.columns import (
    DELIMITERS,
    ListColumn,
    ListColumns,
    best_columns,
    mapping_of,
)
from tingjian.survey.callback_plans.rows import MOST_ROWS, ListRow, Refused, RowReader

LARGEST_BYTES = 8 * 1024 * 1024
TITLE_ROWS = 10


class Sheet(NamedTuple):
    """What a file says: whom it names, whom it names in a way that cannot be taken, and which column is what."""

    rows: tuple[ListRow, ...]
    refused: tuple[Refused, ...]
    columns: Mapping[ListColumn, str]

    @property
    def total(self) -> int:
        return len(self.rows) + len(self.refused)


def read_sheet(content: bytes, given: ListColumns, *, area_code: str = "") -> Sheet:
    """Read a whole file. Raises InvalidInputError for one that is none, names no contacts, or has too many rows."""
    try:
        return _read(content, given, area_code)
    except UnreadableLogError as error:
        raise invalid("file", error.code, **error.parameters) from error


def _read(content: bytes, given: ListColumns, area_code: str) -> Sheet:
    kind, columns, delimiter = _layout(content, given)
    if not columns:
        raise invalid("file", "list_columns")
    reader = LogReader(io.BufferedReader(io.BytesIO(content)), mapping_of(columns, given, delimiter), kind)
    by_row = RowReader(columns, reader.mapping.columns, area_code)
    found = list(islice(by_row.read(reader.rows()), MOST_ROWS + 1))
    if len(found) > MOST_ROWS:
        raise invalid("file", "list_rows", limit=MOST_ROWS)
    if not found:
        raise invalid("file", "no_rows")
    return Sheet(
        rows=tuple(row for row in found if isinstance(row, ListRow)),
        refused=tuple(row for row in found if isinstance(row, Refused)),
        columns=columns,
    )


def _layout(content: bytes, given: ListColumns) -> tuple[FileKind, dict[ListColumn, str], str | None]:
    """The kind of file, what its columns are, and the sign between its cells."""
    if not content.strip():
        raise UnreadableLogError("empty_file")
    if content.startswith(OLD_EXCEL_MAGIC):
        raise UnreadableLogError("old_workbook")
    if content.startswith(GZIP_MAGIC):
        raise invalid("file", "list_packed")
    if content.startswith(ZIP_MAGIC):
        records = WorkbookRecords(io.BufferedReader(io.BytesIO(content)), given.sheet)
        return "xlsx", best_columns((row.cells or [] for row in islice(records, TITLE_ROWS)), given), None
    head = content[:HEAD_BYTES]
    encoding = detect_encoding(head, complete=len(head) == len(content))
    # A character may be cut in two at the end of the head; the header stands well before it.
    lines = head.decode(encoding, "ignore").removeprefix("\ufeff").splitlines()[:TITLE_ROWS]
    tried = {sign: best_columns(_split(lines, sign), given) for sign in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda sign: len(tried[sign]))
    return encoding, tried[delimiter], delimiter


def _split(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    return [next(csv.reader([line], delimiter=delimiter), []) for line in lines]
