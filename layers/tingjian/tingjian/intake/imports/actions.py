"""Imports as their users see them: made, started, watched, cancelled; and how one moves from state to state."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tingjian.intake.attachments.models import UploadSlot
from tingjian.intake.imports.events import ImportCancelled, ImportCreated, ImportFailed, ImportFinished, ImportStarted
from tingjian.intake.imports.files import ImportFiles
from tingjian.intake.imports.log_reader import GZIP_MAGIC, HEAD_BYTES, UnreadableLogError, check_head
from tingjian.intake.imports.models import (
    ENDED,
    Import,
    ImportBody,
    ImportFailure,
    ImportState,
    Tally,
)
from tingjian.intake.imports.queue import ImportQueue
from tingjian.intake.imports.storage import (
    import_entity,
    import_write,
    list_entry_write,
    load_import,
    load_progress,
)
from tingjian.intake.types.storage import find_type
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
    """An import that waits for its file, and where to upload that. Raises InvalidInputError for an unknown type."""
    kind = find_type(store, body.mapping.type)
    if kind is None or not kind.active:
        raise invalid("mapping.type", "unknown", value=body.mapping.type)
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
        data={"source": body.mapping.source, "type": body.mapping.type, "size_bytes": body.size_bytes},
        actor=actor,
        now=now,
        idempotency=idempotency,
    )
    return record, slot


def start_import(
    store: Store, jobs: ImportQueue, import_id: str, *, bucket: str, actor: Actor, now: datetime
) -> Import:
    """Check the uploaded file by its beginning and queue the work. A second start continues the work.

    Raises InvalidInputError for a file that is missing or cannot be imported, ImportEndedError.
    """
    record = load_import(store, import_id)
    if record.state in ENDED:
        raise ImportEndedError(state=Phrase(f"import.{record.state}"))
    split, _ = load_progress(store, import_id)
    if record.state in {"created", "failed"}:
        record = _inspect_file(ImportFiles(bucket, import_id), record)
        if split.done and split.etag != record.etag:
            raise invalid("file", "file_changed")
        state: ImportState = "importing" if split.done else "splitting"
        started = record.model_copy(update={"started_at": record.started_at or now, "failure": None, "ended_at": None})
        record = move_import(store, started, state, ImportStarted, {"parts": record.parts}, now=now, actor=actor)
    jobs.send(record.id, range(record.parts) if record.state == "importing" else [None])
    return record


def cancel_import(store: Store, import_id: str, *, actor: Actor, now: datetime) -> Import:
    """Stop an import; what it has written stays. Raises ImportEndedError for one that is done."""
    record = load_import(store, import_id)
    if record.state == "cancelled":
        return record
    if record.state == "done":
        raise ImportEndedError(state=Phrase("import.done"))
    return move_import(store, record, "cancelled", ImportCancelled, {}, now=now, actor=actor)


def fail_import(store: Store, record: Import, code: str, parameters: Mapping[str, Any], *, now: datetime) -> None:
    """Store why an import failed, unless its state has changed since."""
    failed = record.model_copy(update={"failure": ImportFailure(code=code, parameters=dict(parameters))})
    try:
        move_import(store, failed, "failed", ImportFailed, {"reason": code}, now=now)
    except StaleError:
        return


def finish_import(store: Store, record: Import, total: Tally, *, now: datetime) -> bool:
    """End an import with its figures; False when it has ended already."""
    finished = record.model_copy(update={"total": total})
    try:
        move_import(store, finished, "done", ImportFinished, total.model_dump(exclude_none=True), now=now)
    except StaleError:
        return False
    return True


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
    ended_at = now if state in {"done", "failed", "cancelled"} else None
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
    plain = size * (GZIP_GROWTH if head.startswith(GZIP_MAGIC) else 1)
    parts = min(max(math.ceil(plain / PART_BYTES), 1), MOST_PARTS)
    return record.model_copy(update={"etag": etag, "encoding": encoding, "parts": parts})
