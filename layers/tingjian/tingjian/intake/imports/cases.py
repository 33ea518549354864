"""From the rows of a case to the steps of its ticket, and to what goes to the reject file. Pure."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from tingjian.intake.imports.known import Known
from tingjian.intake.imports.mappings import LogMapping
from tingjian.intake.imports.row_reader import RowReader
from tingjian.intake.imports.rows import Happening, LogRow, ReadRow, RefusedRowError, Reject, Told, log_row
from tingjian.intake.types.models import Priority
from tingjian.platform.ids import fingerprint

__all__ = ["Case", "LogRow", "Reject", "Step", "log_row", "read_case"]

RANKS: dict[str, int] = {
    action: rank
    for rank, action in enumerate(
        (
            *("open", "set_priority", "message", "assign", "take_in_charge", "release", "answer"),
            *("wait", "resume", "note", "resolve", "close", "reopen", "rate"),
        )
    )
}
"""What comes first of things that happened at one instant, whatever the order of the file."""


class Step(NamedTuple):
    """What happened, and when (aware UTC). `digest` covers it and every step before it."""

    said: Happening
    at: datetime
    digest: str

    @property
    def line(self) -> int:
        return self.said.line

    @property
    def priority(self) -> Priority | None:
        return self.said.priority


@dataclass(frozen=True, slots=True)
class Case:
    """A case as the file tells it. `told` is what its first row says of the ticket; `rows` how many were taken."""

    id: str
    told: Told
    steps: tuple[Step, ...]
    rows: int

    @property
    def fields(self) -> dict[str, str]:
        return self.told.fields

    @property
    def priority(self) -> Priority:
        return self.told.priority

    @property
    def people(self) -> set[str]:
        names = {name for step in self.steps for name in (step.said.person, step.said.assignee)}
        return (names | {self.told.owner}) - {""}


class _Taken(NamedTuple):
    """A row that was read, and a thing that it says happened."""

    read: ReadRow
    said: Happening
    at: datetime


def read_case(
    mapping: LogMapping, rows: Iterable[LogRow], known: Known | None = None, *, now: datetime | None = None
) -> tuple[Case | None, list[Reject]]:
    """The case that these rows tell, and the rows that are refused; no case when all of them are."""
    reader = RowReader(mapping, known, now=now)
    taken: list[_Taken] = []
    rejects: list[Reject] = []
    seen: set[tuple[str, ...]] = set()
    case_id, count = "", 0
    for row in rows:
        if row.cells in seen and mapping.reading.equal == "once":
            count += 1
            continue
        try:
            taken += _placed(mapping, reader.read(row), taken)
        except RefusedRowError as refused:
            rejects.append(Reject(row.line, row.case, refused.reason, refused.detail))
            continue
        seen.add(row.cells)
        case_id, count = row.case, count + 1
    if not taken:
        return None, rejects
    if mapping.reading.order == "time":
        taken.sort(key=_place_in_time)
    return Case(case_id, taken[0].read.told, tuple(_steps(case_id, taken)), count), rejects


def _placed(mapping: LogMapping, read: ReadRow, before: Sequence[_Taken]) -> list[_Taken]:
    """What the row says, each at its instant. Raises RefusedRowError for one that goes back in the file's order.

    A local time that occurs twice is its first pass; in the order of the file, its second where only that follows.
    """
    if mapping.form == "tickets" and before:
        raise RefusedRowError("case_twice", str(before[0].said.line))
    if mapping.reading.order == "time":
        return [_Taken(read, said, said.moment.at) for said in read.happenings]
    placed = list(before)
    for said in read.happenings:
        passes = [moment for moment in (said.moment.at, said.moment.late) if moment is not None]
        at = next((moment for moment in passes if not placed or moment >= placed[-1].at), None)
        if at is None:
            raise RefusedRowError("time_goes_back", f"{said.moment.at:%Y-%m-%d %H:%M:%S}Z")
        placed.append(_Taken(read, said, at))
    return placed[len(before) :]


def _place_in_time(taken: _Taken) -> tuple[datetime, int, str, str, str]:
    said = taken.said
    return taken.at, RANKS[said.action], said.activity, said.person, said.text


def _steps(case_id: str, taken: Sequence[_Taken]) -> Iterable[Step]:
    told = taken[0].read.told
    digest = fingerprint("case", json.dumps((case_id, told.fields, told.priority)), *_more_told(told))[:16]
    for place, (_, said, at) in enumerate(taken):
        # Also of the first step, although nothing happens to the priority by it: stored digests were made so.
        priority = told.priority if place == 0 and not said.kind else said.priority
        facts = (said.activity, said.action, said.reason, at.isoformat(), said.person, priority or "")
        digest = fingerprint(digest, *facts, *_more_said(said))[:16]
        yield Step(said, at, digest)


def _more_told(told: Told) -> tuple[str, ...]:
    """What mappings did not know at first, so that the digests of older imports stay."""
    more = (told.subject, told.type, told.channel, told.team, *told.contacts.phones, *told.contacts.emails)
    return more if told.subject or told.team or told.contacts.phones or told.contacts.emails else ()


def _more_said(said: Happening) -> tuple[str, ...]:
    more = (said.assignee, said.team, said.text, str(said.score or ""), "resolves" if said.resolves else "")
    return more if any(more) else ()
