"""Splitting a file: every row is judged, and the good ones are dealt to parts by case.

A file of any size passes through in pieces, so that a part fits in memory and each case lies whole in one part.
"""

import io
import tempfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO, Any

from tingjian.intake.imports.files import piece_line
from tingjian.intake.imports.log_reader import LogReader
from tingjian.intake.imports.models import Import, Split
from tingjian.intake.imports.records import ForwardStream, UnreadableLogError
from tingjian.intake.imports.row_reader import RowReader
from tingjian.intake.imports.rows import LogRow, RefusedRowError, Reject
from tingjian.intake.imports.storage import split_write
from tingjian.intake.imports.worker import Worker

REJECT_BYTES = 100
SPOOLED_BYTES = 1 << 17


def part_number(case: str, parts: int) -> int:
    return zlib.crc32(case.encode()) % parts


@dataclass(slots=True)
class _Piece:
    """What was read since the last piece was stored."""

    buffers: list[bytearray]
    rejects: list[Reject]
    held: int = 0
    rows: int = 0


class Splitter:
    """Deals rows to parts. What a piece holds depends on the file alone, so a repeat stores the same pieces."""

    def __init__(self, worker: Worker, record: Import, split: Split) -> None:
        self.worker, self.record, self.split = worker, record, split
        self.files = worker.files(record)
        self.known = worker.known()
        self._begin()

    def run(self) -> bool:
        """Split as far as time allows; whether the end is reached.

        Raises UnreadableLogError, ConditionFailedError when somebody is further.
        """
        found = self.files.source()
        if found is None or found[1] != self.record.etag:
            raise UnreadableLogError("file_changed")
        body = io.BufferedReader(ForwardStream(found[0]), SPOOLED_BYTES)
        with tempfile.TemporaryFile() as copy:
            source = _copied(body, copy) if self.record.encoding == "xlsx" else body
            reader = LogReader(source, self.record.mapping, self.record.encoding, skip_lines=self.split.lines)
            for row in reader.rows():
                self._take(row)
                if self.piece.held >= self.worker.piece_bytes:
                    self._store(reader.lines, done=False)
                    if self.worker.over():
                        return False
            self._store(reader.lines, done=True)
        if not self.split.rows + self.split.rejected:
            raise UnreadableLogError("no_rows")
        return True

    def _begin(self) -> None:
        self.piece = _Piece([bytearray() for _ in range(self.record.parts)], [])
        self.judge = RowReader(self.record.mapping, self.known, now=self.record.started_at or self.record.created_at)

    def _take(self, row: LogRow | Reject) -> None:
        if isinstance(row, LogRow):
            try:
                self.judge.read(row)
            except RefusedRowError as refused:
                row = Reject(row.line, row.case, refused.reason, refused.detail)
        if isinstance(row, Reject):
            self.piece.rejects.append(row)
            self.piece.held += REJECT_BYTES
            return
        line = piece_line(row)
        self.piece.rows += 1
        self.piece.held += len(line)
        self.piece.buffers[part_number(row.case, self.record.parts)] += line

    def _store(self, lines: int, *, done: bool) -> None:
        place, piece = self.split.pieces, self.piece
        full = [number for number, buffer in enumerate(piece.buffers) if buffer]
        with ThreadPoolExecutor(self.worker.threads) as pool:
            stored = pool.map(lambda number: self.files.put_piece(number, place, bytes(piece.buffers[number])), full)
            list(stored)
        self.files.put_rejects(f"split-{place:06d}", piece.rejects)
        self.split = Split(
            version=self.split.version + 1,
            layout=self.split.layout,
            etag=self.split.etag,
            lines=lines,
            rows=self.split.rows + piece.rows,
            pieces=place + 1,
            rejected=self.split.rejected + len(piece.rejects),
            done=done,
            findings=self.split.findings.with_rows(self.judge.unlisted, piece.rejects),
        )
        self.worker.store.transact([split_write(self.record.id, self.split)])
        self._begin()


def _copied(body: io.BufferedIOBase, copy: IO[bytes]) -> Any:
    """The whole file where it can be read in any order, as a workbook must be."""
    while block := body.read(1 << 20):
        copy.write(block)
    copy.seek(0)
    return copy
