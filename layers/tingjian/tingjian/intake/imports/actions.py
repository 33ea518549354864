"""Imports as their users see them: made, started, watched, cancelled; and how one moves from state to state."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tingjian.intake.attachments.models import Download, UploadSlot
from tingjian.intake.imports.events import ImportCancelled, ImportCreated, ImportFailed, ImportFinished, ImportStarted
from tingjian.intake.imports.log_reader import GZIP_MAGIC, HEAD_BYTES, UnreadableLogError, check_head
from tingjian.intake.imports.models import (
    ENDED,
    Import,
    ImportBody,
    ImportFailure,
    ImportList,
    ImportPart,
    ImportState,
    ImportView,
    Split,
    Tally,
)
from tingjian.intake.imports.storage import (
    ImportFiles,
    ImportQueue,
    import_entity,
    import_write,
    list_entry_write,
    list_imports,
    load_import,
    load_progress,
)
from tingjian.intake.types.storage import find_type
from tingjian.platform import texts
from tingjian.platform.errors import ConflictError, StaleError, invalid
from tingjian.platform.events import SYSTEM, Actor, load_event
from tingjian.platform.facts import Fact
from tingjian.platform.idempotency import Idempotency
from tingjian.platform.ids import random_id
from tingjian.platform.records import record_change
from tingjian.platform.store import Store
from tingjian.platform.texts import Language, Phrase

PART_BYTES = 512 * 1024
MOST_PARTS = 256
GZIP_GROWTH = 8


class ImportEndedError(ConflictError):
    """The import is done or cancelled."""

    code = "import_ended"


class ImportUnfinishedError(ConflictError):
    """The import is not done yet."""

    code = "import_unfinished"


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
    """Check the uploaded file by its beginning and queue the work. Starting again goes on where it stopped.

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
    """Say why an import cannot go on. One that somebody has moved on meanwhile is left alone."""
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


def view_import(store: Store, import_id: str, *, language: Language, now: datetime) -> ImportView:
    """An import and how far it is. Two calls."""
    record = load_import(store, import_id)
    split, parts = load_progress(store, import_id)
    return import_view(record, split, parts, language=language, now=now)


def view_list(store: Store, *, limit: int, cursor: str | None, language: Language, now: datetime) -> ImportList:
    """Imports, newest first; the figures of those that have ended."""
    records, after = list_imports(store, limit=limit, cursor=cursor)
    items = tuple(import_view(record, Split(), {}, language=language, now=now) for record in records)
    return ImportList(items=items, cursor=after)


def link_to_rejects(store: Store, import_id: str, *, bucket: str) -> Download:
    """A link to the rows that were refused. Raises ImportUnfinishedError while there may be more."""
    if load_import(store, import_id).state != "done":
        raise ImportUnfinishedError
    return ImportFiles(bucket, import_id).reject_link()


def import_view(
    record: Import,
    split: Split,
    parts: Mapping[int, ImportPart],
    *,
    language: Language,
    now: datetime,
    upload: UploadSlot | None = None,
) -> ImportView:
    """The view of an import."""
    total = record.total or sum((part.tally for part in parts.values()), Tally(rejected=split.rejected))
    failure = record.failure if record.state == "failed" else None
    seconds = ((record.ended_at or now) - record.started_at).total_seconds() if record.started_at else 0.0
    return ImportView(
        id=record.id,
        name=record.name,
        source=record.mapping.source,
        state=record.state,
        reason=_failure_text(failure, language) if failure else None,
        reason_code=failure.code if failure else None,
        created_at=record.created_at,
        started_at=record.started_at,
        ended_at=record.ended_at,
        rows_read=split.rows + split.rejected if split.rows else total.events + total.rejected,
        rows_rejected=total.rejected,
        cases_total=total.cases if record.total else sum(part.cases for part in parts.values()),
        cases_done=total.cases if record.total else sum(part.cursor for part in parts.values()),
        events_imported=total.events,
        events_written=total.written,
        events_present=total.present,
        events_after_close=total.after_close,
        reopenings_after_close=total.reopenings_after_close,
        first_responses=total.responses,
        resolutions=total.resolutions,
        reopenings=total.reopenings,
        closes=total.closes,
        first_at=total.first_at,
        last_at=total.last_at,
        events_per_second=round(total.events / seconds, 1) if seconds > 0 and total.events else None,
        upload=upload,
    )


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


def _failure_text(failure: ImportFailure, language: Language) -> str:
    separator = ", " if language == "en" else "、"
    said = {name: separator.join(v) if isinstance(v, list) else v for name, v in failure.parameters.items()}
    return texts.text(f"field.{failure.code}", language, **said)
