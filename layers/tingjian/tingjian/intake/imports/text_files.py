"""Text files as rows: unpacked, decoded and cut with bounded memory, whatever they hold."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from itertools import chain, islice

from tingjian.intake.imports.columns import FileKind
from tingjian.intake.imports.mappings import LogMapping
from tingjian.intake.imports.records import FileRow, UnreadableLogError

LONGEST_LINE = 1024 * 1024
MOST_CHARACTERS = 2 * 1024**3
GZIP_MAGIC = b"\x1f\x8b"
BOM = "\ufeff"
OVERLONG = "\ufdd0overlong\ufdd1"
"""In the place of a line that is too long; made of signs that no text has."""
LOOKED_AT = 10
"""Lines in which the header is looked for."""
DELIMITERS = (",", ";", "\t", "|", "，")


class TextRecords:
    """The rows of a CSV file. `lines` and `characters` say how far it came."""

    ragged = False

    def __init__(self, source: io.BufferedIOBase, mapping: LogMapping, encoding: FileKind) -> None:
        self.lines = self.characters = 0
        self._encoding = encoding
        self._text = io.TextIOWrapper(plain_stream(source), encoding=encoding, newline="")  # type: ignore[type-var]
        first = list(islice(iter(self._line, ""), 0 if mapping.format.delimiter else LOOKED_AT))
        delimiter = mapping.format.delimiter or _delimiter(first, mapping)
        self._source = self._counted(chain(first, iter(self._line, "")))
        self._csv = csv.reader(self._source, delimiter=delimiter)

    def __iter__(self) -> Iterator[FileRow]:
        while True:
            first_line = self.lines + 1
            try:
                cells = next(self._csv)
            except StopIteration:
                return
            except csv.Error:
                yield FileRow(first_line, self.lines, None)
                continue
            if any(OVERLONG in cell for cell in cells):
                yield FileRow(first_line, self.lines, None)
            elif cells:
                yield FileRow(first_line, self.lines, cells)

    def skip(self, lines: int) -> None:
        while self.lines < lines and next(self._source, None) is not None:
            pass

    def _counted(self, lines: Iterator[str]) -> Iterator[str]:
        for line in lines:
            self.lines += 1
            yield line

    def _line(self) -> str:
        """The next physical line, empty at the end. In place of one that is too long to hold comes a mark."""
        start = self.characters == 0
        line = self._read()
        if len(line) < LONGEST_LINE or line.endswith(("\r", "\n")):
            return line.removeprefix(BOM) if start else line
        while (rest := self._read()) and not rest.endswith(("\r", "\n")):
            pass
        return f"{OVERLONG}\n"

    def _read(self) -> str:
        try:
            text = self._text.readline(LONGEST_LINE)
        except UnicodeDecodeError as error:
            raise encoding_error(self._encoding, error, self.lines) from error
        except UnicodeError as error:
            raise UnreadableLogError("wrong_encoding", encoding=self._encoding, line=1) from error
        except (zlib.error, EOFError, gzip.BadGzipFile) as error:
            raise UnreadableLogError("broken_gzip") from error
        self.characters += len(text)
        if self.characters > MOST_CHARACTERS:
            raise UnreadableLogError("too_large_unpacked", limit_gigabytes=MOST_CHARACTERS // 1024**3)
        return text


def plain_stream(source: io.BufferedIOBase) -> io.BufferedIOBase:
    """The file's own bytes, whether it came gzipped or plain."""
    beginning: bytes = source.peek(2)[:2]  # type: ignore[attr-defined]
    return gzip.GzipFile(fileobj=source) if beginning == GZIP_MAGIC else source


def encoding_error(encoding: str, error: UnicodeDecodeError, lines: int) -> UnreadableLogError:
    line = lines + 1 + error.object[: error.start].count(b"\n")
    return UnreadableLogError("wrong_encoding", encoding=encoding, line=line)


def _delimiter(lines: list[str], mapping: LogMapping) -> str:
    """The sign between the cells: the one by which the mapping's columns stand in a line, else a comma."""
    wanted = set(mapping.columns)
    for delimiter in DELIMITERS:
        for line in lines:
            if wanted <= {cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])}:
                return delimiter
    return ","
