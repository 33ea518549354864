"""Imports as their users see them: made, started, watched, cancelled, undone."""

import math
from datetime import datetime

from tingjian.intake.attachments.models import UploadSlot
from tingjian.intake.imports.encodings import HEAD_BYTES, check_head
from tingjian.intake.imports.events import (
    ImportCancelled,
    ImportCheckStarted,
    ImportCreated,
    ImportStarted,
    ImportUndoStarted,
)
from tingjian.intake.imports.files import ImportFiles
from tingjian.intake.imports.models import (
    ENDED,
    LAYOUT,
    Import,
    ImportBody,
    ImportState,
)
from tingjian.intake.imports.queue import ImportQueue
from tingjian.intake.imports.records import UnreadableLogError
from tingjian.intake.imports.sources import add_to_source
from tingjian.intake.imports.states import move_import, refused_mostly
from tingjian.intake.imports.storage import (
    import_entity,
    import_write,
    list_entry_write,
    load_import,
    load_progress,
)
from tingjian.intake.imports.targets import check_keys
from tingjian.intake.imports.text_files import GZIP_MAGIC
from tingjian.platform.errors import ConflictError, invalid
from tingjian.platform.events import Actor, load_event
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


def _require_open(record: Import) -> None:
    if record.state in ENDED:
        raise ImportEndedError(state=Phrase(f"import.{record.state}"))


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
