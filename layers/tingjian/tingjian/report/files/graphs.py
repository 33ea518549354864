"""The graphs of a page: the days of the period, and how times and scores are spread."""

from collections.abc import Sequence
from datetime import date, timedelta

from tingjian.report.figures.models import Bar, FigurePart, PeriodFigures
from tingjian.report.files import charts
from tingjian.report.files.charts import Series
from tingjian.report.files.wording import HOUR, Say

OPENED, RESOLVED, UNSOLVED, ACCENT = "#60a5fa", "#34d399", "#d97706", "#0f766e"


MOST_DAYS = 62
"""Longer periods are drawn by week, and the longest by month."""


MOST_WEEKS = 420


def trend_section(say: Say, figures: PeriodFigures) -> str:
    """The days, or in a long period the weeks or months, with the work that was left at the end of each."""
    grain, groups = _groups(figures.by_day)
    labels = [_day_label(grain, first) for first, _ in groups]
    bars = [
        Series(say("figure.opened"), OPENED, [sum(day.opened for day in days) for _, days in groups]),
        Series(say("figure.resolved"), RESOLVED, [sum(day.resolved for day in days) for _, days in groups]),
    ]
    line = Series(say("figure.unsolved_at_end"), UNSOLVED, [days[-1].unsolved_at_end for _, days in groups])
    legend = "".join(f'<b style="background:{series.colour}"></b>{series.name}' for series in (*bars, line))
    chart = charts.trend(labels, bars, line)
    head = f'<h2>{say("trend." + grain)}<span class="legend">{legend}</span></h2>'
    return f"<section>{head}<figure>{chart}</figure></section>"


def _groups(days: Sequence[FigurePart]) -> tuple[str, list[tuple[str, list[FigurePart]]]]:
    """The days as such, by week or by month, whatever can still be seen."""
    grain = "day" if len(days) <= MOST_DAYS else "week" if len(days) <= MOST_WEEKS else "month"
    groups: dict[str, list[FigurePart]] = {}
    for day in days:
        groups.setdefault(_group(grain, day.key), []).append(day)
    return grain, [(members[0].key, members) for members in groups.values()]


def _group(grain: str, day: str) -> str:
    if grain == "month":
        return day[:7]
    if grain == "week":
        read = date.fromisoformat(day)
        return (read - timedelta(days=read.weekday())).isoformat()
    return day


def _day_label(grain: str, day: str) -> str:
    return day[:7] if grain == "month" else day[5:]


def distribution_section(say: Say, figures: PeriodFigures) -> str:
    spread = figures.distribution
    drawn = [
        _figure(say, "first_response", _bars(say, spread.first_response, OPENED, say("spread.first_response"))),
        _figure(say, "resolution", _bars(say, spread.resolution, RESOLVED, say("spread.resolution"))),
    ]
    if figures.satisfaction.answers:
        scores = list(spread.scores)
        values = [spread.scores[score] for score in scores]
        chart = charts.distribution(scores, values, ACCENT, say("spread.scores"), width=255)
        drawn.append(_figure(say, "scores", chart))
    three = " three" if figures.satisfaction.answers else ""
    return f'<section><h2>{say("spread")}</h2><div class="charts{three}">{"".join(drawn)}</div></section>'


def _figure(say: Say, name: str, chart: str) -> str:
    return f"<figure><figcaption>{say('spread.' + name)}</figcaption>{chart}</figure>"


def _bars(say: Say, bars: Sequence[Bar], colour: str, name: str) -> str:
    """The bars, each labelled with where it ends; the last one has no end."""
    labels = []
    for bar, following in zip(bars, (*bars[1:], None), strict=True):
        end = following or bar
        number, unit = (
            (f"{end.from_minutes:.0f}", say("short.minutes"))
            if end.from_minutes < HOUR
            else (
                f"{end.from_minutes / HOUR:.0f}",
                say("short.hours"),
            )
        )
        labels.append(f"{'<' if following else '≥'} {number}{unit}")
    return charts.distribution(labels, [bar.tickets for bar in bars], colour, name)
