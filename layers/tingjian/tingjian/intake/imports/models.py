from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from tingjian.intake.attachments.models import UploadSlot
from tingjian.intake.imports.columns import FileKind
from tingjian.intake.imports.findings import BadRow, Findings
from tingjian.intake.imports.mappings import LogMapping
from tingjian.platform.models import Frozen, Line

LARGEST_BYTES = 200 * 1024 * 1024

LONGEST_CASE_ROWS = 2_000
LAYOUT = 2
"""Of the pieces of a split file; one of another layout is split again."""

ImportState = Literal[
    "created", "checking", "checked", "splitting", "importing", "done", "failed", "cancelled", "undoing", "undone"
]
ENDED: frozenset[ImportState] = frozenset({"done", "cancelled", "undoing", "undone"})


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
    layout: int = 1
    etag: str = ""
    lines: int = 0
    rows: int = 0
    pieces: int = 0
    rejected: int = 0
    done: bool = False
    findings: Findings = Findings()


class Undo(Frozen):
    """How far an undo is: cases that are gone, or again as they were before, and those that were left."""

    version: int = 0
    removed: int = 0
    restored: int = 0
    kept: int = 0
    parties: int = 0


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
    encoding: FileKind = "utf-8"
    parts: int = 1
    failure: ImportFailure | None = None
    total: Tally | None = None
    foreseen: Tally | None = None
    undo: Undo | None = None
    undone_by: str | None = None
    undo_round: int = 0
    has_rejects: bool = False
    undoable: bool = False


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

    Its ticket, that ticket's version and hash as the last import left it, how many steps and facts those are, their
    digest, and how many steps each import wrote. `told_by` is the form of the file that told its events.
    """

    source: str
    case: str
    ticket: str
    version: int
    hash: str
    steps: int
    digest: str
    imports: dict[str, int]
    facts: int = 0
    last_import: str = ""
    told_by: str = "events"

    @property
    def facts_written(self) -> int:
        """How many of the case's facts are events; cases of older imports have one event a fact."""
        return self.facts or self.version


class Batch(Frozen):
    """Cases of a part that are written together, and the keys of the people and customers added for them."""

    part: int
    place: int
    cases: tuple[str, ...] = ()
    parties: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        return f"{self.part:04d}#{self.place:08d}"


class PersonFinding(Frozen):
    """A name of the file: in how many rows, and whom it means; nobody here if it is a former colleague."""

    name: str
    rows: int
    person: str | None = None


class ImportFindings(Frozen):
    """What the file names that the mapping does not list, with the number of rows, and the first bad rows."""

    unlisted_activities: dict[str, int]
    unlisted_values: dict[str, dict[str, int]]
    people: tuple[PersonFinding, ...]
    types: dict[str, int]
    rejects_by_reason: dict[str, int]
    first_rejects: tuple[BadRow, ...]
    cells_cut: int
    mostly_rejected: bool


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
    undo: Undo | None = None
    findings: ImportFindings | None = None
    upload: UploadSlot | None = None


class ImportList(Frozen):
    """Some imports, newest first."""

    items: tuple[ImportView, ...]
    cursor: str | None = None
