"""The values of a ticket's fields: merging an edit into them, and what a step requires. Pure."""

from collections.abc import Mapping
from typing import Any

from tingjian.intake.tickets.models import MissingFieldsError
from tingjian.intake.types.models import Stage, TicketType
from tingjian.platform.texts import Label


def merged_fields(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Field values after an edit; None removes a value."""
    return {key: value for key, value in {**old, **new}.items() if value is not None}


def require_fields(kind: TicketType, values: Mapping[str, Any], *, stage: Stage) -> None:
    """Raise MissingFieldsError if the step lacks fields."""
    missing = kind.missing(values, stage=stage)
    if missing:
        labels = {field.key: Label(field.key, field.labels) for field in kind.fields}
        raise MissingFieldsError(missing, [labels.get(key, key) for key in missing])
