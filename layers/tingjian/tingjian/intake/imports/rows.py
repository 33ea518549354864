"""The rows of a file, and what a row tells of its case. Pure."""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tingjian.intake.imports.columns import CaseAction
from tingjian.intake.imports.moments import Moment
from tingjian.intake.messages.models import MessageKind
from tingjian.intake.tickets.models import Channel, CloseReason
from tingjian.intake.types.models import Priority
from tingjian.platform.folding import readable_text

ALLOWED_CONTROLS = frozenset("\n\t\r")
LONGEST_CELL = 200
"""Signs of a cell that is kept as a line; of a longer one the whole goes to a note."""
SHOWN = 60


class LogRow(NamedTuple):
    """A row of the file: its line, and the cells of the mapping's columns in their order."""

    line: int
    case: str
    cells: tuple[str, ...]


class Contacts(NamedTuple):
    """The customer as a row names it."""

    id: str = ""
    name: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    address: str = ""
    level: str = ""
    language: str = ""


class Told(NamedTuple):
    """What a row says of its ticket as a whole. An empty text says nothing."""

    fields: dict[str, str]
    priority: Priority
    type: str = ""
    channel: Channel = "import"
    team: str = ""
    subject: str = ""
    source_id: str = ""
    contacts: Contacts = Contacts()
    owner: str = ""
    more: str = ""
    """Cells that are too long for their place, in full."""


class Happening(NamedTuple):
    """One thing that a row says happened. `exact` is false where the hour is not known."""

    line: int
    activity: str
    action: CaseAction
    reason: CloseReason
    moment: Moment
    person: str = ""
    assignee: str = ""
    team: str = ""
    priority: Priority | None = None
    text: str = ""
    kind: MessageKind | None = None
    score: int | None = None
    resolves: bool = False
    listed: bool = True


class ReadRow(NamedTuple):
    """What a row tells: its ticket as a whole, and what happened."""

    told: Told
    happenings: tuple[Happening, ...]


class RefusedRowError(Exception):
    """The row cannot be imported."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail[:SHOWN]


@dataclass(slots=True)
class Unlisted:
    """What rows name that the mapping does not list: by column, how often each value."""

    activities: Counter[str] = field(default_factory=Counter)
    values: dict[str, Counter[str]] = field(default_factory=dict)
    people: Counter[str] = field(default_factory=Counter)
    types: Counter[tuple[str, str]] = field(default_factory=Counter)
    cut: int = 0

    def count(self, place: str, value: str) -> None:
        self.values.setdefault(place, Counter())[value[:LONGEST_CELL]] += 1


def log_row(line: int, cells: Sequence[str]) -> LogRow:
    """The row of the cells of the mapping's columns; spaces around a cell do not count."""
    clean = tuple(clean_cell(cell) for cell in cells)
    return LogRow(line, clean[0] if clean else "", clean)


def clean_cell(cell: str) -> str:
    """The cell without spaces around it and without signs that no text has."""
    cell = readable_text(cell.strip())
    if cell.isprintable():
        return cell
    return "".join(sign for sign in cell if sign in ALLOWED_CONTROLS or unicodedata.category(sign) not in {"Cc", "Cs"})


class Reject(NamedTuple):
    """A row that is not imported: where it stands, and why. `detail` names the column or shows the value."""

    line: int
    case: str
    reason: str
    detail: str = ""
