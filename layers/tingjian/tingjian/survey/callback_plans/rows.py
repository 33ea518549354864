"""The rows of a list: whom a row names, and why a row is refused. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from tingjian.intake.imports.rows import LogRow, Reject
from tingjian.platform.contacts import NAMED_EXTENSION, normalised_email, normalised_phone
from tingjian.platform.errors import InvalidInputError
from tingjian.platform.folding import folded, folded_order
from tingjian.survey.callback_plans.columns import COLUMNS, ListColumn

MOST_ROWS = 5_000
MOST_IN_A_PLAN = 20_000
LONGEST_NAME, LONGEST_NOTE = 200, 1_000
ORDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")
CUSTOMER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
AREA_CODE = re.compile(r"0?(?:10|2\d|[3-9]\d{2})")
LOCAL = re.compile(r"[2-9]\d{6,7}")
"""A Chinese landline as it is dialled within its town."""
Refusal = Literal[
    "no_contact",
    "phone",
    "area_code",
    "email",
    "order",
    "customer",
    "too_long",
    "too_few_columns",
    "too_many_columns",
    "doubled",
    "in_plan",
    "opted_out",
    "contradicts",
    "unknown_customer",
    "plan_full",
]


class ListRow(NamedTuple):
    """Whom a row names, in the one form of each contact. An empty text says nothing."""

    line: int
    name: str = ""
    phone: str = ""
    email: str = ""
    customer: str = ""
    order: str = ""
    note: str = ""

    @property
    def marks(self) -> list[tuple[str, str]]:
        """What two rows of one person have in common."""
        marks = [("customer", self.customer), ("phone", self.phone), ("email", self.email)]
        return [(kind, value) for kind, value in marks if value]


class Refused(NamedTuple):
    """A row that is not taken: why, and its cells as the file has them, by column."""

    line: int
    reason: Refusal
    detail: str
    cells: Mapping[ListColumn, str]


@dataclass(slots=True)
class RowReader:
    """Reads the rows of one file; `area_code` stands before landlines that have none."""

    columns: Mapping[ListColumn, str]
    names: Sequence[str]
    area_code: str = ""
    seen: dict[tuple[str, str], int] = field(default_factory=dict)

    def read(self, rows: Iterable[LogRow | Reject]) -> Iterator[ListRow | Refused]:
        """Each row, or why it is refused."""
        for row in rows:
            if not isinstance(row, Reject):
                yield self._row(row)
            elif row.reason != "empty_case":  # Spreadsheets leave empty rows behind.
                yield Refused(row.line, _reason_of(row), row.detail, {"note": row.case})

    def _row(self, row: LogRow) -> ListRow | Refused:
        cells = self.cells(row)
        try:
            found = ListRow(
                line=row.line,
                name=_within(cells.get("name", ""), LONGEST_NAME, "name"),
                phone=phone_of(cells.get("phone", ""), self.area_code),
                email=_contact("email", cells.get("email", ""), lambda text: normalised_email(text, field="email")),
                customer=_matching("customer", folded(cells.get("customer", "")), CUSTOMER),
                order=_matching("order", folded_order(cells.get("order", "")), ORDER),
                note=_within(cells.get("note", ""), LONGEST_NOTE, "note"),
            )
        except RefusedError as error:
            return Refused(row.line, error.reason, error.detail, cells)
        if not found.marks:
            return Refused(row.line, "no_contact", "", cells)
        before = next((self.seen[mark] for mark in found.marks if mark in self.seen), None)
        if before is not None:
            return Refused(row.line, "doubled", str(before), cells)
        self.seen |= dict.fromkeys(found.marks, row.line)
        return found

    def cells(self, row: LogRow) -> dict[ListColumn, str]:
        """The cells of a row by what they are."""
        by_column = dict(zip(self.names, row.cells, strict=True))
        return {name: by_column[self.columns[name]] for name in COLUMNS if name in self.columns}


class RefusedError(Exception):
    """A cell for which its row is refused."""

    def __init__(self, reason: Refusal, detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail


def phone_of(cell: str, area_code: str = "") -> str:
    """The phone in its one form; empty for an empty cell. Raises RefusedError, also for a landline without area code.

    `area_code` is put before one that has none.
    """
    text = folded(cell)
    if not text:
        return ""
    if _is_local(text):
        if not area_code:
            raise RefusedError("area_code")
        text = f"0{area_code.lstrip('0')}-{text}"
    return _contact("phone", text, lambda phone: normalised_phone(phone, field="phone"))


def is_area_code(text: str) -> bool:
    return bool(AREA_CODE.fullmatch(text))


def _is_local(text: str) -> bool:
    if found := NAMED_EXTENSION.fullmatch(text):
        text = found["number"]
    return bool(LOCAL.fullmatch(re.sub(r"[\s()-]", "", text)))


def _contact(reason: Refusal, text: str, normalised: Callable[[str], str]) -> str:
    if not text.strip():
        return ""
    try:
        return normalised(text)
    except InvalidInputError as error:
        raise RefusedError(reason) from error


def _matching(reason: Refusal, text: str, form: re.Pattern[str]) -> str:
    if text and not form.fullmatch(text):
        raise RefusedError(reason)
    return text


def _within(text: str, most: int, column: ListColumn) -> str:
    if len(text) > most:
        raise RefusedError("too_long", column)
    return text


def _reason_of(row: Reject) -> Refusal:
    match row.reason:
        case "too_few_columns":
            return "too_few_columns"
        case "too_many_columns":
            return "too_many_columns"
        case _:
            return "too_long"
