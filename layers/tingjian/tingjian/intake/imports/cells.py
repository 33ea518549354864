"""The cells of a row by what the mapping says they mean: values, times, names. Pure."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar, get_args
from zoneinfo import ZoneInfo

from tingjian.intake.imports.columns import DateColumn, ValueMapping
from tingjian.intake.imports.known import Known, matched_form
from tingjian.intake.imports.mappings import LogMapping
from tingjian.intake.imports.moments import Moment, UnreadableTimeError, read_moment
from tingjian.intake.imports.rows import LONGEST_CELL, LogRow, RefusedRowError, Unlisted
from tingjian.intake.tickets.models import Channel
from tingjian.intake.types.models import Priority
from tingjian.platform.texts import Language

CUT = "…"
NOBODY = frozenset({"-", "--", "/", "n/a", "none", "null", "nobody", "unassigned", "no agent", "无", "無", "未分配"})
UNITS = {"hours": 3600, "minutes": 60, "seconds": 1}
SCORES = {"good": 5, "bad": 1, "满意": 5, "滿意": 5, "非常满意": 5, "非常滿意": 5, "一般": 3, "不满意": 1, "不滿意": 1}
LANGUAGES: dict[str, Language] = {
    "zh": "zh-CN",
    "zh-cn": "zh-CN",
    "zh-hans": "zh-CN",
    "中文": "zh-CN",
    "简体中文": "zh-CN",
    "zh-tw": "zh-TW",
    "zh-hant": "zh-TW",
    "繁體中文": "zh-TW",
    "en": "en",
    "en-us": "en",
    "en-gb": "en",
    "english": "en",
    "英文": "en",
}
T = TypeVar("T")


class CellReader:
    """Reads cells of rows; `unlisted` counts what the mapping does not list."""

    def __init__(self, mapping: LogMapping, known: Known | None = None, *, now: datetime | None = None) -> None:
        """`now` is when the import was started: a row of a later time is refused."""
        self.mapping, self.known, self.now = mapping, known or Known(), now
        self.places = {column: place for place, column in enumerate(mapping.columns)}
        self.zone = ZoneInfo(mapping.time.zone) if mapping.time and mapping.time.zone else None
        self.unlisted = Unlisted()

    def type(self, row: LogRow) -> str:
        given = self.mapping.type
        if given is None or isinstance(given, str):
            return given or ""
        types = self.known.types
        found = self.value(row, "type", given, _known_key(types))
        if found is None or (types is not None and found not in types.values()):
            raise RefusedRowError("unknown_type", self.cell(row, given.column))
        self.unlisted.types[self.line(row, given.column), found] += 1
        return found

    def channel(self, row: LogRow) -> Channel:
        given = self.mapping.channel
        if isinstance(given, str):
            return given
        found: Channel | None = self.value(row, "channel", given, one_of(get_args(Channel)))
        return found or "import"

    def team(self, row: LogRow) -> str:
        found = self.value(row, "team", self.mapping.team, _known_key(self.known.teams))
        teams = self.known.teams
        return found if found and (teams is None or found in teams.values()) else ""

    def priority(self, row: LogRow, *, must: bool = True) -> Priority | None:
        """The priority. Raises RefusedRowError for a value that means none, if the row `must` have one."""
        given = self.mapping.priority
        found: Priority | None = self.value(row, "priority", given, one_of(get_args(Priority)))
        cell = self.cell(row, given.column) if given else ""
        if given and found is None and must and (cell or self.mapping.form == "events"):
            raise RefusedRowError("unknown_priority", cell)
        return found

    def score(self, row: LogRow) -> int | None:
        return self.value(row, "satisfaction", self.mapping.satisfaction, _score_of)

    def language(self, row: LogRow) -> Language | None:
        return self.value(row, "language", self.mapping.language, _language_of)

    def value(self, row: LogRow, place: str, given: ValueMapping[T] | None, own: Callable[[str], T | None]) -> T | None:
        """What a cell means: listed, a key itself, or otherwise. An empty one is otherwise, too."""
        if given is None:
            return None
        cell = self.cell(row, given.column)
        found = given.values.get(cell)
        if found is None and cell:
            folded = matched_form(cell)
            found = next((value for name, value in given.values.items() if matched_form(name) == folded), None)
            if found is None:
                found = own(cell)
            if found is None:
                self.unlisted.count(place, cell)
        return given.otherwise if found is None else found

    def cell(self, row: LogRow, column: str | None) -> str:
        return row.cells[self.places[column]] if column else ""

    def person(self, row: LogRow, column: str | None) -> str:
        """The name in the cell; a sign for nobody is none."""
        name = self.line(row, column)
        return "" if matched_form(name) in NOBODY else name

    def line(self, row: LogRow, column: str | None) -> str:
        return cut_line(" ".join(self.cell(row, column).split()))

    def moment(self, row: LogRow, column: DateColumn | None, opened: Moment | None) -> Moment | None:
        if column is None:
            return None
        cells = [self.cell(row, name) for name in column.column]
        if column.counts is None:
            return self.read_time(cells)
        text = "".join(cells)
        if not text or opened is None:
            return None
        return Moment(opened.at + _span(text, UNITS[column.counts]), opened.exact)

    def read_time(self, cells: Sequence[str]) -> Moment | None:
        form = self.mapping.time
        try:
            return read_moment(
                cells,
                formats=form.format if form else (),
                zone=self.zone,
                order=form.order if form else None,
                now=self.now,
            )
        except UnreadableTimeError as error:
            raise RefusedRowError(error.reason, " ".join(cells)) from error


def cut_line(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + CUT


def one_of(values: Sequence[Any]) -> Callable[[str], Any]:
    return lambda cell: folded if (folded := matched_form(cell)) in values else None


def _known_key(keys: Mapping[str, str] | None) -> Callable[[str], str | None]:
    return lambda cell: cell if keys is None else keys.get(matched_form(cell))


def _score_of(cell: str) -> int | None:
    folded = matched_form(cell)
    if folded in SCORES:
        return SCORES[folded]
    number = folded.removesuffix("分").removesuffix("星").removesuffix(".0")
    return int(number) if number in {"1", "2", "3", "4", "5"} else None


def _language_of(cell: str) -> Language | None:
    folded = matched_form(cell).replace("_", "-")
    return LANGUAGES.get(folded)


def _span(text: str, unit: int) -> timedelta:
    """A span that is written as a number of a unit, or as hours, minutes and seconds. Raises RefusedRowError."""
    try:
        if ":" in text:
            hours, minutes, *seconds = map(int, text.split(":"))
            return timedelta(hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)
        number = float(text.replace(",", ""))
        if not math.isfinite(number) or number < 0:
            raise RefusedRowError("bad_time", text)
        return timedelta(seconds=number * unit)
    except (ValueError, OverflowError) as error:
        raise RefusedRowError("bad_time", text) from error
