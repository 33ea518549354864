"""From the rows of a case to the steps of its ticket, and to what goes to the reject file. Pure.

docs/import.md lists the reasons for which a row is rejected, and says which pass an ambiguous local time means.
"""

import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tingjian.intake.imports.mappings import CaseAction, LogMapping
from tingjian.intake.imports.models import LONGEST_CELL
from tingjian.intake.tickets.models import CloseReason
from tingjian.intake.types.models import Priority
from tingjian.platform.ids import fingerprint

ALLOWED_CONTROLS = frozenset("\n\t\r")
SHOWN = 60


class LogRow(NamedTuple):
    """A row of the file: its line, and the cells that the mapping names."""

    line: int
    case: str
    activity: str
    time: str
    person: str
    priority: str
    fields: tuple[str, ...]


class Step(NamedTuple):
    """An accepted row: what happens, when (aware UTC), by whom. `digest` covers it and every step before it."""

    line: int
    activity: str
    action: CaseAction
    reason: CloseReason
    at: datetime
    person: str
    priority: Priority | None
    digest: str


class Reject(NamedTuple):
    """A row that is not imported: where it stands, and why. `detail` names the column or shows the value."""

    line: int
    case: str
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A case as the log tells it. `fields` are those of its first accepted row."""

    id: str
    fields: dict[str, str]
    priority: Priority
    steps: tuple[Step, ...]

    @property
    def people(self) -> set[str]:
        return {step.person for step in self.steps if step.person}


class RefusedRowError(Exception):
    """The row cannot be imported."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail[:SHOWN]


def log_row(line: int, cells: Sequence[str]) -> LogRow:
    """The row of the cells of the mapping's columns, in `Mapping.columns` order; spaces around a cell do not count."""
    case, activity, time, person, priority, *fields = (cell.strip() for cell in cells)
    return LogRow(line, case, activity, time, person, priority, tuple(fields))


def read_case(mapping: LogMapping, rows: Iterable[LogRow]) -> tuple[Case | None, list[Reject]]:
    """The case that these rows tell, in file order, and the rows that are refused; no case when all of them are."""
    reader = _CaseReader(mapping)
    rejects = []
    for row in rows:
        try:
            reader.read(row)
        except RefusedRowError as refused:
            rejects.append(Reject(row.line, row.case, refused.reason, refused.detail))
    return reader.case, rejects


def read_instant(text: str, form: str, zone: ZoneInfo | None, *, after: datetime | None) -> datetime:
    """The UTC instant of a written time that follows `after` in its case.

    A local time that occurs twice is its first pass, unless only the second lies not before `after`; one that does not
    occur moves forward by the length of the gap. Raises RefusedRowError (`bad_time`, `time_goes_back`).
    """
    try:
        written = datetime.strptime(text, form)  # noqa: DTZ007 - the zone comes next
        passes = [written] if written.tzinfo else [written.replace(tzinfo=zone, fold=fold) for fold in (0, 1)]
        readings = [reading.astimezone(UTC) for reading in passes]
    except (ValueError, OverflowError) as error:
        raise RefusedRowError("bad_time", text) from error
    for reading in readings:
        if after is None or reading >= after:
            return reading
    raise RefusedRowError("time_goes_back", text)


class _CaseReader:
    """Reads the rows of one case in order."""

    def __init__(self, mapping: LogMapping) -> None:
        self.mapping = mapping
        self.zone = ZoneInfo(mapping.time.zone) if mapping.time.zone else None
        self.steps: list[Step] = []
        self.first: tuple[str, dict[str, str], Priority] | None = None

    @property
    def case(self) -> Case | None:
        if self.first is None:
            return None
        case_id, fields, priority = self.first
        return Case(case_id, fields, priority, tuple(self.steps))

    def read(self, row: LogRow) -> None:
        """Take a row. Raises RefusedRowError, and then the row has left no trace."""
        self._check_cells(row)
        before = self.steps[-1] if self.steps else None
        at = read_instant(row.time, self.mapping.time.format, self.zone, after=before.at if before else None)
        action, reason = self._meaning(row)
        priority = self._priority(row) if before is None or action == "set_priority" else None
        first = self.first or (row.case, self._fields(row), priority or "normal")
        digest = before.digest if before else fingerprint("case", json.dumps(first))[:16]
        facts = (row.activity, action, reason, at.isoformat(), row.person, priority or "")
        self.first = first
        self.steps.append(
            Step(row.line, row.activity, action, reason, at, row.person, priority, fingerprint(digest, *facts)[:16])
        )

    def _check_cells(self, row: LogRow) -> None:
        if not row.activity:
            raise RefusedRowError("empty_activity")
        used = (row.case, row.activity, row.time, row.person, row.priority, *row.fields)
        for column, cell in zip(self.mapping.columns, used, strict=True):
            if len(cell) > LONGEST_CELL:
                raise RefusedRowError("too_long", column)
            if not cell.isprintable() and any(map(_is_forbidden, cell)):
                raise RefusedRowError("control_character", column)

    def _meaning(self, row: LogRow) -> tuple[CaseAction, CloseReason]:
        found = self.mapping.activities.get(row.activity)
        if found:
            return found.action, found.reason
        if self.mapping.otherwise == "reject":
            raise RefusedRowError("unknown_activity", row.activity)
        return "note", "done"

    def _priority(self, row: LogRow) -> Priority | None:
        if self.mapping.priority is None:
            return None
        found = self.mapping.priority.values.get(row.priority) or self.mapping.priority.otherwise
        if found is None:
            raise RefusedRowError("unknown_priority", row.priority)
        return found

    def _fields(self, row: LogRow) -> dict[str, str]:
        return {key: cell for key, cell in zip(self.mapping.fields, row.fields, strict=True) if cell}


def _is_forbidden(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs"} and character not in ALLOWED_CONTROLS
