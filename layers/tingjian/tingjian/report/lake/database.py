"""The database that reports are counted in: DuckDB in this process, over local copies of the lake's objects.

It reads nothing from the network: objects are fetched by the SDK first. A reader sees the tables `tickets` and
`facts` as they are now: what is compacted, and the events that came since.
"""

import functools
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tingjian.intake.tickets.models import CATEGORIES
from tingjian.report.lake.models import Manifest
from tingjian.report.lake.storage import Lake, ObjectGoneError, list_raw, load_manifest, local_copies, local_copy

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ATTEMPTS = 5
MEMORY_LIMIT = "1GB"
THREADS = 2
LINE = (
    "{entity: 'VARCHAR', version: 'INTEGER', name: 'VARCHAR', 'at': 'VARCHAR', recorded_at: 'VARCHAR',"
    " actor: 'VARCHAR', imported: 'BOOLEAN', data: 'JSON'}"
)


@dataclass(frozen=True, slots=True)
class OpenLake:
    """A connection that sees a generation and what came after it. `raw` are the objects that came after it.

    `data_until` is when the newest event in sight was recorded, None in an empty lake.
    """

    database: "DuckDBPyConnection"
    manifest: Manifest
    raw: tuple[str, ...]
    months: tuple[str, ...]
    data_until: datetime | None


def open_lake(lake: Lake, *, limit: int | None = None) -> OpenLake:
    """Open the lake as it is now, with at most `limit` raw objects.

    Raises ObjectGoneError if compactions delete objects in every attempt.
    """
    # Raw objects are listed before the manifest is read, so that no event is missed between the two. A raw object that
    # was compacted in between cannot be fetched, and the next attempt reads the newer manifest.
    for attempt in range(1, ATTEMPTS + 1):
        raw = list_raw(lake, limit)
        try:
            manifest = load_manifest(lake)
            return open_generation(lake, manifest, raw)
        except ObjectGoneError:
            if attempt == ATTEMPTS:
                raise
    raise AssertionError


def connect() -> "DuckDBPyConnection":
    """An empty database in memory that may spill to the disk and loads no extensions."""
    import duckdb  # noqa: PLC0415 - in the analytics layer only

    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY_LIMIT,
        "threads": THREADS,
        "temp_directory": str(Path(tempfile.gettempdir()) / "tingjian-spill"),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    database = duckdb.connect(":memory:", config=settings)
    database.execute("SET enable_progress_bar = false")
    return database


@functools.cache
def sql_text(path: str) -> str:
    """An SQL text of this wing, by its path: `lake/derive.sql`."""
    return (Path(__file__).parents[1] / path).read_text(encoding="utf-8")


def open_generation(lake: Lake, manifest: Manifest, raw: Sequence[str]) -> OpenLake:
    """A generation and the raw objects that came after it. Raises ObjectGoneError."""
    raw_paths = [str(path) for path in local_copies(lake, raw)]
    stored = {"tickets": _copy_paths(lake, manifest.tickets), "facts": _copy_paths(lake, manifest.facts)}
    database = connect()
    database.execute(sql_text("lake/schema.sql"))
    for table, paths in stored.items():
        _view(database, f"stored_{table}", paths, empty=f"no_{table}")
    months: tuple[str, ...] = ()
    if raw_paths:
        months = _add_raw_events(lake, manifest, database, raw_paths)
    else:
        for table in stored:
            database.execute(f"CREATE TEMP VIEW {table} AS SELECT * FROM stored_{table}")  # noqa: S608 - own names
    return OpenLake(database, manifest, tuple(raw), months, _data_until(database, manifest, fresh=bool(raw_paths)))


def _add_raw_events(
    lake: Lake, manifest: Manifest, database: "DuckDBPyConnection", raw_paths: list[str]
) -> tuple[str, ...]:
    """Make the tables with the raw events in them; the months in which new events happened."""
    _read_raw(database, raw_paths)
    since = database.execute(
        """SELECT least((SELECT min("at"::TIMESTAMP) FROM raw), (SELECT min(opened_at) FROM stored_tickets
           WHERE ticket IN (SELECT CASE WHEN starts_with(entity, 'ticket#') THEN substr(entity, 8)
                            ELSE data ->> '$.ticket' END FROM raw)))"""
    ).fetchone()
    earliest = f"{since[0]:%Y-%m}" if since and since[0] else "9999"
    needed = [key for month, key in sorted(manifest.events.items()) if month >= earliest]
    _view(database, "stored_events", [str(path) for path in local_copies(lake, needed)], empty="no_events")
    database.execute("CREATE TEMP TABLE categories (status VARCHAR, category VARCHAR)")
    database.executemany("INSERT INTO categories VALUES (?, ?)", [list(pair) for pair in CATEGORIES.items()])
    for step in ("lake/fresh.sql", "lake/derive.sql", "lake/renew.sql"):
        database.execute(sql_text(step))
    found = database.execute("SELECT DISTINCT strftime(moment, '%Y-%m') FROM fresh ORDER BY 1").fetchall()
    return tuple(month for (month,) in found)


def _read_raw(database: "DuckDBPyConnection", paths: list[str]) -> None:
    source = f"read_json($paths, format = 'newline_delimited', columns = {LINE}, maximum_object_size = 1000000)"
    database.execute(f"CREATE TEMP TABLE raw AS SELECT * FROM {source}", {"paths": paths})  # noqa: S608 - own names


def _copy_paths(lake: Lake, key: str | None) -> list[str]:
    return [str(local_copy(lake, key))] if key else []


def _view(database: "DuckDBPyConnection", name: str, paths: list[str], *, empty: str) -> None:
    listed = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
    # By name with the empty table: what was compacted before a column was there has none in it.
    stored = f"SELECT * FROM read_parquet([{listed}]) UNION ALL BY NAME" if paths else ""  # noqa: S608 - own paths
    database.execute(f"CREATE TEMP VIEW {name} AS {stored} SELECT * FROM {empty}")  # noqa: S608 - own names and paths


def _data_until(database: "DuckDBPyConnection", manifest: Manifest, *, fresh: bool) -> datetime | None:
    if not fresh:
        return manifest.data_until
    row: Any = database.execute("SELECT max(recorded_at) FROM fresh").fetchone()
    newest = row[0].replace(tzinfo=UTC) if row and row[0] else None
    known = [moment for moment in (newest, manifest.data_until) if moment]
    return max(known) if known else None
