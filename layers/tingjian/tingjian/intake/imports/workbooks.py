"""Excel workbooks (.xlsx) as rows: dates as texts that the times are read from, everything else as it is shown."""

import io
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from tingjian.intake.imports.records import FileRow, UnreadableLogError

MOST_UNPACKED = 1024**3
"""Bytes of a workbook as unpacked: a small file can claim to be endless."""
WHOLE = 1e15


class WorkbookRecords:
    """The rows of one sheet. A row's line is its number in the sheet."""

    ragged = True

    def __init__(self, source: io.BufferedIOBase, sheet: str | None) -> None:
        self.lines = 0
        self._rows = _sheet(source, sheet)

    def __iter__(self) -> Iterator[FileRow]:
        try:
            for row in self._rows:
                self.lines += 1
                cells = [cell_text(cell.value, getattr(cell, "number_format", "")) for cell in row]
                if any(cells):
                    yield FileRow(self.lines, self.lines, cells)
        except (KeyError, ValueError, SyntaxError, zipfile.BadZipFile, EOFError) as error:
            raise UnreadableLogError("broken_workbook") from error

    def skip(self, lines: int) -> None:
        while self.lines < lines and next(self._rows, None) is not None:
            self.lines += 1


def cell_text(value: Any, form: str = "") -> str:
    """The text of a cell. A date without hours is a date alone."""
    match value:
        case None:
            return ""
        case bool():
            text = "TRUE" if value else "FALSE"
        case datetime() if value.time() == time() and not {"h", "H"} & set(form):
            text = value.date().isoformat()
        case datetime():
            text = value.isoformat(sep=" ")
        case date() | time():
            text = value.isoformat()
        case float() if value.is_integer() and abs(value) < WHOLE:
            text = str(int(value))
        case _:
            text = str(value)
    return text


def _sheet(source: io.BufferedIOBase, sheet: str | None) -> Iterator[Any]:
    """The rows of a sheet, from its first. Raises UnreadableLogError."""
    from openpyxl import load_workbook  # noqa: PLC0415 - only where a workbook is read
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        with zipfile.ZipFile(source) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MOST_UNPACKED:
                raise UnreadableLogError("too_large_unpacked", limit_gigabytes=MOST_UNPACKED // 1024**3)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # It warns of parts that it leaves out, such as printers' settings.
            book = load_workbook(source, read_only=True, data_only=True, keep_links=False)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, SyntaxError, EOFError) as error:
        raise UnreadableLogError("broken_workbook") from error
    if sheet is not None and sheet not in book.sheetnames:
        raise UnreadableLogError("sheet_missing", sheet=sheet, sheets=book.sheetnames[:10])
    found = book[sheet] if sheet is not None else book.worksheets[0]
    if hasattr(found, "reset_dimensions"):
        found.reset_dimensions()  # Exports often say that their sheet is a single cell.
    return iter(found.iter_rows())
