"""The states of an import: how it moves from one to the next, and how it ends."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tingjian.intake.imports.events import ImportChecked, ImportFailed, ImportFinished, ImportSplit, ImportUndone
from tingjian.intake.imports.models import Import, ImportFailure, ImportState, Split, Tally, Undo
from tingjian.intake.imports.sources import take_from_source
from tingjian.intake.imports.storage import import_entity, import_write
from tingjian.platform.errors import StaleError
from tingjian.platform.events import SYSTEM, Actor
from tingjian.platform.facts import Fact
from tingjian.platform.records import record_change
from tingjian.platform.store import Store


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
