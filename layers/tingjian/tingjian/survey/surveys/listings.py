"""Lists of surveys in the store: those of teams and those of people, newest first, in pages that filters leave full."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from tingjian.platform.lists import merged_keys
from tingjian.platform.places import ACTIVE, FINISHED, page_bounds
from tingjian.platform.store import Store
from tingjian.platform.times import stamp
from tingjian.survey.places import PLACE
from tingjian.survey.surveys.models import Survey
from tingjian.survey.surveys.storage import PARTITION, survey_from_item

ROUNDS, A_ROUND = 20, 100
"""How many pages of how many surveys are looked through for one page of those that are asked for."""
COUNTED_PAGES, COUNTED = 10, 1000


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the lists: of teams (`queue`) or people (`owner`), answered or not, from one instant up to another."""

    index: str
    partitions: tuple[str, ...]
    answered: bool
    since: datetime | None = None
    until: datetime | None = None

    @property
    def prefix(self) -> str:
        return FINISHED if self.answered else ACTIVE

    def bounds(self, after: str | None) -> tuple[str, str] | None:
        """The first and the last place beyond `after`; None if there is none. Raises InvalidInputError."""
        low, high = page_bounds(self.prefix, after, form=PLACE, forward=False)
        low = max(low, self.prefix + stamp(self.since)) if self.since else low
        high = min(high, self.prefix + stamp(self.until)) if self.until else high
        return (low, high) if low <= high else None

    @property
    def named(self) -> Iterable[str]:
        return (PARTITION + partition for partition in self.partitions)


def list_surveys(
    store: Store, stretch: Stretch, *, wanted: Callable[[Survey], bool], filtered: bool, limit: int, after: str | None
) -> tuple[list[Survey], str | None]:
    """Surveys that are wanted, newest first, and the place to go on from.

    One call a partition and one more, again for each hundred that a filter leaves out. After two thousand the page is
    what it is.
    """
    found: list[Survey] = []
    for _ in range(ROUNDS):
        bounds = stretch.bounds(after)
        if bounds is None:
            return found, None
        size = A_ROUND if filtered else limit
        keys, after = merged_keys(store, stretch.index, stretch.named, bounds, forward=False, limit=size)
        items = store.get_many(keys, consistent=False)
        surveys = [survey_from_item(items[key]) for key in keys if key in items]
        for place, survey in enumerate(surveys, start=1):
            if wanted(survey):
                found.append(survey)
            if len(found) == limit:
                return found, survey.queue_sort if place < len(surveys) else after
        if after is None:
            return found, None
    return found, after


def count_surveys(store: Store, stretch: Stretch, *, where: dict[str, str | None]) -> tuple[Counter[str], bool]:
    """How many surveys stand in which state, and whether there are more than ten thousand a partition.

    Index entries only: half a read unit for about twenty.
    """
    counts: Counter[str] = Counter()
    bounds, more = stretch.bounds(None), False
    for partition in stretch.named if bounds else ():
        cursor: str | None = None
        for _ in range(COUNTED_PAGES):
            page = store.query(
                partition, index=stretch.index, between=bounds, where=where, limit=COUNTED, cursor=cursor, forward=False
            )
            counts.update(str(entry.get("status", "issued")) for entry in page.items)
            cursor = page.cursor
            if cursor is None:
                break
        more = more or cursor is not None
    return counts, more
