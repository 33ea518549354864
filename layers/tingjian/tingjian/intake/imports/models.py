"""Imports: the mapping that says what a log's columns and activities mean, and an import as it is stored and shown.

docs/import.md is the description for users; it and this module say the same.
"""

from datetime import datetime
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from tingjian.intake.attachments.models import UploadSlot
from tingjian.intake.tickets.models import Channel, CloseReason
from tingjian.intake.types.models import Priority
from tingjian.platform.models import Frozen, Line, Slug

LARGEST_BYTES = 200 * 1024 * 1024
MOST_COLUMNS = 100
LONGEST_CELL = 200
LONGEST_CASE_ROWS = 2_000

CaseAction = Literal["take_in_charge", "wait", "resolve", "close", "set_priority", "note"]
LogEncoding = Literal["utf-8", "gb18030", "big5", "utf-16", "latin-1"]
ImportState = Literal["created", "splitting", "importing", "done", "failed", "cancelled"]
ENDED: frozenset[ImportState] = frozenset({"done", "cancelled"})
ACTIONS: tuple[str, ...] = get_args(CaseAction)
REASONS: tuple[str, ...] = get_args(CloseReason)
CUSTOMER_FIELD = "customer"
SAMPLE = datetime(2026, 11, 23, 17, 0)  # noqa: DTZ001 - a local time, to try a format with


class FormatMapping(Frozen):
    """How the file is written. Without an encoding it is found out from the file's beginning."""

    encoding: LogEncoding | None = None
    delimiter: str = Field(default=",", min_length=1, max_length=1)

    @field_validator("delimiter")
    @classmethod
    def _separates(cls, delimiter: str) -> str:
        if delimiter in '"\r\n ' or delimiter.isalnum():
            code = "delimiter"
            raise PydanticCustomError(code, "Cannot separate cells")
        return delimiter


class TimeMapping(Frozen):
    """Where the time of an event stands and how it is written; local times need the zone that they are in."""

    column: Line
    format: Line
    zone: str | None = Field(default=None, max_length=64)

    @field_validator("format")
    @classmethod
    def _gives_a_date(cls, form: str) -> str:
        try:
            local = SAMPLE.replace(tzinfo=ZoneInfo("UTC")) if "%z" in form else SAMPLE
            read = datetime.strptime(local.strftime(form), form)  # noqa: DTZ007 - the zone is checked apart
        except ValueError:
            read = None
        if read is None or (read.date(), read.hour) != (SAMPLE.date(), SAMPLE.hour):
            code = "time_format"
            raise PydanticCustomError(code, "Gives no date and hour")
        return form

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, zone: str | None) -> str | None:
        try:
            return zone if zone is None else ZoneInfo(zone).key
        except (ValueError, KeyError, OSError) as error:
            code = "time_zone"
            raise PydanticCustomError(code, "No such zone") from error

    @model_validator(mode="after")
    def _has_a_zone(self) -> "TimeMapping":
        if self.zone is None and "%z" not in self.format:
            code = "zone_missing"
            raise PydanticCustomError(code, "Local times need a zone")
        return self


class PriorityMapping(Frozen):
    """Where the priority stands, and what its values mean."""

    column: Line
    values: dict[Line, Priority] = Field(max_length=200)
    otherwise: Priority | None = None


class ActionMapping(Frozen):
    """What an activity does; `reason` says why a `close` closes."""

    action: CaseAction
    reason: CloseReason = "done"


class LogMapping(Frozen):
    """A mapping file."""

    source: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    format: FormatMapping = FormatMapping()
    time: TimeMapping
    case: Line
    activity: Line
    person: Line | None = None
    fields: dict[Slug, Line] = Field(default={}, max_length=20)
    priority: PriorityMapping | None = None
    type: Slug
    channel: Channel = "import"
    activities: dict[Line, ActionMapping] = Field(min_length=1, max_length=500)
    otherwise: Literal["note", "reject"] = "note"

    @field_validator("activities", mode="before")
    @classmethod
    def _spelled_out(cls, given: Any) -> Any:
        """Take the short form, an action's name alone."""
        if not isinstance(given, dict):
            return given
        return {name: {"action": does} if isinstance(does, str) else does for name, does in given.items()}

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read, in the order in which a row is kept: `cases.Row` names the first five."""
        priority = self.priority.column if self.priority else None
        named = (self.case, self.activity, self.time.column, self.person, priority, *self.fields.values())
        return tuple(name or "" for name in named)


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
        """Both together."""
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
