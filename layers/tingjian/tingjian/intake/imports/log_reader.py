"""Reading a log: unpacked, decoded and cut into rows with bounded memory, whatever the file holds.

What is wrong with the file as a whole raises UnreadableLogError; what is wrong with one row makes it a reject.
"""

import codecs
import csv
import gzip
import io
import unicodedata
import zlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from tingjian.intake.imports.cases import LogRow, Reject, log_row
from tingjian.intake.imports.mappings import MOST_COLUMNS, LogEncoding, LogMapping

HEAD_BYTES = 64 * 1024
LONGEST_LINE = 1024 * 1024
MOST_CHARACTERS = 2 * 1024**3
CHINESE, CHINESE_SHARE = ("CJK", "FULLWIDTH", "IDEOGRAPHIC"), 0.8
GZIP_MAGIC = b"\x1f\x8b"
GZIP_WINDOW = 31
BOM = "\ufeff"
LISTED = 10


class UnreadableLogError(Exception):
    """The file as a whole cannot be imported; `code` is a key under `field.` in the catalogue."""

    def __init__(self, code: str, **parameters: object) -> None:
        super().__init__(code, parameters)
        self.code, self.parameters = code, parameters


class Header(NamedTuple):
    """The header row: how many cells a row must have, and where the mapping's columns stand among them."""

    width: int
    places: tuple[int | None, ...]


class _FileRow(NamedTuple):
    """A row as the file has it; no cells for one that is too long to be read."""

    first_line: int
    last_line: int
    cells: list[str] | None


class LogReader:
    """The rows of one log. `lines` and `characters` say how far it came."""

    def __init__(
        self, source: io.BufferedIOBase, mapping: LogMapping, encoding: LogEncoding, *, skip_lines: int = 0
    ) -> None:
        """Start behind the header, or behind so many physical lines when those were read before.

        Raises UnreadableLogError when the file has no usable header or is not in the encoding.
        """
        self.mapping = mapping
        self.lines = self.characters = 0
        self._overlong = False
        self._encoding = encoding
        self._text = io.TextIOWrapper(plain_stream(source), encoding=encoding, newline="")  # type: ignore[type-var]
        self._csv = csv.reader(iter(self._line, ""), delimiter=mapping.format.delimiter)
        first = next(self._records(), None)
        if first is None:
            raise UnreadableLogError("empty_file")
        self.header = read_header(first.cells or [], mapping)
        while self.lines < skip_lines and self._line():
            pass

    def rows(self) -> Iterator[LogRow | Reject]:
        """The rows in file order, and what is none."""
        place, width = self.header.places[0] or 0, self.header.width
        for first_line, line, cells in self._records():
            if cells is None:
                yield Reject(line, "", "too_long", _line_span(first_line, line))
                continue
            case = cells[place].strip()[:100] if place < len(cells) else ""
            if len(cells) != width:
                reason = "too_few_columns" if len(cells) < width else "too_many_columns"
                yield Reject(line, case, reason, f"{len(cells)}/{width}{_line_span(first_line, line)}")
            elif not case:
                yield Reject(line, "", "empty_case")
            else:
                used = [cells[at] if at is not None else "" for at in self.header.places]
                yield log_row(line, used)

    def _records(self) -> Iterator[_FileRow]:
        while True:
            first_line = self.lines + 1
            try:
                cells = next(self._csv)
            except StopIteration:
                return
            except csv.Error:
                yield _FileRow(first_line, self.lines, None)
                continue
            if self._overlong:
                self._overlong = False
                yield _FileRow(first_line, self.lines, None)
            elif cells:
                yield _FileRow(first_line, self.lines, cells)

    def _line(self) -> str:
        """The next physical line, empty at the end. One that is too long to hold comes back blank."""
        line = self._read()
        if line:
            self.lines += 1
        if len(line) < LONGEST_LINE or line.endswith(("\r", "\n")):
            return line.removeprefix(BOM) if self.lines == 1 else line
        self._overlong = True
        while (rest := self._read()) and not rest.endswith(("\r", "\n")):
            pass
        return "\n"

    def _read(self) -> str:
        try:
            text = self._text.readline(LONGEST_LINE)
        except UnicodeDecodeError as error:
            raise _encoding_error(self._encoding, error, self.lines) from error
        except UnicodeError as error:
            raise UnreadableLogError("wrong_encoding", encoding=self._encoding, line=1) from error
        except (zlib.error, EOFError, gzip.BadGzipFile) as error:
            raise UnreadableLogError("broken_gzip") from error
        self.characters += len(text)
        if self.characters > MOST_CHARACTERS:
            raise UnreadableLogError("too_large_unpacked", limit_gigabytes=MOST_CHARACTERS // 1024**3)
        return text


def read_header(cells: Sequence[str], mapping: LogMapping) -> Header:
    """Where the mapping's columns stand. Raises UnreadableLogError for missing or repeated ones, or far too many."""
    names = [cell.strip() for cell in cells]
    if len(names) > MOST_COLUMNS:
        raise UnreadableLogError("columns_limit", count=len(names), limit=MOST_COLUMNS)
    used = [column for column in dict.fromkeys(mapping.columns) if column]
    missing = [column for column in used if column not in names]
    if missing:
        raise UnreadableLogError("columns_missing", columns=missing[:LISTED])
    repeated = [column for column in used if names.count(column) > 1]
    if repeated:
        raise UnreadableLogError("columns_repeated", columns=repeated[:LISTED])
    return Header(len(names), tuple(names.index(column) if column else None for column in mapping.columns))


def check_head(head: bytes, mapping: LogMapping, *, whole: bool) -> LogEncoding:
    """Check a file by its first bytes; the encoding that it is in. `whole` says that there are no more bytes.

    Raises UnreadableLogError for what can be seen there: no header, other columns, another encoding, no rows.
    """
    plain = _plain_head(head)
    complete = whole and plain is head
    encoding = mapping.format.encoding or detect_encoding(plain, complete=complete)
    try:
        codecs.getincrementaldecoder(encoding)().decode(plain, final=complete)
    except UnicodeDecodeError as error:
        raise _encoding_error(encoding, error, 0) from error
    except UnicodeError as error:
        raise UnreadableLogError("wrong_encoding", encoding=encoding, line=1) from error
    reader = LogReader(io.BufferedReader(io.BytesIO(head)), mapping, encoding)
    if whole and next(reader.rows(), None) is None:
        raise UnreadableLogError("no_rows")
    return encoding


def detect_encoding(head: bytes, *, complete: bool) -> LogEncoding:
    """The encoding that the first bytes of a plain file speak for. Raises UnreadableLogError when none is certain."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=complete)
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8"
    try:
        text = codecs.getincrementaldecoder("gb18030")().decode(head, final=complete)
    except UnicodeDecodeError as error:
        raise UnreadableLogError("unknown_encoding") from error
    foreign = [character for character in text if not character.isascii()]
    chinese = sum(unicodedata.name(character, "").startswith(CHINESE) for character in foreign)
    if chinese < CHINESE_SHARE * len(foreign):
        raise UnreadableLogError("unknown_encoding")
    return "gb18030"


def plain_stream(source: io.BufferedIOBase) -> io.BufferedIOBase:
    """The file's own bytes, whether it came gzipped or plain."""
    beginning: bytes = source.peek(2)[:2]  # type: ignore[attr-defined]
    return gzip.GzipFile(fileobj=source) if beginning == GZIP_MAGIC else source


def _plain_head(head: bytes) -> bytes:
    if not head.startswith(GZIP_MAGIC):
        return head
    try:
        return zlib.decompressobj(GZIP_WINDOW).decompress(head, HEAD_BYTES)
    except zlib.error as error:
        raise UnreadableLogError("broken_gzip") from error


def _encoding_error(encoding: str, error: UnicodeDecodeError, lines: int) -> UnreadableLogError:
    line = lines + 1 + error.object[: error.start].count(b"\n")
    return UnreadableLogError("wrong_encoding", encoding=encoding, line=line)


def _line_span(first: int, last: int) -> str:
    """The lines of a row that holds line breaks, as the detail of its reject."""
    return f" (lines {first}-{last})" if last > first else ""


class ForwardStream(io.RawIOBase):
    """A stream that is only read forward, as S3 gives it, for `io.BufferedReader`."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as there is something."""
        data = self._body.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
