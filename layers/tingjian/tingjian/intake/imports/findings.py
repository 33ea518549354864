"""What a dry run finds: how often the file names what the mapping does not list, and its first bad rows. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping

from pydantic import Field

from tingjian.intake.imports.rows import Reject, Unlisted
from tingjian.platform.models import Frozen

MOST_NAMES = 200
"""Listed of a kind; the store keeps an item of 400 KB."""
FIRST_REJECTS = 20


class BadRow(Frozen):
    """A refused row, as the reject file lists it."""

    line: int
    case: str
    reason: str
    detail: str = ""


class Findings(Frozen):
    """Counted by name; `values` by the mapping's key and value, `types` by value and type, `reasons` over all rows."""

    activities: dict[str, int] = Field(default={})
    values: dict[str, dict[str, int]] = Field(default={})
    people: dict[str, int] = Field(default={})
    types: dict[str, int] = Field(default={})
    reasons: dict[str, int] = Field(default={})
    cells_cut: int = 0
    bad_rows: tuple[BadRow, ...] = ()

    def with_rows(self, unlisted: Unlisted, rejects: Iterable[Reject]) -> "Findings":
        """These findings and those of more rows of the file."""
        refused = list(rejects)
        return Findings(
            activities=_sum(self.activities, unlisted.activities),
            values={
                place: _sum(self.values.get(place, {}), unlisted.values.get(place, {}))
                for place in sorted({*self.values, *unlisted.values})
            },
            people=_sum(self.people, unlisted.people),
            types=_sum(self.types, {f"{value} → {key}": count for (value, key), count in unlisted.types.items()}),
            reasons=_sum(self.reasons, Counter(reject.reason for reject in refused)),
            cells_cut=self.cells_cut + unlisted.cut,
            bad_rows=(*self.bad_rows, *(BadRow(**reject._asdict()) for reject in refused[:FIRST_REJECTS]))[
                :FIRST_REJECTS
            ],
        )


def _sum(first: Mapping[str, int], second: Mapping[str, int]) -> dict[str, int]:
    """The names of both, those with the most rows first, as many as are kept."""
    return dict((Counter(first) + Counter(second)).most_common(MOST_NAMES))
