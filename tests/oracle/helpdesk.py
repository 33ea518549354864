"""Count a help-desk event log by hand, so that the import and the reports have something independent to agree with.

Standard library only, and nothing of the product is imported: two programs that share code share its mistakes.
The definitions are those of docs/report-definitions.md; the log's own mapping is written out below, not read from a
mapping file, for the same reason.

    python -m tests.oracle.helpdesk LOG.csv[.gz] --zone Europe/Rome --from 2012-03-01 --to 2012-04-01
    python -m tests.oracle.helpdesk LOG.csv[.gz] --zone Europe/Rome --first 2010-01 --last 2014-01
    python -m tests.oracle.helpdesk LOG.csv[.gz] --zone Europe/Rome --totals
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypedDict
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Category = Literal["open", "waiting", "resolved", "closed"]

CASE = "Case ID"
ACTIVITY = "Activity"
TIMESTAMP = "Complete Timestamp"
TIMESTAMP_FORMAT = "%Y/%m/%d %H:%M:%S.%f"

TAKE = frozenset({"Take in charge ticket"})
WAIT = frozenset({"Wait"})
RESOLVE = frozenset({"Resolve ticket", "RESOLVED"})
CLOSE = frozenset({"Closed", "DUPLICATE", "INVALID"})

SECONDS_PER_MINUTE = 60
MONTHS_PER_YEAR = 12


class OutOfOrderError(ValueError):
    """A row lies before the row above it in the same case, whichever way its local time is read."""


@dataclass(frozen=True)
class Event:
    """One row of the log; `at` is an aware UTC instant, `line` its line in the file, the header being line 1."""

    line: int
    activity: str
    at: datetime


@dataclass
class History:
    """What one case amounts to; every instant is aware UTC.

    `turns` are the changes of status in file order, the opening included; `odd` counts the subtle points met.
    """

    case: str
    opened_at: datetime
    first_response_at: datetime | None = None
    resolved_at: list[datetime] = field(default_factory=list)
    reopened_at: list[datetime] = field(default_factory=list)
    closed_at: datetime | None = None
    turns: list[tuple[datetime, Category]] = field(default_factory=list)
    odd: Counter[str] = field(default_factory=Counter)

    @property
    def category(self) -> Category:
        """Status the case ends in."""
        return self.turns[-1][1]

    def category_at(self, instant: datetime) -> Category | None:
        """Return the status held just before `instant`, or None when the case was not opened yet."""
        earlier = [category for at, category in self.turns if at < instant]
        return earlier[-1] if earlier else None


class Spread(TypedDict):
    """Median and 90th percentile in minutes; None when nothing was measured."""

    median: float | None
    p90: float | None


class Figures(TypedDict):
    """One report."""

    opened: int
    answered: int
    resolved: int
    closed: int
    reopened: int
    open_at_end: int
    unsolved_at_end: int
    first_response_minutes: Spread
    resolution_minutes: Spread


def instant(local: datetime, zone: ZoneInfo, not_before: datetime | None = None) -> datetime:
    """Turn a naive local time into a UTC instant.

    A time that the clock shows twice takes its first pass, unless that lies before `not_before` and the second pass
    does not. A time that the clock skips moves forward by the length of the gap. Raises OutOfOrderError when the
    result still lies before `not_before`.
    """
    first = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if not_before is None or first >= not_before:
        return first
    second = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if second >= not_before:
        return second
    message = f"{local.isoformat()} lies before {not_before.isoformat()}"
    raise OutOfOrderError(message)


def read_rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line, row) of a CSV file, plain or gzipped, UTF-8; the header is line 1."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        for row in reader:
            yield reader.line_num, row


def read_cases(rows: Iterable[tuple[int, dict[str, str]]], zone: ZoneInfo) -> dict[str, list[Event]]:
    """Group rows by case, in file order, with their instants."""
    cases: dict[str, list[Event]] = {}
    for line, row in rows:
        events = cases.setdefault(row[CASE], [])
        local = datetime.strptime(row[TIMESTAMP], TIMESTAMP_FORMAT)  # noqa: DTZ007 -- the zone is applied in instant()
        previous = events[-1].at if events else None
        events.append(Event(line, row[ACTIVITY], instant(local, zone, previous)))
    return cases


def replay(case: str, events: Sequence[Event]) -> History:
    """Apply the mapping to one case: its first event opens it, and then every event acts, that first one included."""
    history = History(case, events[0].at, turns=[(events[0].at, "open")])
    for event in events:
        if history.closed_at is not None:
            history.odd["event_after_close"] += 1
            history.odd["reopening_after_close"] += event.activity in TAKE | WAIT
        elif event.activity in TAKE:
            _take_in_charge(history, event)
        elif event.activity in WAIT:
            _work_on(history, event, "waiting")
        elif event.activity in RESOLVE:
            _resolve(history, event)
        elif event.activity in CLOSE:
            _close(history, event)
        else:
            history.odd["note_while_resolved"] += history.category == "resolved"
    return history


def _take_in_charge(history: History, event: Event) -> None:
    if history.first_response_at is None:
        history.first_response_at = event.at
        history.odd["first_response_at_opening"] += event.at == history.opened_at
        history.odd["first_response_after_resolution"] += bool(history.resolved_at)
    _work_on(history, event, "open")


def _work_on(history: History, event: Event, category: Category) -> None:
    if history.category == "resolved":
        history.reopened_at.append(event.at)
        history.odd["reopened_by_wait"] += category == "waiting"
        history.odd["reopened_at_instant_of_resolution"] += event.at == history.resolved_at[-1]
    history.odd["wait_while_waiting"] += history.category == category == "waiting"
    history.turns.append((event.at, category))


def _resolve(history: History, event: Event) -> None:
    if history.category == "resolved":
        history.odd["resolve_while_resolved"] += 1
        history.odd["resolve_while_resolved_at_same_instant"] += event.at == history.resolved_at[-1]
    history.odd["resolved_while_waiting"] += history.category == "waiting"
    history.odd["resolved_at_opening"] += event.at == history.opened_at
    history.odd["resolved_before_any_response"] += history.first_response_at is None
    history.resolved_at.append(event.at)
    history.turns.append((event.at, "resolved"))


def _close(history: History, event: Event) -> None:
    history.odd["closed_unresolved"] += history.category != "resolved"
    history.odd[f"closed_by_{event.activity}"] += 1
    history.closed_at = event.at
    history.turns.append((event.at, "closed"))


def load(path: Path, zone: ZoneInfo) -> list[History]:
    """Read and replay a whole log, cases in file order."""
    return [replay(case, events) for case, events in read_cases(read_rows(path), zone).items()]


def quantile(values: Iterable[Fraction], share: Fraction) -> float | None:
    """Linear interpolation between the two nearest ranks, as quantile_cont does; None of nothing."""
    ordered = sorted(values)
    if not ordered:
        return None
    rank = share * (len(ordered) - 1)
    below = int(rank)
    above = min(below + 1, len(ordered) - 1)
    return float(ordered[below] + (ordered[above] - ordered[below]) * (rank - below))


def minutes(length: timedelta) -> Fraction:
    """Minutes of a duration, exact."""
    microseconds = length // timedelta(microseconds=1)
    return Fraction(microseconds, 1_000_000 * SECONDS_PER_MINUTE)


def spread(lengths: Iterable[timedelta]) -> Spread:
    """Median and 90th percentile of durations, in minutes."""
    exact = [minutes(length) for length in lengths]
    return {"median": quantile(exact, Fraction(1, 2)), "p90": quantile(exact, Fraction(9, 10))}


def figures(histories: Iterable[History], start: datetime, end: datetime) -> Figures:
    """Count the half-open period [start, end), both aware instants."""
    kept = list(histories)

    def within(at: datetime | None) -> bool:
        return at is not None and start <= at < end

    opened = [history for history in kept if within(history.opened_at)]
    return {
        "opened": len(opened),
        "answered": sum(within(history.first_response_at) for history in kept),
        "resolved": sum(within(at) for history in kept for at in history.resolved_at),
        "closed": sum(within(history.closed_at) for history in kept),
        "reopened": sum(within(at) for history in kept for at in history.reopened_at),
        "open_at_end": sum(history.category_at(end) in {"open", "waiting", "resolved"} for history in kept),
        "unsolved_at_end": sum(history.category_at(end) in {"open", "waiting"} for history in kept),
        "first_response_minutes": spread(
            history.first_response_at - history.opened_at for history in opened if history.first_response_at
        ),
        "resolution_minutes": spread(
            history.resolved_at[-1] - history.opened_at for history in opened if history.resolved_at
        ),
    }


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Find the instant at which a local day begins; where midnight is skipped, the first instant of that day."""
    return instant(datetime(day.year, day.month, day.day), zone)  # noqa: DTZ001 -- local, the zone is applied at once


def months(first: str, last: str) -> Iterator[tuple[str, date, date]]:
    """Yield (YYYY-MM, first day, first day of the next month) from `first` to `last`, both included."""
    year, month = map(int, first.split("-"))
    while (label := f"{year:04d}-{month:02d}") <= last:
        following = (year + month // MONTHS_PER_YEAR, month % MONTHS_PER_YEAR + 1)
        yield label, date(year, month, 1), date(*following, 1)
        year, month = following


def monthly(histories: Sequence[History], first: str, last: str, zone: ZoneInfo) -> dict[str, Figures]:
    """One report for each local calendar month, keyed YYYY-MM."""
    return {
        label: figures(histories, midnight(start, zone), midnight(end, zone))
        for label, start, end in months(first, last)
    }


def totals(histories: Sequence[History], rows: int) -> dict[str, int]:
    """Figures of the whole log, and how often each subtle point of the definitions occurs in it."""
    odd: Counter[str] = sum((history.odd for history in histories), Counter())
    final = Counter(history.category for history in histories)
    return {
        "cases": len(histories),
        "events": rows,
        "first_responses": sum(history.first_response_at is not None for history in histories),
        "resolutions": sum(len(history.resolved_at) for history in histories),
        "reopenings": sum(len(history.reopened_at) for history in histories),
        "closes": sum(history.closed_at is not None for history in histories),
        "never_closed": sum(history.closed_at is None for history in histories),
        "never_resolved": sum(not history.resolved_at for history in histories),
        "never_responded": sum(history.first_response_at is None for history in histories),
        "resolved_more_than_once": sum(len(history.resolved_at) > 1 for history in histories),
        **{f"ends_{category}": count for category, count in sorted(final.items())},
        **{name: count for name, count in sorted(odd.items()) if count},
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one report, the monthly reports or the totals as JSON."""
    parser = argparse.ArgumentParser(description="Count a help-desk log independently of the product.")
    parser.add_argument("log", type=Path)
    parser.add_argument("--zone", type=ZoneInfo, required=True)
    parser.add_argument("--from", dest="start", type=date.fromisoformat)
    parser.add_argument("--to", dest="end", type=date.fromisoformat)
    parser.add_argument("--first")
    parser.add_argument("--last")
    parser.add_argument("--totals", action="store_true")
    options = parser.parse_args(arguments)
    histories = load(options.log, options.zone)
    if options.totals:
        answer: object = totals(histories, sum(1 for _ in read_rows(options.log)))
    elif options.first and options.last:
        answer = monthly(histories, options.first, options.last, options.zone)
    elif options.start and options.end:
        answer = figures(histories, midnight(options.start, options.zone), midnight(options.end, options.zone))
    else:
        parser.error("give --from and --to, or --first and --last, or --totals")
    sys.stdout.write(json.dumps(answer, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
