"""What a log's columns and activities mean: the mapping file. docs/import.md describes it for users. Pure."""

from datetime import datetime
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from tingjian.intake.tickets.models import Channel, CloseReason
from tingjian.intake.types.models import Priority
from tingjian.platform.models import Frozen, Line, Slug

MOST_COLUMNS = 100


CaseAction = Literal["take_in_charge", "wait", "resolve", "close", "set_priority", "note"]


LogEncoding = Literal["utf-8", "gb18030", "big5", "utf-16", "latin-1"]


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
