"""Types of request as data: their fields, the team they go to, and what must be known before a step (scope rows 8, 9).

A complaint is a type whose fields are level, promise time, responsible unit and person, verified, root cause and remedy
(scope row 16; K14, K15, K23, K24).
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from tingjian.platform.errors import FieldError, InvalidInputError
from tingjian.platform.folding import folded, readable_line, readable_text
from tingjian.platform.models import FIRST_YEAR, LAST_YEAR, Frozen, Identifier, Line, Slug

FieldKind = Literal["line", "text", "number", "boolean", "choice", "date", "instant", "team", "staff"]
Stage = Literal["open", "resolve", "close"]
Priority = Literal["low", "normal", "high", "urgent"]
Labels = Annotated[dict[Annotated[str, Field(max_length=20)], Line], Field(max_length=20)]
READ_AS: Mapping[FieldKind, Callable[[str], str]] = {
    "line": readable_line,
    "text": readable_text,
    "choice": readable_line,
    "date": folded,
    "instant": folded,
    "team": folded,
    "staff": folded,
}
STAGES: tuple[Stage, ...] = ("open", "resolve", "close")
LINE_LENGTH, TEXT_LENGTH = 200, 2_000
FIELD_LIMIT = 40
WRITTEN_FREELY: frozenset[FieldKind] = frozenset({"line", "text"})
"""Kinds whose values somebody writes in his own words; they stay in Desk, since they may tell of a person."""


class FieldDefinition(Frozen):
    """One field. `required_at` is the step that is refused without it; personal fields never leave the desk."""

    key: Slug
    labels: Labels
    kind: FieldKind
    choices: tuple[Line, ...] = Field(default=(), max_length=100)
    required_at: Stage | None = None
    personal: bool = False
    future: bool = False


class TypeBody(Frozen):
    """What an editor writes.

    Resolved tickets close by themselves after `close_after_days`, complaints only once the customer was heard; without
    a number they never do.
    """

    labels: Labels
    team: Identifier
    priority: Priority = "normal"
    fields: tuple[FieldDefinition, ...] = Field(default=(), max_length=FIELD_LIMIT)
    complaint: bool = False
    close_after_days: int | None = Field(default=7, ge=1, le=365)
    public: bool = True
    active: bool = True


class TicketType(TypeBody):
    """A stored type."""

    key: Slug
    version: int

    def definition(self, key: str) -> FieldDefinition | None:
        return next((field for field in self.fields if field.key == key), None)

    def public_fields(self) -> tuple[FieldDefinition, ...]:
        """The fields that the public catalogue shows, and that a customer may fill in: those needed to file."""
        return tuple(field for field in self.fields if field.required_at == "open")

    def for_public(self) -> "TicketType":
        """The type with no other fields than customers may fill in."""
        return self.model_copy(update={"fields": self.public_fields()})

    def missing(self, values: Mapping[str, Any], *, stage: Stage) -> list[str]:
        """The fields that this step, or one before it, requires and that have no value."""
        reached = STAGES[: STAGES.index(stage) + 1]
        return [field.key for field in self.fields if field.required_at in reached and values.get(field.key) is None]

    def reportable(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values that may stand in events: those of fields that are neither personal nor written freely."""
        kept = {field.key for field in self.fields if not field.personal and field.kind not in WRITTEN_FREELY}
        return {key: value for key, value in values.items() if key in kept}


class TypeList(Frozen):
    """All types."""

    items: tuple[TicketType, ...]


class PublicField(Frozen):
    """A field as a customer fills it in."""

    key: str
    label: str
    kind: FieldKind
    choices: tuple[str, ...]
    required: bool


class PublicType(Frozen):
    """A type as a customer sees it, in one language."""

    key: str
    label: str
    fields: tuple[PublicField, ...]


class PublicTypeList(Frozen):
    """The types that customers can file."""

    items: tuple[PublicType, ...]

    @classmethod
    def of(cls, types: Iterable[TicketType], language: str) -> "PublicTypeList":
        """The public ones of these types, with the fields that are needed to file."""
        return cls(
            items=tuple(
                PublicType(
                    key=kind.key,
                    label=display_label(kind.labels, language, kind.key),
                    fields=tuple(
                        PublicField(
                            key=field.key,
                            label=display_label(field.labels, language, field.key),
                            kind=field.kind,
                            choices=field.choices,
                            required=True,
                        )
                        for field in kind.public_fields()
                    ),
                )
                for kind in types
                if kind.public and kind.active
            )
        )


def display_label(labels: Labels, language: str, key: str) -> str:
    """The label in the language, else in Chinese, else the key."""
    return labels.get(language) or labels.get("zh-CN") or key


def stored_fields(
    kind: TicketType,
    given: Mapping[str, Any],
    *,
    now: datetime,
    is_team: Callable[[str], bool],
    is_staff: Callable[[str], bool],
) -> dict[str, Any]:
    """The given values in stored form; null removes a value. Raises InvalidInputError that names each wrong one."""
    values: dict[str, Any] = {}
    wrong: list[FieldError] = []
    for key, value in given.items():
        definition = kind.definition(key)
        if definition is None:
            wrong.append(FieldError(f"fields.{key}", "extra_forbidden"))
            continue
        if value is None:
            values[key] = None
            continue
        try:
            values[key] = _stored_value(definition, value, now=now, is_team=is_team, is_staff=is_staff)
        except InvalidInputError as error:
            wrong += error.errors
    if wrong:
        raise InvalidInputError(wrong)
    return values


def _stored_value(  # noqa: C901, PLR0912 - one branch a kind of field
    definition: FieldDefinition,
    value: Any,
    *,
    now: datetime,
    is_team: Callable[[str], bool],
    is_staff: Callable[[str], bool],
) -> Any:
    place = f"fields.{definition.key}"

    def refuse(code: str, **parameters: object) -> InvalidInputError:
        return InvalidInputError([FieldError(place, code, **parameters)])

    match definition.kind:
        case "boolean":
            if not isinstance(value, bool):
                raise refuse("bool_type")
            return value
        case "number":
            if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 10**15:
                raise refuse("invalid")
            return value
    if not isinstance(value, str):
        raise refuse("string_type")
    value = READ_AS[definition.kind](value)
    limit = TEXT_LENGTH if definition.kind == "text" else LINE_LENGTH
    if len(value) > limit:
        raise refuse("string_too_long", max_length=limit)
    if not value.strip():
        raise refuse("string_too_short", min_length=1)
    if not value.replace("\n", "").isprintable() or ("\n" in value and definition.kind != "text"):
        raise refuse("control_character")
    match definition.kind:
        case "choice" if value not in definition.choices:
            raise refuse("choice", expected=list(definition.choices))
        case "team" if not is_team(value):
            raise refuse("unknown", value=value)
        case "staff" if not is_staff(value):
            raise refuse("unknown", value=value)
        case "date":
            try:
                date.fromisoformat(value)
            except ValueError as error:
                raise refuse("date") from error
        case "instant":
            try:
                moment = datetime.fromisoformat(value)
            except ValueError as error:
                raise refuse("datetime") from error
            if moment.tzinfo is None:
                raise refuse("datetime")
            if not FIRST_YEAR <= moment.year <= LAST_YEAR:
                raise refuse("year_bounds")
            if definition.future and moment <= now:
                raise refuse("past")
    return value
