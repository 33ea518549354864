"""What a file's columns, activities and values mean: the mapping file. docs/import.md describes it for users. Pure."""

from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from tingjian.intake.imports.columns import (
    ActionMapping,
    ChannelMapping,
    ClosingMapping,
    CustomerColumns,
    DateColumns,
    FormatMapping,
    KindMapping,
    LanguageMapping,
    PriorityMapping,
    Reading,
    ScoreMapping,
    StatusMapping,
    TeamMapping,
    TimeMapping,
    TypeMapping,
    own_column,
)
from tingjian.intake.tickets.models import Channel
from tingjian.platform.models import Frozen, Identifier, Line, Slug

MOST_COLUMNS = 100
Form = Literal["events", "tickets", "messages", "customers"]
CUSTOMER_FIELD = "customer"
NEEDED: dict[Form, tuple[str, ...]] = {
    "events": ("case", "time", "activity", "activities", "type"),
    "tickets": ("case", "time", "dates", "type"),
    "messages": ("case", "time", "text", "message", "type"),
    "customers": ("customer",),
}
TIMED: tuple[Form, ...] = ("events", "messages")


class LogMapping(Frozen):
    """A mapping file."""

    source: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    form: Form = "events"
    format: FormatMapping = FormatMapping()
    time: TimeMapping | None = None
    dates: DateColumns | None = None
    case: Line | None = None
    source_id: Line | None = None
    activity: Line | None = None
    message: Annotated[KindMapping, BeforeValidator(own_column)] | None = None
    person: Line | None = None
    assignee: Line | None = None
    people: dict[Line, Identifier] = Field(default={}, max_length=1000)
    customer: CustomerColumns | None = None
    subject: Line | None = None
    text: Line | None = None
    fields: dict[Slug, Line] = Field(default={}, max_length=20)
    priority: Annotated[PriorityMapping, BeforeValidator(own_column)] | None = None
    status: Annotated[StatusMapping, BeforeValidator(own_column)] | None = None
    type: Slug | TypeMapping | None = None
    channel: Channel | ChannelMapping = "import"
    team: Annotated[TeamMapping, BeforeValidator(own_column)] | None = None
    language: Annotated[LanguageMapping, BeforeValidator(own_column)] | None = None
    satisfaction: Annotated[ScoreMapping, BeforeValidator(own_column)] | None = None
    closing: ClosingMapping = ClosingMapping()
    open_tickets: Literal["history", "take_over"] = "history"
    activities: dict[Line, ActionMapping] = Field(default={}, max_length=500)
    otherwise: Literal["note", "reject"] = "note"
    reading: Reading = Reading()

    @field_validator("activities", mode="before")
    @classmethod
    def _spelled_out(cls, given: Any) -> Any:
        """Take the short form, an action's name alone."""
        if not isinstance(given, dict):
            return given
        return {name: {"action": does} if isinstance(does, str) else does for name, does in given.items()}

    @model_validator(mode="after")
    def _has_what_its_form_needs(self) -> "LogMapping":
        missing = [name for name in NEEDED[self.form] if not getattr(self, name)]
        if self.form in TIMED and self.time and self.time.column is None:
            missing.append("time.column")
        if missing:
            code = "mapping_incomplete"
            named = {"form": self.form, "missing": ", ".join(missing), "field": missing[0]}
            raise PydanticCustomError(code, "This form needs more", named)
        return self

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read, in the order in which the cells of a row are kept; each once."""
        customer = self.customer.columns if self.customer else ()
        values = [getattr(found, "column", None) for found in (self.type, self.channel)]
        values += [found.column if found else None for found in (self.priority, self.status, self.team, self.language)]
        values += [found.column if found else None for found in (self.satisfaction, self.message)]
        dates = [name for found in self.dates.given.values() for name in found.column] if self.dates else []
        plain = [self.case, self.activity, self.person, self.assignee, self.source_id, self.subject, self.text]
        times = (self.time.column or ()) if self.time else ()
        named = [*plain, *times, *dates, *values, *customer, *self.fields.values()]
        return tuple(dict.fromkeys(name for name in named if name))

    @property
    def opens(self) -> bool:
        """Whether the mapping names activities that open a case."""
        return any(found.action == "open" for found in self.activities.values())
