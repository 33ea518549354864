"""A row per ticket, as spreadsheet and table have it: ids, codes, clocks and times, nothing personal of customers."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tingjian.report.figures.models import Dimension

COUNTED = ("opened", "answered", "resolved", "closed", "reopened", "open_at_end", "unsolved_at_end")
TIMES = ("opened_at", "first_response_at", "first_response_due_at", "resolution_at", "resolution_due_at", "closed_at")
COLUMNS = (
    "ticket", "imported", "type", "channel", "priority", "level", "customer", "team", "person", "category",
    "opened_at", "first_response_at", "first_response_minutes", "first_response_working_minutes",
    "first_response_due_at", "first_response_kept", "resolution_at", "resolution_minutes",
    "resolution_working_minutes", "resolution_due_at", "resolution_kept", "closed_at", "close_reason", "reopened",
    "score", *(f"counted_{name}" for name in COUNTED),
)  # fmt: skip
"""What stands in a row, in order. `counted_…` is how often the ticket counts in that figure of the period."""
NAMED: tuple[Dimension, ...] = ("type", "channel", "team", "person")


def ticket_cells(
    row: Mapping[str, Any], zone: ZoneInfo, labels: Mapping[Dimension, Mapping[str, str]]
) -> Iterator[Any]:
    """The cells of a ticket: local times without their zone, minutes to a hundredth, names where there are some."""
    names = {str(dimension): labels.get(dimension, {}) for dimension in NAMED}
    for column in COLUMNS:
        value = row[column.replace("counted_reopened", "reopened_now").removeprefix("counted_")]
        if isinstance(value, datetime):
            yield value.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
        elif isinstance(value, float):
            yield round(value, 2)
        elif column in names and value is not None:
            yield names[column].get(value, value)
        else:
            yield value
