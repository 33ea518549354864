"""How imports are shown: how far each is, and why one failed."""

from collections.abc import Mapping
from datetime import datetime

from tingjian.intake.attachments.models import Download, UploadSlot
from tingjian.intake.imports.files import ImportFiles
from tingjian.intake.imports.known import Known, known_of
from tingjian.intake.imports.models import (
    Import,
    ImportFailure,
    ImportFindings,
    ImportList,
    ImportPart,
    ImportView,
    PersonFinding,
    Split,
    Tally,
)
from tingjian.intake.imports.states import refused_mostly
from tingjian.intake.imports.storage import list_imports, load_import, load_progress, load_undo
from tingjian.intake.types.storage import list_types
from tingjian.people.staff.storage import list_staff, list_teams
from tingjian.platform import texts
from tingjian.platform.errors import ConflictError
from tingjian.platform.store import Store
from tingjian.platform.texts import Language


class ImportUnfinishedError(ConflictError):
    """The import is not done yet."""

    code = "import_unfinished"


def view_import(store: Store, import_id: str, *, language: Language, now: datetime) -> ImportView:
    """An import and how far it is. Two calls."""
    record = load_import(store, import_id)
    dry = record.state in {"checking", "checked"}
    split, parts = load_progress(store, import_id, dry=dry)
    shown = import_view(record, split, parts, language=language, now=now)
    undo = load_undo(store, import_id) if record.state in {"undoing", "undone"} else None
    findings = _findings(record, split, known_of(list_staff(store), list_teams(store), list_types(store)))
    return shown.model_copy(update={"findings": findings, "undo": undo})


def view_imports(store: Store, *, limit: int, cursor: str | None, language: Language, now: datetime) -> ImportList:
    """Imports, newest first; the figures of those that have ended."""
    records, after = list_imports(store, limit=limit, cursor=cursor)
    items = tuple(import_view(record, Split(), {}, language=language, now=now) for record in records)
    return ImportList(items=items, cursor=after)


def link_to_rejects(store: Store, import_id: str, *, bucket: str) -> Download:
    """A link to the rows that were refused. Raises ImportUnfinishedError while there may be more."""
    record = load_import(store, import_id)
    if not record.has_rejects and record.state != "done":  # Older imports that are done do not say that they have them.
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
    done = record.total or (record.foreseen if record.state == "checked" else None)
    total = done or sum((part.tally for part in parts.values()), Tally(rejected=split.rejected))
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
        cases_total=total.cases if done else sum(part.cases for part in parts.values()),
        cases_done=total.cases if done else sum(part.cursor for part in parts.values()),
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


def _findings(record: Import, split: Split, known: Known) -> ImportFindings | None:
    """What splitting the file has found, and whom its people are here; None before that."""
    if not split.done:
        return None
    found = split.findings
    return ImportFindings(
        unlisted_activities=found.activities,
        unlisted_values=found.values,
        people=tuple(
            PersonFinding(name=name, rows=rows, person=record.mapping.people.get(name) or known.person(name))
            for name, rows in found.people.items()
        ),
        types=found.types,
        rejects_by_reason=found.reasons,
        first_rejects=found.bad_rows,
        cells_cut=found.cells_cut,
        mostly_rejected=refused_mostly(split.rows, split.rejected),
    )


def _failure_text(failure: ImportFailure, language: Language) -> str:
    separator = ", " if language == "en" else "、"
    said = {name: separator.join(v) if isinstance(v, list) else v for name, v in failure.parameters.items()}
    return texts.text(f"field.{failure.code}", language, **said)
