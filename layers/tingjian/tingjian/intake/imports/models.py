from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from tingjian.intake.attachments.models import UploadSlot
from tingjian.intake.imports.mappings import LogEncoding, LogMapping
from tingjian.platform.models import Frozen, Line

LARGEST_BYTES = 200 * 1024 * 1024
LONGEST_CELL = 200
LONGEST_CASE_ROWS = 2_000

ImportState = Literal["created", "splitting", "importing", "done", "failed", "cancelled"]
ENDED: frozenset[ImportState] = frozenset({"done", "cancelled"})


class ImportBody(Frozen):
    """What somebody who imports says first: the file's name and size, and its mapping."""

    name: Line
    size_bytes: int = Field(ge=1, le=LARGEST_BYTES)
    mapping: LogMapping


class ImportFailure(Frozen):
    """Why an import failed: a key under `field.` in the catalogue, with its parameters."""

    code: str
    parameters: dict[str, Any] = Field(default={})


class Tally(Frozen):
    """What was found and done; every figure adds up over the parts of an import.

    `events` are accepted rows: `written` by this import, `present` before it. `after_close` are notes after a close,
    `reopenings_after_close` those among them that would have reopened the ticket.
    """

    cases: int = 0
    events: int = 0
    written: int = 0
    present: int = 0
    rejected: int = 0
    after_close: int = 0
    reopenings_after_close: int = 0
    responses: int = 0
    resolutions: int = 0
    reopenings: int = 0
    closes: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None

    def __add__(self, other: "Tally") -> "Tally":
        sums = {name: getattr(self, name) + getattr(other, name) for name in COUNTS}
        firsts = [at for at in (self.first_at, other.first_at) if at]
        lasts = [at for at in (self.last_at, other.last_at) if at]
        return Tally(first_at=min(firsts, default=None), last_at=max(lasts, default=None), **sums)


COUNTS = tuple(name for name in Tally.model_fields if not name.endswith("_at"))


class Split(Frozen):
    """How far a file was split: physical lines and rows read, pieces stored, rows refused. `etag` says which file."""

    version: int = 0
    etag: str = ""
    lines: int = 0
    rows: int = 0
    pieces: int = 0
    rejected: int = 0
    done: bool = False


class Import(Frozen):
    """A stored import. `started_at` is also when its events count as recorded."""

    id: str
    version: int
    name: str
    size_bytes: int
    mapping: LogMapping
    state: ImportState
    by: str
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    etag: str = ""
    encoding: LogEncoding = "utf-8"
    parts: int = 1
    failure: ImportFailure | None = None
    total: Tally | None = None


class ImportPart(Frozen):
    """A part of an import: the cases that fall to it, how many of them were worked off, and what came of them."""

    number: int
    version: int = 0
    cases: int = 0
    cursor: int = 0
    done: bool = False
    tally: Tally = Tally()


class StoredCase(Frozen):
    """What is known of a case that was imported.

    Its ticket, that ticket's version and hash as the last import left it, how many steps those are, their digest, and
    how many of them each import wrote.
    """

    source: str
    case: str
    ticket: str
    version: int
    hash: str
    steps: int
    digest: str
    imports: dict[str, int]


class ImportView(Frozen):
    """An import and how far it is. `upload` is the slot for the file, given when the import is made."""

    id: str
    name: str
    source: str
    state: ImportState
    reason: str | None = None
    reason_code: str | None = None
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    rows_read: int
    rows_rejected: int
    cases_total: int
    cases_done: int
    events_imported: int
    events_written: int
    events_present: int
    events_after_close: int
    reopenings_after_close: int
    first_responses: int
    resolutions: int
    reopenings: int
    closes: int
    first_at: datetime | None = None
    last_at: datetime | None = None
    events_per_second: float | None = None
    upload: UploadSlot | None = None


class ImportList(Frozen):
    """Some imports, newest first."""

    items: tuple[ImportView, ...]
    cursor: str | None = None
