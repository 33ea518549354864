"""The jobs of an import: split the file, work off each part, take back what was written. All go on where they stopped.

A job works for some seconds, stores how far it came and queues itself again.
"""

import csv
import io
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from tingjian.intake.imports.case_outcomes import BatchGoneError
from tingjian.intake.imports.case_writer import CaseWriter
from tingjian.intake.imports.cases import LogRow, Reject
from tingjian.intake.imports.customer_rows import write_customers
from tingjian.intake.imports.files import ImportFiles
from tingjian.intake.imports.models import LAYOUT, LONGEST_CASE_ROWS, Import, ImportPart, Split, Tally
from tingjian.intake.imports.records import UnreadableLogError
from tingjian.intake.imports.splitting import Splitter
from tingjian.intake.imports.states import begin_writing, end_check, fail_import, finish_import, refused_mostly
from tingjian.intake.imports.storage import load_import, load_part, load_progress, part_write
from tingjian.intake.imports.undo import undo_some
from tingjian.intake.imports.worker import Worker
from tingjian.platform import telemetry
from tingjian.platform.csv_cells import safe_cell
from tingjian.platform.errors import StaleError
from tingjian.platform.store import ConditionFailedError

BATCH_CASES = 40
LISTED_REJECTS = 200_000
AT_PARTS = {"importing", "checking"}


def do_job(worker: Worker, import_id: str, part: int | None) -> None:
    """Do one job: split the file, work off a part of it, or undo. A job of an import that is not at it does nothing."""
    record = load_import(worker.store, import_id)
    if part is not None:
        if record.state in AT_PARTS:
            work_off(worker, record, part)
    elif record.state in {"splitting", "checking"}:
        split_file(worker, record)
    elif record.state == "importing":
        worker.jobs.send(record.id, range(record.parts))
    elif record.state == "undoing" and not undo_some(worker.store, record, over=worker.over, now=worker.now):
        worker.jobs.send(record.id, [None])


def split_file(worker: Worker, record: Import) -> None:
    """Deal the file's rows to parts, from where it was left off. A file that cannot be read fails the import."""
    split, _ = load_progress(worker.store, record.id)
    if (split.etag, split.layout) != (record.etag, LAYOUT):
        split = Split(version=split.version, etag=record.etag, layout=LAYOUT)
    splitter = Splitter(worker, record, split)
    try:
        if not split.done and not splitter.run():
            worker.jobs.send(record.id, [None])
            return
        if record.state == "splitting":
            record = begin_writing(worker.store, record, splitter.split, now=worker.now)
        if record.state == "failed":
            files = worker.files(record)
            files.put_reject_file(reject_file(files.rejects()))
            return
    except UnreadableLogError as error:
        fail_import(worker.store, record, error.code, error.parameters, now=worker.now)
        return
    except (ConditionFailedError, StaleError):
        return  # Another worker is at it, and further; or the import was cancelled.
    worker.jobs.send(record.id, range(record.parts))


def work_off(worker: Worker, record: Import, number: int) -> None:
    """Write the cases of a part, from the last stored case on. The job that ends the last part ends the import."""
    dry = record.state == "checking"
    part = load_part(worker.store, record.id, number, dry=dry)
    if not part.done:
        try:
            part = _advance_part(worker, record, part, dry=dry)
            worker.store.transact([part_write(record.id, part, dry=dry)])
        except (ConditionFailedError, BatchGoneError):
            return  # Another worker is at it, and further; or the import is being undone.
        if not part.done:
            worker.jobs.send(record.id, [number])
            return
    split, parts = load_progress(worker.store, record.id, dry=dry)
    if all(number in parts and parts[number].done for number in range(record.parts)):
        _end(worker, record, sum((part.tally for part in parts.values()), Tally(rejected=split.rejected)))


def _end(worker: Worker, record: Import, total: Tally) -> None:
    files = worker.files(record)
    files.put_reject_file(reject_file(files.rejects()))
    if record.state == "checking":
        end_check(worker.store, record, total, now=worker.now)
    elif refused_mostly(total.events, total.rejected):
        counts = {"rejected": total.rejected, "rows": total.events + total.rejected}
        fail_import(worker.store, record, "mostly_rejected", counts, now=worker.now, total=total)
    elif finish_import(worker.store, record, total, now=worker.now):
        telemetry.record("ImportsFinished", import_id=record.id, cases=total.cases, events=total.events)


def reject_file(rejects: Iterable[Reject]) -> bytes:
    """The CSV of refused rows in the order of lines, each once; at most 200,000 of them."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(Reject._fields)
    by_line: dict[int, Reject] = {}
    for reject in rejects:
        if len(by_line) < LISTED_REJECTS:
            by_line[reject.line] = reject
    writer.writerows([safe_cell(cell) for cell in by_line[line]] for line in sorted(by_line))
    return text.getvalue().encode()


def _advance_part(worker: Worker, record: Import, part: ImportPart, *, dry: bool) -> ImportPart:
    files = worker.files(record)
    cases, rejects = _part_cases(files, part.number)
    tally = part.tally if part.version else Tally(rejected=len(rejects))
    cursor = part.cursor
    known = worker.known()
    with ThreadPoolExecutor(worker.threads) as pool:
        writer = CaseWriter(worker.store, record, known, pool, part.number, dry=dry)
        while cursor < len(cases):
            some = cases[cursor : cursor + BATCH_CASES]
            if record.mapping.form == "customers":
                outcome = write_customers(writer, some, place=cursor)
            else:
                outcome = writer.write(some, place=cursor)
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
