"""Counting: the SQL run over an open lake, its rows as figures."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tingjian.platform.times import stamp
from tingjian.report.figures.models import (
    BOUNDS_MINUTES,
    REST,
    SCORES,
    TOP_CUSTOMERS,
    WITHOUT_RESULT,
    Bar,
    Distribution,
    FigurePart,
    Figures,
    PeriodFigures,
    Question,
    Records,
    Satisfaction,
    Spread,
    Targets,
    TargetShare,
)
from tingjian.report.figures.survey_figures import survey_figures
from tingjian.report.lake.database import OpenLake, sql_text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

STAYS = ("stay_unsolved", "stay_resolved")
COUNTS = ("opened", "answered", "resolved", "closed", *WITHOUT_RESULT, "reopened")
IMPORTED: dict[Records, bool | None] = {"live": False, "imported": True, "all": None}
BATCH = 2000
FactRow = Mapping[str, Any]
Kinds = dict[str, FactRow]
"""Rows of the SQL by kind of fact."""


def count_figures(lake: OpenLake, question: Question) -> PeriodFigures:
    """The figures of a question. Leaves behind what `rows` reads; counting again replaces it."""
    database = lake.database
    _ask(database, question)
    database.execute(sql_text("figures/figures.sql"))
    found: dict[str, dict[str, Kinds]] = {}
    previous: Kinds = {}
    for row in _rows(database, "SELECT * FROM figures"):
        if row["period"] == "previous":
            previous[row["kind"]] = row
        else:
            found.setdefault(row["dimension"], {}).setdefault(row["key"], {})[row["kind"]] = row
    return PeriodFigures(
        **_figures(found.get("all", {}).get("", {})),
        previous=Figures(**_figures(previous)),
        by_type=_parts(found.get("type", {})),
        by_channel=_parts(found.get("channel", {})),
        by_team=_parts(found.get("team", {})),
        by_person=_parts(found.get("person", {})),
        by_customer=_parts(found.get("customer", {})),
        by_day=_days(database, found.get("day", {})),
        distribution=_distribution(database),
        data_until=lake.data_until,
    )


def ticket_rows(lake: OpenLake) -> Iterator[dict[str, Any]]:
    """The tickets behind the figures that were just counted, one row each, in order of opening."""
    return _rows(lake.database, sql_text("figures/rows.sql"))


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
    database.execute("CREATE OR REPLACE TEMP TABLE days (day DATE)")
    database.execute("INSERT INTO days SELECT unnest($1::DATE[])", [[day for day, _, _ in question.days]])
    database.execute(
        "CREATE OR REPLACE TEMP TABLE stretches"
        " (starts_at TIMESTAMP, ends_at TIMESTAMP, shift INTERVAL, first_day DATE, last_day DATE)"
    )
    for stretch in _stretches(question):
        database.execute("INSERT INTO stretches VALUES ($1, $2, $3, $4, $5)", list(stretch))


def _stretches(question: Question) -> list[tuple[str, str, timedelta, str, str]]:
    """The days of a period in spans in which every day begins at the same hour of UTC: begin, end, shift, days.

    Within one, the local day of an instant is its date after the shift, kept between the span's days since the last of
    them may be longer. The first day of a period may be a part of a day, so it is a span of its own.
    """
    found: list[tuple[str, str, timedelta, str, str]] = []
    for place, (day, start, end) in enumerate(question.days):
        shift = datetime.fromisoformat(day).replace(tzinfo=UTC) - start
        if place > 1 and found[-1][2] == shift:
            begin, _, _, first, _ = found.pop()
            found.append((begin, stamp(end), shift, first, day))
        else:
            found.append((stamp(start), stamp(end), shift, day, day))
    return found


def _rows(database: "DuckDBPyConnection", query: str, parameters: object = None) -> Iterator[dict[str, Any]]:
    cursor = database.execute(query, parameters)
    names = [column[0] for column in cursor.description]
    while batch := cursor.fetchmany(BATCH):
        for row in batch:
            yield dict(zip(names, row, strict=True))


def _figures(kinds: Kinds) -> dict[str, Any]:
    """The members of `Figures` of some tickets, from their rows of the SQL; a kind without a row was not counted."""
    number = {kind: row["number"] for kind, row in kinds.items()}
    first, last, survey = kinds.get("first_response"), kinds.get("resolution"), kinds.get("survey")
    return {name: number.get(name, 0) for name in COUNTS} | {
        "open_at_end": sum(number.get(kind, 0) for kind in STAYS),
        "unsolved_at_end": number.get("stay_unsolved", 0),
        "first_response_minutes": _spread(first, "times"),
        "first_response_working_minutes": _spread(first, "working_times"),
        "resolution_minutes": _spread(last, "times"),
        "resolution_working_minutes": _spread(last, "working_times"),
        "targets": Targets(
            first_response=_target_share(number, "first_response"), resolution=_target_share(number, "resolution")
        ),
        "satisfaction": _satisfaction(survey),
        "surveys": survey_figures(kinds),
    }


def _spread(row: FactRow | None, name: str) -> Spread:
    return Spread(median=row[name][0], p90=row[name][1]) if row and row[name] else Spread()


def _target_share(number: Mapping[str, int], clock: str) -> TargetShare:
    return TargetShare(kept=number.get(f"{clock}_kept", 0), missed=number.get(f"{clock}_missed", 0))


def _satisfaction(row: FactRow | None) -> Satisfaction:
    if row is None:
        return Satisfaction()
    share = row["satisfied"] / row["number"]
    return Satisfaction(answers=row["number"], average=row["mean"], satisfied_share=share)


def _parts(found: Mapping[str, Kinds]) -> tuple[FigurePart, ...]:
    """The parts of a dimension, those with the most to do first; nobody, and the rest of a long list, last."""
    return tuple(sorted((FigurePart(key=key, **_figures(kinds)) for key, kinds in found.items()), key=_rank))


def _rank(part: FigurePart) -> tuple[bool, bool, int, int, str]:
    return part.key == REST, not part.key, -part.opened, -part.resolved, part.key


def _days(database: "DuckDBPyConnection", found: Mapping[str, Kinds]) -> tuple[FigurePart, ...]:
    """Every day of the period, those on which nothing happened too, with the work left at its end."""
    left = _rows(database, "SELECT day::VARCHAR AS key, open_at_end, unsolved_at_end FROM open_by_day ORDER BY day")
    return tuple(FigurePart.model_validate(_figures(found.get(day["key"], {})) | day) for day in left)


def _distribution(database: "DuckDBPyConnection") -> Distribution:
    found = {(kind, place): tickets for kind, place, tickets in database.execute("SELECT * FROM spread").fetchall()}
    bounds = (0.0, *BOUNDS_MINUTES)
    bars = {
        kind: tuple(Bar(from_minutes=start, tickets=found.get((kind, place), 0)) for place, start in enumerate(bounds))
        for kind in ("first_response", "resolution")
    }
    scores = {str(score): found.get(("survey", score), 0) for score in SCORES}
    return Distribution(first_response=bars["first_response"], resolution=bars["resolution"], scores=scores)
