"""Count kept and missed promises of a help-desk log by hand, so that the clocks have an independent judge.

Standard library only, and nothing of the product is imported. The arithmetic is another one, too: no clock that pauses
and resumes, but one list of the open pieces of time between two instants, cut by the waits, and summed.

The promise: eight open hours (09:00-13:00 and 14:00-18:00 in Rome, Monday to Friday, not on Italian holidays), a day of
them to the first response, five to the resolution, which stands still while waiting. docs/report-definitions.md says
what is kept and missed, and in which month.

    python -m tests.oracle.sla LOG.csv[.gz]
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from tests.oracle import helpdesk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROME = ZoneInfo("Europe/Rome")
SPANS = ((time(9), time(13)), (time(14), time(18)))
FIRST_RESPONSE = timedelta(hours=8)
RESOLUTION = timedelta(hours=40)
FIXED = ((1, 1), (1, 6), (4, 25), (5, 1), (6, 2), (8, 15), (11, 1), (12, 8), (12, 25), (12, 26))
ONCE = (date(2011, 3, 17),)
FRIDAY = 4


class Outcome(NamedTuple):
    """Which promise, whether it was kept, and the instant at which it counts."""

    clock: str
    kept: bool
    at: datetime


def easter(year: int) -> date:
    """Easter Sunday by the Gregorian computus as Meeus gives it."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    n = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * n) // 451
    month, day = divmod(h + n - 7 * m + 114, 31)
    return date(year, month, day + 1)


@cache
def holidays(year: int) -> frozenset[date]:
    """Italy's public holidays of a year, without the Sundays among them."""
    monday = easter(year) + timedelta(days=1)
    return frozenset({monday, *(date(year, month, day) for month, day in FIXED), *ONCE})


def open_pieces(start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The open time from an instant on, piece by piece, in UTC; without end."""
    day = start.astimezone(ROME).date()
    while True:
        if day.weekday() <= FRIDAY and day not in holidays(day.year):
            for opens, closes in SPANS:
                begin, end = (datetime.combine(day, at, ROME).astimezone(UTC) for at in (opens, closes))
                if end > start:
                    yield max(begin, start), end
        day += timedelta(days=1)


def without(piece: tuple[datetime, datetime], waits: Sequence[tuple[datetime, datetime]]) -> list[tuple[datetime, ...]]:
    """A piece of time without the waits, which are in order and apart."""
    begin, end = piece
    cuts = [(max(begin, low), min(end, high)) for low, high in waits if low < end and high > begin]
    edges = [begin, *(edge for cut in cuts for edge in cut), end]
    return [(low, high) for low, high in zip(edges[::2], edges[1::2], strict=True) if low < high]


def runs_out(start: datetime, target: timedelta, waits: Sequence[tuple[datetime, datetime]]) -> datetime:
    """The instant at which so much open time has passed since the start, waits not counted."""
    left = target
    for piece in open_pieces(start):
        for low, high in without(piece, waits):
            if high - low >= left:
                return low + left
            left -= high - low
    raise AssertionError


def judged(clock: str, due: datetime, met: datetime | None, stopped: datetime) -> Outcome | None:
    """What became of a promise: kept when met by its due time, missed when it still ran after it, else nothing."""
    if met is not None and met <= due:
        return Outcome(clock, kept=True, at=met)
    return Outcome(clock, kept=False, at=due) if due < (met or stopped) else None


def outcomes(history: helpdesk.History, until: datetime) -> list[Outcome]:
    """All promises of one case, as known at `until`."""
    stopped = min(history.closed_at or until, until)
    waits = waits_of(history, until)
    due = runs_out(history.opened_at, FIRST_RESPONSE, ())
    found = [judged("first_response", due, history.first_response_at, stopped)]
    for begin, met in cycles(history):
        due = runs_out(begin, RESOLUTION, waits)
        found.append(judged("resolution", due, met, stopped))
    return [outcome for outcome in found if outcome is not None]


def waits_of(history: helpdesk.History, until: datetime) -> list[tuple[datetime, datetime]]:
    """When the case was waiting, each wait to its end; one that never ended lasts far beyond `until`."""
    forever = until + timedelta(days=36_500)
    turns = [*history.turns, (forever, "closed")]
    found: list[tuple[datetime, datetime]] = []
    for (begin, category), (end, _) in pairwise(turns):
        if category == "waiting" and begin < end:
            if found and found[-1][1] == begin:
                found[-1] = (found[-1][0], end)
            else:
                found.append((begin, end))
    return found


def cycles(history: helpdesk.History) -> Iterator[tuple[datetime, datetime | None]]:
    """From the opening and from each reopening to the first resolution after it, if there is one."""
    begin: datetime | None = history.opened_at
    category = "open"
    for at, entered in history.turns:
        if entered == "resolved" and begin is not None:
            yield begin, at
            begin = None
        elif entered in {"open", "waiting"} and category == "resolved":
            begin = at
        category = entered
    if begin is not None:
        yield begin, None


def by_month(found: Sequence[Outcome]) -> dict[str, dict[str, int]]:
    """Kept and missed of each clock by local month in Rome."""
    counted: dict[str, Counter[str]] = {}
    for outcome in found:
        month = outcome.at.astimezone(ROME).strftime("%Y-%m")
        name = f"{outcome.clock}_{'kept' if outcome.kept else 'missed'}"
        counted.setdefault(month, Counter())[name] += 1
    return {month: dict(sorted(counts.items())) for month, counts in sorted(counted.items())}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print kept and missed by month as JSON."""
    parser = argparse.ArgumentParser(description="Count kept and missed promises of a help-desk log by hand.")
    parser.add_argument("log", type=Path)
    options = parser.parse_args(arguments)
    histories = helpdesk.load(options.log, ROME)
    until = max(at for history in histories for at, _ in history.turns)
    found = [outcome for history in histories for outcome in outcomes(history, until)]
    sys.stdout.write(json.dumps(by_month(found), indent=2) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
