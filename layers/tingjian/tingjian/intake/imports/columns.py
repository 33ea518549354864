"""The parts of a mapping: where something stands in the file, how it is written, and what its values mean. Pure."""

from datetime import datetime
from typing import Annotated, Any, Generic, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from tingjian.intake.imports.moments import DateOrder
from tingjian.intake.messages.models import MessageKind
from tingjian.intake.tickets.models import Channel, CloseReason, Status
from tingjian.intake.types.models import Priority
from tingjian.platform.models import Frozen, Identifier, Line, Slug
from tingjian.platform.texts import Language

LogEncoding = Literal["utf-8", "gb18030", "big5", "utf-16", "latin-1"]
FileKind = Literal["utf-8", "gb18030", "big5", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "xlsx"]
CaseAction = Literal[
    "open",
    "assign",
    "take_in_charge",
    "release",
    "answer",
    "message",
    "wait",
    "resume",
    "resolve",
    "close",
    "reopen",
    "set_priority",
    "rate",
    "note",
]
SAMPLE = datetime(2026, 11, 23, 17, 0)  # noqa: DTZ001 - a local time, to try a format with
CustomerLevel = Literal["normal", "vip", "key"]
Score = Annotated[int, Field(ge=1, le=5)]
T = TypeVar("T")


def _several(given: Any) -> Any:
    return (given,) if isinstance(given, str) else given


def own_column(given: Any) -> Any:
    """Take the short form of a column whose values mean themselves."""
    return {"column": given} if isinstance(given, str) else given


Columns = Annotated[tuple[Line, ...], BeforeValidator(_several), Field(min_length=1, max_length=3)]
"""One column, or date and time in several."""


class FormatMapping(Frozen):
    """How the file is written. What is not said is found out from its beginning; `sheet` names one of several."""

    encoding: LogEncoding | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    sheet: Line | None = None

    @field_validator("delimiter")
    @classmethod
    def _separates(cls, delimiter: str | None) -> str | None:
        if delimiter is not None and (delimiter in '"\r\n ' or delimiter.isalnum()):
            code = "delimiter"
            raise PydanticCustomError(code, "Cannot separate cells")
        return delimiter


class TimeMapping(Frozen):
    """How times are written, and where that of a row stands; local times need the zone that they are in.

    Without a format every form of docs/import.md is read; several are tried in turn.
    """

    column: Columns | None = None
    format: Annotated[tuple[Line, ...], BeforeValidator(_several), Field(max_length=10)] = ()
    zone: str | None = Field(default=None, max_length=64)
    order: DateOrder | None = None

    @field_validator("format")
    @classmethod
    def _gives_a_date(cls, forms: tuple[str, ...]) -> tuple[str, ...]:
        for form in forms:
            try:
                local = SAMPLE.replace(tzinfo=ZoneInfo("UTC")) if "%z" in form else SAMPLE
                read = datetime.strptime(local.strftime(form), form)  # noqa: DTZ007 - the zone is checked apart
            except ValueError:
                read = None
            if read is None or read.date() != SAMPLE.date():
                code = "time_format"
                raise PydanticCustomError(code, "Gives no date")
        return forms

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
        if self.zone is None and not (self.format and all("%z" in form for form in self.format)):
            code = "zone_missing"
            raise PydanticCustomError(code, "Local times need a zone")
        return self


class DateColumn(Frozen):
    """A time of a ticket: written in its columns, or as a span since the opening, which `counts` in a unit."""

    column: Columns
    counts: Literal["hours", "minutes", "seconds"] | None = None


Dated = Annotated[DateColumn, BeforeValidator(lambda given: {"column": given} if _is_columns(given) else given)]


def _is_columns(given: Any) -> bool:
    return isinstance(given, str | list | tuple)


class DateColumns(Frozen):
    """The times that a row a ticket has. A cell that is empty leaves its time unknown."""

    opened: Dated
    assigned: Dated | None = None
    answered: Dated | None = None
    waiting: Dated | None = None
    resolved: Dated | None = None
    closed: Dated | None = None
    reopened: Dated | None = None
    rated: Dated | None = None

    @property
    def given(self) -> dict[str, DateColumn]:
        """Those that stand in the file, by name."""
        return {name: found for name in type(self).model_fields if (found := getattr(self, name)) is not None}


class ValueMapping(Frozen, Generic[T]):
    """A column and what its values mean. One that is not listed may be a key itself, or else is `otherwise`."""

    column: Line
    values: dict[Line, T] = Field(default={}, max_length=500)
    otherwise: T | None = None


class TypeMapping(ValueMapping[Slug]):
    """The column of types."""


class ChannelMapping(ValueMapping[Channel]):
    """The column of channels."""


class TeamMapping(ValueMapping[Identifier]):
    """The column of teams."""


class PriorityMapping(ValueMapping[Priority]):
    """The column of priorities."""


class StatusMapping(ValueMapping[Status]):
    """The column of the status that a ticket has now."""


class LanguageMapping(ValueMapping[Language]):
    """The column of the customer's language."""


class ScoreMapping(ValueMapping[Score]):
    """The column of satisfaction."""


class KindMapping(ValueMapping[MessageKind]):
    """The column that says whose message it is."""


class LevelMapping(ValueMapping[CustomerLevel]):
    """The column of the customer's level."""


class ActionMapping(Frozen):
    """What an activity does; a `close` has a reason, and may be the resolution as well."""

    action: CaseAction
    reason: CloseReason = "done"
    resolves: bool = False


class ClosingMapping(Frozen):
    """What a closing date of a row a ticket means."""

    reason: CloseReason = "done"
    resolves: bool = False


class CustomerColumns(Frozen):
    """Where the customer stands. Phones and addresses are kept with the customer only."""

    id: Line | None = None
    name: Line | None = None
    phone: Annotated[tuple[Line, ...], BeforeValidator(_several), Field(max_length=3)] = ()
    email: Annotated[tuple[Line, ...], BeforeValidator(_several), Field(max_length=3)] = ()
    address: Line | None = None
    level: Annotated[LevelMapping, BeforeValidator(own_column)] | None = None
    region: str = Field(default="CN", pattern=r"^[A-Z]{2}$")

    @property
    def columns(self) -> tuple[str, ...]:
        level = self.level.column if self.level else None
        return tuple(name or "" for name in (self.id, self.name, self.address, level, *self.phone, *self.email))


class Reading(Frozen):
    """How the rows of a case are taken; the defaults fit any export.

    `order`: by time, or as the file has them, where a row that goes back in time is refused. `equal`: rows that say the
    same count once, or each. `after_close`: what goes on reopens the ticket, or is a note. `first`: a case whose first
    row is no opening has an unknown opening, or that row opens it and acts.
    """

    order: Literal["time", "file"] = "time"
    equal: Literal["once", "each"] = "once"
    after_close: Literal["reopens", "note"] = "reopens"
    first: Literal["known", "acts"] = "known"
