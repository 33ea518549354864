"""The two jobs of an import: split the file into parts, then work off each part. Both go on where they stopped.

A file of any size passes through in pieces: rows are dealt to parts by case, so that a part fits in memory and each
case lies whole in one part. A job works for some seconds, stores how far it came and queues itself again.
"""

import csv
import io
import zlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from tingjian.intake.imports.actions import fail_import, finish_import, move_import
from tingjian.intake.imports.case_writer import CaseWriter
from tingjian.intake.imports.cases import LogRow, Reject
from tingjian.intake.imports.events import ImportSplit
from tingjian.intake.imports.files import ImportFiles, file_mark, piece_line
from tingjian.intake.imports.log_reader import ForwardStream, LogReader, UnreadableLogError
from tingjian.intake.imports.models import LONGEST_CASE_ROWS, Import, ImportPart, Split, Tally
from tingjian.intake.imports.queue import ImportQueue
from tingjian.intake.imports.storage import load_import, load_part, load_progress, part_write, split_write
from tingjian.intake.types.storage import find_type
from tingjian.platform import telemetry
from tingjian.platform.errors import StaleError
from tingjian.platform.store import ConditionFailedError, Store

PIECE_BYTES = 32 * 1024 * 1024
REJECT_BYTES = 100
BATCH_CASES = 40
THREADS = 4
LISTED_REJECTS = 200_000


@dataclass(frozen=True, slots=True)
class Worker:
    """What a job works with. `over` says that its time is up; `piece_bytes` how much it holds before it stores."""

    store: Store
    bucket: str
    jobs: ImportQueue
    now: datetime
    over: Callable[[], bool]
    piece_bytes: int = PIECE_BYTES
    threads: int = THREADS

    def files(self, record: Import) -> ImportFiles:
        return ImportFiles(self.bucket, record.id, file_mark(record.etag))


def do_job(worker: Worker, import_id: str, part: int | None) -> None:
    """Do one job: split the file, or work off a part of it. A job of an import that is not at it does nothing."""
    record = load_import(worker.store, import_id)
    if part is None and record.state == "splitting":
        split_file(worker, record)
    elif part is None and record.state == "importing":
        worker.jobs.send(record.id, range(record.parts))
    elif part is not None and record.state == "importing":
        work_off(worker, record, part)


def split_file(worker: Worker, record: Import) -> None:
    """Deal the file's rows to parts, from where it was left off. A file that cannot be read fails the import."""
    split, _ = load_progress(worker.store, record.id)
    if split.etag != record.etag:
        split = Split(version=split.version, etag=record.etag)
    try:
        _Splitter(worker, record, split).run()
    except UnreadableLogError as error:
        fail_import(worker.store, record, error.code, error.parameters, now=worker.now)
    except (ConditionFailedError, StaleError):
        return  # Another worker is at it, and further; or the import was cancelled.


def work_off(worker: Worker, record: Import, number: int) -> None:
    """Write the cases of a part, from the last stored case on. The job that ends the last part ends the import."""
    part = load_part(worker.store, record.id, number)
    if not part.done:
        part = _advance_part(worker, record, part)
        try:
            worker.store.transact([part_write(record.id, part)])
        except ConditionFailedError:
            return  # Another worker is at it, and further.
        if not part.done:
            worker.jobs.send(record.id, [number])
            return
    split, parts = load_progress(worker.store, record.id)
    if all(number in parts and parts[number].done for number in range(record.parts)):
        files = worker.files(record)
        files.put_reject_file(reject_file(files.rejects()))
        total = sum((part.tally for part in parts.values()), Tally(rejected=split.rejected))
        if finish_import(worker.store, record, total, now=worker.now):
            telemetry.record("ImportsFinished", import_id=record.id, cases=total.cases, events=total.events)


def part_number(case: str, parts: int) -> int:
    return zlib.crc32(case.encode()) % parts


def reject_file(rejects: Iterable[Reject]) -> bytes:
    """The CSV of refused rows in the order of lines, each once; at most 200,000 of them."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(Reject._fields)
    by_line: dict[int, Reject] = {}
    for reject in rejects:
        if len(by_line) < LISTED_REJECTS:
            by_line[reject.line] = reject
    writer.writerows(by_line[line] for line in sorted(by_line))
    return text.getvalue().encode()


class _Splitter:
    """Deals rows to parts. What a piece holds depends on the file alone, so a repeat stores the same pieces."""

    def __init__(self, worker: Worker, record: Import, split: Split) -> None:
        self.worker, self.record, self.split = worker, record, split
        self.files = worker.files(record)
        self._empty()

    def run(self) -> None:
        """Split as far as time allows. Raises UnreadableLogError, ConditionFailedError when somebody is further."""
        found = self.files.source()
        if found is None or found[1] != self.record.etag:
            raise UnreadableLogError("file_changed")
        body = io.BufferedReader(ForwardStream(found[0]), 1 << 17)
        reader = LogReader(body, self.record.mapping, self.record.encoding, skip_lines=self.split.lines)
        for row in reader.rows():
            self._take(row)
            if self.held >= self.worker.piece_bytes:
                self._store(reader.lines, done=False)
                if self.worker.over():
                    self.worker.jobs.send(self.record.id, [None])
                    return
        self._store(reader.lines, done=True)
        if not self.split.rows + self.split.rejected:
            raise UnreadableLogError("no_rows")
        move_import(
            self.worker.store,
            self.record,
            "importing",
            ImportSplit,
            {"rows": self.split.rows, "rejected": self.split.rejected},
            now=self.worker.now,
        )
        self.worker.jobs.send(self.record.id, range(self.record.parts))

    def _take(self, row: LogRow | Reject) -> None:
        if isinstance(row, Reject):
            self.rejects.append(row)
            self.held += REJECT_BYTES
            return
        line = piece_line(row)
        self.rows += 1
        self.held += len(line)
        self.buffers[part_number(row.case, self.record.parts)] += line

    def _store(self, lines: int, *, done: bool) -> None:
        piece = self.split.pieces
        full = [number for number, buffer in enumerate(self.buffers) if buffer]
        with ThreadPoolExecutor(self.worker.threads) as pool:
            stored = pool.map(lambda number: self.files.put_piece(number, piece, bytes(self.buffers[number])), full)
            list(stored)
        self.files.put_rejects(f"split-{piece:06d}", self.rejects)
        self.split = Split(
            version=self.split.version + 1,
            etag=self.split.etag,
            lines=lines,
            rows=self.split.rows + self.rows,
            pieces=piece + 1,
            rejected=self.split.rejected + len(self.rejects),
            done=done,
        )
        self.worker.store.transact([split_write(self.record.id, self.split)])
        self._empty()

    def _empty(self) -> None:
        self.buffers = [bytearray() for _ in range(self.record.parts)]
        self.rejects: list[Reject] = []
        self.held = self.rows = 0


def _advance_part(worker: Worker, record: Import, part: ImportPart) -> ImportPart:
    files = worker.files(record)
    cases, rejects = _part_cases(files, part.number)
    kind = find_type(worker.store, record.mapping.type)
    tally = part.tally if part.version else Tally(rejected=len(rejects))
    cursor = part.cursor
    with ThreadPoolExecutor(worker.threads) as pool:
        writer = CaseWriter(worker.store, record, kind.team if kind else "", pool)
        while cursor < len(cases):
            outcome = writer.write(cases[cursor : cursor + BATCH_CASES])
            cursor = min(cursor + BATCH_CASES, len(cases))
            tally += outcome.tally
            rejects += outcome.rejects
            if worker.over():
                break
    files.put_rejects(f"part-{part.number:04d}-{part.cursor:08d}-{cursor:08d}", rejects)
    done = cursor == len(cases)
    return part.model_copy(
        update={"version": part.version + 1, "cases": len(cases), "cursor": cursor, "done": done, "tally": tally}
    )


def _part_cases(files: ImportFiles, part: int) -> tuple[list[tuple[str, list[LogRow]]], list[Reject]]:
    """The cases of a part in the order of their first rows, and the rows that are too many for one case."""
    cases: dict[str, list[LogRow]] = {}
    rejects: list[Reject] = []
    for row in files.rows(part):
        rows = cases.setdefault(row.case, [])
        if len(rows) < LONGEST_CASE_ROWS:
            rows.append(row)
        else:
            rejects.append(Reject(row.line, row.case, "too_many_events", str(LONGEST_CASE_ROWS)))
    return list(cases.items()), rejects
