"""Counting: the SQL run over an open lake, its rows as figures."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tingjian.platform.times import stamp
from tingjian.report.figures.models import (
    BOUNDS_MINUTES,
    REST,
    SCORES,
    TOP_CUSTOMERS,
    Bar,
    Dimension,
    Distribution,
    Figures,
    Kept,
    Part,
    PeriodFigures,
    Question,
    Records,
    Satisfaction,
    Spread,
    Targets,
)
from tingjian.report.lake.database import OpenLake, sql

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

COUNTS = ("opened", "answered", "resolved", "closed", "reopened", "open_at_end", "unsolved_at_end")
SPREADS = (
    "first_response_minutes",
    "first_response_working_minutes",
    "resolution_minutes",
    "resolution_working_minutes",
)
IMPORTED: dict[Records, bool | None] = {"live": False, "imported": True, "all": None}
BATCH = 2000
Row = Mapping[str, Any]


def count(lake: OpenLake, question: Question) -> PeriodFigures:
    """The figures of a question. Leaves behind what `rows` reads; counting again replaces it."""
    database = lake.database
    _ask(database, question)
    database.execute(sql("figures/figures.sql"))
    found = list(_rows(database, "SELECT * FROM figures"))
    whole = {row["period"]: row for row in found if row["dimension"] == "all"}
    current = [row for row in found if row["period"] == "current"]
    return PeriodFigures(
        **_figures(whole.get("current", {})),
        previous=Figures(**_figures(whole.get("previous", {}))),
        by_type=_parts(current, "type"),
        by_channel=_parts(current, "channel"),
        by_team=_parts(current, "team"),
        by_person=_parts(current, "person"),
        by_customer=_parts(current, "customer"),
        by_day=_days(database, current),
        distribution=_distribution(database),
        data_until=lake.data_until,
    )


def rows(lake: OpenLake) -> Iterator[dict[str, Any]]:
    """The tickets behind the figures that were just counted, one row each, in order of opening."""
    return _rows(lake.database, sql("figures/rows.sql"))


def _ask(database: "DuckDBPyConnection", question: Question) -> None:
    variables: dict[str, Any] = {
        "before_starts_at": stamp(question.before_starts_at),
        "starts_at": stamp(question.starts_at),
        "ends_at": stamp(question.ends_at),
        "imported": IMPORTED[question.records],
        "satisfied_from": question.satisfied_from,
        "bounds": list(BOUNDS_MINUTES),
        "top_customers": TOP_CUSTOMERS,
        **question.filters.model_dump(),
    }
    for name, value in variables.items():
        database.execute(f"SET VARIABLE {name} = $1", [value])
    database.execute("CREATE OR REPLACE TEMP TABLE days (day DATE, starts_at TIMESTAMP, ends_at TIMESTAMP)")
    if question.days:
        values = [[day, stamp(start), stamp(end)] for day, start, end in question.days]
        names, starts, ends = (list(column) for column in zip(*values, strict=True))
        database.execute("INSERT INTO days SELECT unnest($1::DATE[]), unnest($2), unnest($3)", [names, starts, ends])


def _rows(database: "DuckDBPyConnection", query: str, parameters: object = None) -> Iterator[dict[str, Any]]:
    cursor = database.execute(query, parameters)
    names = [column[0] for column in cursor.description]
    while batch := cursor.fetchmany(BATCH):
        for row in batch:
            yield dict(zip(names, row, strict=True))


def _figures(row: Row) -> dict[str, Any]:
    """A row of the SQL as the members of `Figures`; an empty row where nothing was counted."""
    if not row:
        return {}
    counts: dict[str, Any] = {name: row[name] for name in COUNTS}
    spreads = {name: Spread(median=row[name][0], p90=row[name][1]) for name in SPREADS if row[name]}
    targets = Targets(
        first_response=Kept(kept=row["first_response_kept"], missed=row["first_response_missed"]),
        resolution=Kept(kept=row["resolution_kept"], missed=row["resolution_missed"]),
    )
    share = row["satisfied"] / row["answers"] if row["answers"] else None
    satisfaction = Satisfaction(answers=row["answers"], average=row["average"], satisfied_share=share)
    return counts | spreads | {"targets": targets, "satisfaction": satisfaction}


def _parts(found: Iterable[Row], dimension: Dimension) -> tuple[Part, ...]:
    """The parts of a dimension, those with the most to do first; nobody, and the rest of a long list, last."""
    parts = [Part(key=row["key"], **_figures(row)) for row in found if row["dimension"] == dimension]
    return tuple(sorted(parts, key=_rank))


def _rank(part: Part) -> tuple[bool, bool, int, int, str]:
    return part.key == REST, not part.key, -part.opened, -part.resolved, part.key


def _days(database: "DuckDBPyConnection", current: Iterable[Row]) -> tuple[Part, ...]:
    """Every day of the period, those on which nothing happened too, with the work left at its end."""
    counted = {row["key"]: row for row in current if row["dimension"] == "day"}
    left = _rows(database, "SELECT day::VARCHAR AS key, open_at_end, unsolved_at_end FROM open_by_day ORDER BY day")
    return tuple(Part.model_validate(_figures(counted.get(day["key"], {})) | day) for day in left)


def _distribution(database: "DuckDBPyConnection") -> Distribution:
    found = {(kind, place): tickets for kind, place, tickets in database.execute("SELECT * FROM spread").fetchall()}
    bounds = (0.0, *BOUNDS_MINUTES)
    bars = {
        kind: tuple(Bar(from_minutes=start, tickets=found.get((kind, place), 0)) for place, start in enumerate(bounds))
        for kind in ("first_response", "resolution")
    }
    scores = {str(score): found.get(("survey", score), 0) for score in SCORES}
    return Distribution(first_response=bars["first_response"], resolution=bars["resolution"], scores=scores)
