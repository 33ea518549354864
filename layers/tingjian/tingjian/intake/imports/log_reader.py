"""Reading a log: unpacked, decoded and cut into rows with bounded memory, whatever the file holds.

What is wrong with the file as a whole raises UnreadableLogError; what is wrong with one row makes it a reject.
"""

import io
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tingjian.intake.imports.cells import cut_line
from tingjian.intake.imports.columns import FileKind
from tingjian.intake.imports.mappings import MOST_COLUMNS, LogMapping
from tingjian.intake.imports.records import Records, UnreadableLogError
from tingjian.intake.imports.rows import LogRow, Reject, log_row
from tingjian.intake.imports.text_files import TextRecords

LISTED = 10
TITLE_ROWS = 10


class Header(NamedTuple):
    """The header row: how many cells a row must have, and where the mapping's columns stand among them."""

    width: int
    places: tuple[int, ...]


class LogReader:
    """The rows of one log. `lines` says how far it came."""

    def __init__(self, source: io.BufferedIOBase, mapping: LogMapping, kind: FileKind, *, skip_lines: int = 0) -> None:
        """Start behind the header, or behind so many lines when those were read before.

        Raises UnreadableLogError when the file has no usable header or is not of the kind.
        """
        self.mapping = mapping
        self._records = records_of(source, mapping, kind)
        self.header = self._read_header()
        self.lines = self._records.lines
        if skip_lines > self.lines:
            self._records.skip(skip_lines)

    def rows(self) -> Iterator[LogRow | Reject]:
        """The rows in file order, and what is none."""
        width, places = self.header
        for first_line, line, found in self._records:
            self.lines = line
            if found is None:
                yield Reject(line, "", "too_long", _line_span(first_line, line))
                continue
            cells = self._fitted(found, width)
            row = log_row(line, [cells[place] if place < len(cells) else "" for place in places])
            case = row.case if self.mapping.case else next((cell for cell in row.cells if cell), "")
            if len(cells) != width:
                reason = "too_few_columns" if len(cells) < width else "too_many_columns"
                yield Reject(line, case[:100], reason, f"{len(cells)}/{width}{_line_span(first_line, line)}")
            elif not case:
                yield Reject(line, "", "empty_case")
            else:
                yield row._replace(case=cut_line(case))

    def _fitted(self, cells: list[str], width: int) -> list[str]:
        """The cells of a row, filled up or cut where spreadsheets leave out or add empty ones at the end."""
        if len(cells) < width and self._records.ragged:
            return [*cells, *[""] * (width - len(cells))]
        return cells if any(cell.strip() for cell in cells[width:]) else cells[:width]

    def _read_header(self) -> Header:
        """The first of the beginning rows that has every column; a title may stand above it."""
        first: list[str] | None = None
        for _ in range(TITLE_ROWS):
            record = next(iter(self._records), None)
            if record is None:
                break
            cells = record.cells or []
            if first is None:
                first = cells
            if {cell.strip() for cell in cells} >= set(self.mapping.columns):
                return read_header(cells, self.mapping)
        if first is None:
            raise UnreadableLogError("empty_file")
        return read_header(first, self.mapping)


def records_of(source: io.BufferedIOBase, mapping: LogMapping, kind: FileKind) -> Records:
    """The rows of a file as it has them."""
    if kind == "xlsx":
        from tingjian.intake.imports.workbooks import WorkbookRecords  # noqa: PLC0415 - only where one is read

        return WorkbookRecords(source, mapping.format.sheet)
    return TextRecords(source, mapping, kind)


def read_header(cells: Sequence[str], mapping: LogMapping) -> Header:
    """Where the mapping's columns stand. Raises UnreadableLogError for missing or repeated ones, or far too many."""
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if len(names) > MOST_COLUMNS:
        raise UnreadableLogError("columns_limit", count=len(names), limit=MOST_COLUMNS)
    missing = [column for column in mapping.columns if column not in names]
    if missing:
        raise UnreadableLogError("columns_missing", columns=missing[:LISTED])
    repeated = [column for column in mapping.columns if names.count(column) > 1]
    if repeated:
        raise UnreadableLogError("columns_repeated", columns=repeated[:LISTED])
    return Header(len(names), tuple(names.index(column) for column in mapping.columns))


def _line_span(first: int, last: int) -> str:
    """The lines of a row that holds line breaks, as the detail of its reject."""
    return f" (lines {first}-{last})" if last > first else ""
