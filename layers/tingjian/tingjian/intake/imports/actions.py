"""Imports as their users see them: made, started, watched, cancelled; and how one moves from state to state."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tingjian.intake.attachments.models import UploadSlot
from tingjian.intake.imports.encodings import HEAD_BYTES, check_head
from tingjian.intake.imports.events import (
    ImportCancelled,
    ImportChecked,
    ImportCheckStarted,
    ImportCreated,
    ImportFailed,
    ImportFinished,
    ImportSplit,
    ImportStarted,
    ImportUndone,
    ImportUndoStarted,
)
from tingjian.intake.imports.files import ImportFiles
from tingjian.intake.imports.models import (
    ENDED,
    LAYOUT,
    Import,
    ImportBody,
    ImportFailure,
    ImportState,
    Split,
    Tally,
    Undo,
)
from tingjian.intake.imports.queue import ImportQueue
from tingjian.intake.imports.records import UnreadableLogError
from tingjian.intake.imports.sources import add_to_source, take_from_source
from tingjian.intake.imports.storage import (
    import_entity,
    import_write,
    list_entry_write,
    load_import,
    load_progress,
)
from tingjian.intake.imports.targets import check_keys
from tingjian.intake.imports.text_files import GZIP_MAGIC
from tingjian.platform.errors import ConflictError, StaleError, invalid
from tingjian.platform.events import SYSTEM, Actor, load_event
from tingjian.platform.facts import Fact
from tingjian.platform.idempotency import Idempotency
from tingjian.platform.ids import random_id
from tingjian.platform.records import record_change
from tingjian.platform.store import Store
from tingjian.platform.texts import Phrase

PART_BYTES = 512 * 1024
MOST_PARTS = 256
GZIP_GROWTH = 8
BEFORE: frozenset[ImportState] = frozenset({"created", "failed", "checked"})


class ImportNotUndoableError(ConflictError):
    """The import has written nothing that can be taken back."""

    code = "import_not_undoable"


class ImportEndedError(ConflictError):
    """The import is done or cancelled."""

    code = "import_ended"


def create_import(
    store: Store,
    body: ImportBody,
    *,
    bucket: str,
    actor: Actor,
    now: datetime,
    idempotency: Idempotency | None = None,
) -> tuple[Import, UploadSlot]:
    """An import that waits for its file, and where to upload that. Raises InvalidInputError for unknown keys."""
    check_keys(store, body.mapping)
    import_id = idempotency.derive("import") if idempotency else random_id()
    slot = ImportFiles(bucket, import_id).slot(body.size_bytes)
    if idempotency and (first := load_event(store, import_entity(import_id), 1)):
        idempotency.check(first.request)
        return load_import(store, import_id), slot
    record = Import(
        id=import_id,
        version=1,
        name=body.name,
        size_bytes=body.size_bytes,
        mapping=body.mapping,
        state="created",
        by=actor.id,
        created_at=now,
    )
    record_change(
        store,
        entity=import_entity(import_id),
        fact=ImportCreated,
        writes=[import_write(record), list_entry_write(record)],
        version=1,
        data={"source": body.mapping.source, "form": body.mapping.form, "size_bytes": body.size_bytes},
        actor=actor,
        now=now,
        idempotency=idempotency,
    )
    return record, slot


def check_import(
    store: Store, jobs: ImportQueue, import_id: str, *, bucket: str, actor: Actor, now: datetime
) -> Import:
    """Find out what an import would do, and write nothing. Raises as `start_import` does."""
    record = load_import(store, import_id)
    _require_open(record)
    if record.state in BEFORE:
        record = _inspect_file(ImportFiles(bucket, import_id), record)
        begun = record.model_copy(update={"started_at": record.started_at or now, "failure": None, "ended_at": None})
        record = move_import(
            store, begun, "checking", ImportCheckStarted, {"parts": record.parts}, now=now, actor=actor
        )
    if record.state == "checking":
        jobs.send(record.id, [None])
    return record


def start_import(
    store: Store, jobs: ImportQueue, import_id: str, *, bucket: str, actor: Actor, now: datetime
) -> Import:
    """Check the uploaded file by its beginning and queue the work. A second start continues the work.

    Raises InvalidInputError for a file that is missing or cannot be imported, ImportEndedError.
    """
    record = load_import(store, import_id)
    _require_open(record)
    split, parts = load_progress(store, import_id)
    if record.state in BEFORE:
        before = record.etag
        record = _inspect_file(ImportFiles(bucket, import_id), record)
        if parts and before and before != record.etag:
            raise invalid("file", "file_changed")
        is_split = split.done and (split.etag, split.layout) == (record.etag, LAYOUT)
        if is_split and refused_mostly(split.rows, split.rejected):
            raise invalid("file", "mostly_rejected", rejected=split.rejected, rows=split.rows + split.rejected)
        state: ImportState = "importing" if is_split else "splitting"
        started_at = record.started_at if record.started_at and record.state != "checked" else now
        started = record.model_copy(
            update={"started_at": started_at, "failure": None, "ended_at": None, "total": None, "undoable": True}
        )
        add_to_source(store, record)
        record = move_import(store, started, state, ImportStarted, {"parts": record.parts}, now=now, actor=actor)
    jobs.send(record.id, range(record.parts) if record.state == "importing" else [None])
    return record


def cancel_import(store: Store, import_id: str, *, actor: Actor, now: datetime) -> Import:
    """Stop an import; what it has written stays. Raises ImportEndedError for one that is done."""
    record = load_import(store, import_id)
    if record.state == "cancelled":
        return record
    if record.state in ENDED:
        raise ImportEndedError(state=Phrase(f"import.{record.state}"))
    return move_import(store, record, "cancelled", ImportCancelled, {}, now=now, actor=actor)


def undo_import(store: Store, jobs: ImportQueue, import_id: str, *, actor: Actor, now: datetime) -> Import:
    """Take back all that an import has written, also of one that is half done; a repeat goes on.

    Raises ImportNotUndoableError for one that has written nothing yet, or that is too old to be known in full.
    """
    record = load_import(store, import_id)
    if record.state != "undoing":
        if not record.undoable or record.state == "checking":
            raise ImportNotUndoableError
        if record.state == "undone" and record.undo and not record.undo.kept:
            return record
        update = {"undone_by": actor.id, "ended_at": None, "undo_round": record.undo_round + 1}
        begun = record.model_copy(update=update)
        record = move_import(store, begun, "undoing", ImportUndoStarted, {}, now=now, actor=actor)
    jobs.send(record.id, [None])
    return record


def begin_writing(store: Store, record: Import, split: Split, *, now: datetime) -> Import:
    """Begin to write what was split; an import of which most rows are refused fails before anything is written."""
    if refused_mostly(split.rows, split.rejected):
        counts = {"rejected": split.rejected, "rows": split.rows + split.rejected}
        failed = record.model_copy(
            update={"failure": ImportFailure(code="mostly_rejected", parameters=counts), "has_rejects": True}
        )
        return move_import(store, failed, "failed", ImportFailed, {"reason": "mostly_rejected"}, now=now)
    return move_import(
        store, record, "importing", ImportSplit, {"rows": split.rows, "rejected": split.rejected}, now=now
    )


def refused_mostly(accepted: int, refused: int) -> bool:
    return refused > accepted


def fail_import(
    store: Store,
    record: Import,
    code: str,
    parameters: Mapping[str, Any],
    *,
    now: datetime,
    total: Tally | None = None,
) -> None:
    """Store why an import failed, unless its state has changed since."""
    failure = ImportFailure(code=code, parameters=dict(parameters))
    failed = record.model_copy(update={"failure": failure, "total": total, "has_rejects": total is not None})
    try:
        move_import(store, failed, "failed", ImportFailed, {"reason": code}, now=now)
    except StaleError:
        return


def finish_import(store: Store, record: Import, total: Tally, *, now: datetime) -> bool:
    """End an import with its figures; False when it has ended already."""
    finished = record.model_copy(update={"total": total, "has_rejects": True})
    return _ended(store, finished, "done", ImportFinished, total.model_dump(exclude_none=True), now)


def end_check(store: Store, record: Import, total: Tally, *, now: datetime) -> bool:
    """End a dry run with what the import would do."""
    checked = record.model_copy(update={"foreseen": total, "has_rejects": True})
    return _ended(store, checked, "checked", ImportChecked, total.model_dump(exclude_none=True), now)


def end_undo(store: Store, record: Import, undo: Undo, *, now: datetime) -> bool:
    if not undo.kept:
        take_from_source(store, record)
    cases = undo.removed + undo.restored
    undone = record.model_copy(update={"undo": undo})
    return _ended(store, undone, "undone", ImportUndone, {"cases": cases, "kept": undo.kept}, now)


def _ended(  # noqa: PLR0917 - what an end is made of
    store: Store, record: Import, state: ImportState, fact: type[Fact], data: Mapping[str, Any], now: datetime
) -> bool:
    try:
        move_import(store, record, state, fact, data, now=now)
    except StaleError:
        return False
    return True


def _require_open(record: Import) -> None:
    if record.state in ENDED:
        raise ImportEndedError(state=Phrase(f"import.{record.state}"))


def move_import(
    store: Store,
    record: Import,
    state: ImportState,
    fact: type[Fact],
    data: Mapping[str, Any],
    *,
    now: datetime,
    actor: Actor = SYSTEM,
) -> Import:
    """The import in another state, written with its event. Raises StaleError when somebody moved it first."""
    ended_at = now if state in {"done", "failed", "cancelled", "undone"} else None
    after = record.model_copy(update={"version": record.version + 1, "state": state, "ended_at": ended_at})
    record_change(
        store,
        entity=import_entity(record.id),
        fact=fact,
        writes=[import_write(after)],
        version=after.version,
        data=data,
        actor=actor,
        now=now,
    )
    return after


def _inspect_file(files: ImportFiles, record: Import) -> Import:
    """The import with what its uploaded file is. Raises InvalidInputError that says what is wrong with the file."""
    found = files.source(HEAD_BYTES)
    if found is None:
        raise invalid("file", "upload_missing")
    body, etag, size = found
    head = body.read()
    try:
        encoding = check_head(head, record.mapping, whole=size <= len(head))
    except UnreadableLogError as error:
        raise invalid("file", error.code, **error.parameters) from error
    plain = size * (GZIP_GROWTH if head.startswith(GZIP_MAGIC) or encoding == "xlsx" else 1)
    parts = min(max(math.ceil(plain / PART_BYTES), 1), MOST_PARTS)
    return record.model_copy(update={"etag": etag, "encoding": encoding, "parts": parts})
