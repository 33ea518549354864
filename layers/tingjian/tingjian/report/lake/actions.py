"""Filling the lake, and compacting it."""

import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from tingjian.platform.events import Event, event_from_item
from tingjian.platform.store import from_wire
from tingjian.platform.telemetry import record
from tingjian.report.lake.database import OpenLake, open_lake
from tingjian.report.lake.models import Manifest, raw_body, raw_key, table_key
from tingjian.report.lake.storage import (
    Lake,
    delete_objects,
    file_digest,
    forget_copies,
    list_manifests,
    load_manifest,
    local_copy,
    put_file,
    put_manifest,
    put_raw,
    unneeded_objects,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

AT_ONCE = 1000
"""Raw objects that one compaction takes."""
KEPT_GENERATIONS = 3
GRACE = timedelta(hours=1)


def append_events(lake: Lake, records: Sequence[Mapping[str, Any]]) -> list[str]:
    """Write the events of a batch of Journal's stream into the lake; one call, none for an empty batch.

    Returns the sequence numbers of the records that are no events. The others are written.
    """
    events: list[Event] = []
    poisoned: list[str] = []
    for entry in records:
        if entry["eventName"] != "INSERT":
            continue
        try:
            events.append(event_from_item(from_wire(entry["dynamodb"]["NewImage"])))
        except (KeyError, ValueError, TypeError, AttributeError, ValidationError):
            poisoned.append(entry["dynamodb"]["SequenceNumber"])
    if events:
        # Named by its first record and its content: the same batch again writes the same object.
        first = records[0]["dynamodb"]["SequenceNumber"]
        body = raw_body(events)
        put_raw(lake, raw_key(first, f"{events[0].recorded_at:%Y-%m-%d}", body), body)
        record("EventsKept", count=len(events))
    if poisoned:
        record("EventsRefused", count=len(poisoned), sequence_number=poisoned[0])
    return poisoned


def compact_lake(lake: Lake, *, now: datetime) -> bool:
    """Compact raw events into the next generation of the lake; True if there may be more to do.

    A run may be killed at any call, and two may overlap. A generation counts as soon as its manifest is written, and
    only one run can write the manifest of a number. Raw objects are deleted after that. Objects that a killed or beaten
    run has left are deleted an hour later.
    """
    opened = open_lake(lake, limit=AT_ONCE)
    with opened.database as database:
        if not opened.raw:
            _tidy(lake, opened.manifest, now=now)
            return False
        manifest = _next_generation(lake, opened, database)
    if manifest.objects != opened.manifest.objects and not put_manifest(lake, manifest):
        record("CompactionsBeaten", generation=manifest.generation)
        return True
    delete_objects(lake, opened.raw)
    _tidy(lake, manifest, now=now)
    record("LakeCompacted", generation=manifest.generation, objects=len(opened.raw))
    return len(opened.raw) == AT_ONCE


def forget_compactions(lake: Lake) -> None:
    """Begin an empty generation, which a replay of Journal then fills."""
    before = load_manifest(lake)
    put_manifest(lake, Manifest(generation=before.generation + 1))


def _next_generation(lake: Lake, opened: OpenLake, database: "DuckDBPyConnection") -> Manifest:
    """Write the objects of the next generation. If no raw event is new, the answer is the present generation."""
    if not opened.months:
        return opened.manifest
    generation = opened.manifest.generation + 1
    events = dict(opened.manifest.events)
    for month in opened.months:
        stored = [events[month]] if month in events else []
        events[month] = _write_table(lake, database, f"events/{month}", generation, _month_query(lake, month, stored))
    return Manifest(
        generation=generation,
        events=events,
        tickets=_write_table(lake, database, "tickets", generation, "SELECT * FROM tickets ORDER BY opened_at, ticket"),
        facts=_write_table(lake, database, "facts", generation, "SELECT * FROM facts ORDER BY kind, moment, ticket"),
        data_until=opened.data_until,
    )


def _month_query(lake: Lake, month: str, stored: Sequence[str]) -> str:
    before = "".join(f"SELECT * FROM read_parquet('{local_copy(lake, key)}') UNION ALL " for key in stored)  # noqa: S608
    return f"{before}SELECT * FROM fresh WHERE strftime(moment, '%Y-%m') = '{month}' ORDER BY entity, version"  # noqa: S608


def _write_table(lake: Lake, database: "DuckDBPyConnection", table: str, generation: int, query: str) -> str:
    with tempfile.NamedTemporaryFile(suffix=".parquet", delete=False) as file:
        path = Path(file.name)
    database.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 50000)")
    key = table_key(table, generation, file_digest(path))
    put_file(lake, key, path)
    return key


def _tidy(lake: Lake, manifest: Manifest, *, now: datetime) -> None:
    # A reader may still use an old generation: GRACE is longer than any function runs.
    manifests = list_manifests(lake)
    newest = [key for key, _ in manifests[-KEPT_GENERATIONS:]]
    old = [key for key, written in manifests if key not in newest and written < now - GRACE]
    kept = [key for key, _ in manifests if key not in old]
    needed = set(manifest.objects)
    for key in kept:
        needed |= Manifest.model_validate_json(local_copy(lake, key).read_bytes()).objects
    if old:
        delete_objects(lake, old)
    delete_objects(lake, unneeded_objects(lake, needed=needed, older_than=now - GRACE))
    forget_copies(lake, needed | set(kept))
