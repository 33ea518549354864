"""The report as a page that a manager prints: one file, no script, nothing loaded from anywhere."""

import functools
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

from tingjian.platform import texts
from tingjian.platform.texts import Language
from tingjian.report.figures.models import REST, Bar, FigurePart, Figures, Filters, PeriodFigures, Spread, TargetShare
from tingjian.report.files import charts
from tingjian.report.files.charts import Series
from tingjian.report.reports.models import Report

OPENED, RESOLVED, UNSOLVED, ACCENT = "#60a5fa", "#34d399", "#d97706", "#0f766e"
MOST_DAYS = 62
"""Longer periods are drawn by week, and the longest by month."""
MOST_WEEKS = 420
HOUR = 60
MINUTES_SHOWN, HOURS_SHOWN = 90, 48 * HOUR
TABLES = ("type", "channel", "team", "person", "customer")
COLUMNS = ("opened", "resolved", "reopened", "unsolved_at_end", "first_response", "resolution", "kept", "satisfied")
Say = Callable[..., str]


def report_page(report: Report, figures: PeriodFigures) -> str:
    """The page in the report's language."""
    say: Say = functools.partial(_text, report.language)
    body = [_header(say, report, figures), _filters(say, report)]
    if _is_empty(figures):
        body.append(f'<p class="empty">{say("nothing")}</p>')
    body += [_counts(say, figures), _qualities(say, figures), _trend(say, figures), _distributions(say, figures)]
    body += [_table(say, name, getattr(figures, f"by_{name}"), figures) for name in TABLES]
    body.append(_footer(say, report, figures))
    title = f"{say('title.' + report.kind)} {_period(report)}"
    return (
        f'<!DOCTYPE html><html lang="{report.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{_style()}</style></head><body>{''.join(body)}</body></html>"
    )


def spoken_length(say: Say, minutes: float | None) -> tuple[str, str]:
    """A length of time in the unit that people would say it in: the number, and the unit."""
    if minutes is None:
        return "–", ""
    if minutes < MINUTES_SHOWN:
        return f"{minutes:,.0f}" if minutes >= 10 or minutes == int(minutes) else f"{minutes:,.1f}", say("unit.minutes")  # noqa: PLR2004
    if minutes < HOURS_SHOWN:
        return f"{minutes / 60:,.1f}", say("unit.hours")
    return f"{minutes / 1440:,.1f}", say("unit.days")


def _text(language: Language, key: str, **parameters: object) -> str:
    return texts.text(f"report.{key}", language, **parameters)


@functools.cache
def _style() -> str:
    return (Path(__file__).parent / "page.css").read_text(encoding="utf-8")


def _is_empty(figures: PeriodFigures) -> bool:
    return not (figures.opened or figures.answered or figures.resolved or figures.closed or figures.open_at_end)


def _header(say: Say, report: Report, figures: PeriodFigures) -> str:
    made = figures.data_until.astimezone(ZoneInfo(report.zone)) if figures.data_until else None
    until = say("data_until", at=f"{made:%Y-%m-%d %H:%M:%S}") if made else ""
    return (
        f'<header><div><div class="brand">{say("brand")}</div><h1>{say("title." + report.kind)}</h1>'
        f'<div class="period">{escape(_period(report))}</div></div>'
        f'<div class="meta">{escape(report.zone)}<br>{say("records." + report.records)}<br>{until}</div></header>'
    )


def _period(report: Report) -> str:
    """The period as people say it: with its last day, not the day after."""
    try:
        last = date.fromisoformat(report.end) - timedelta(days=1)
        first = date.fromisoformat(report.start)
    except ValueError:
        zone = ZoneInfo(report.zone)
        return f"{report.starts_at.astimezone(zone):%Y-%m-%d %H:%M} – {report.ends_at.astimezone(zone):%Y-%m-%d %H:%M}"
    return first.isoformat() if first == last else f"{first} – {last}"


def _filters(say: Say, report: Report) -> str:
    given = [(name, getattr(report, name)) for name in Filters.model_fields if getattr(report, name)]
    chips = "".join(f'<span class="chip">{say("by." + name)}: {escape(value)}</span>' for name, value in given)
    return f'<div class="chips">{chips}</div>' if chips else ""


def _counts(say: Say, figures: PeriodFigures) -> str:
    less_is_better = {"reopened", "open_at_end", "unsolved_at_end"}
    names = ("opened", "answered", "resolved", "reopened", "unsolved_at_end", "open_at_end")
    cards = []
    for name in names:
        value, before = getattr(figures, name), getattr(figures.previous, name)
        wanted = -1 if name in less_is_better else 0
        cards.append(_card(say, name, f"{value:,}", change=_change(say, value, before, wanted)))
    return f'<div class="cards">{"".join(cards)}</div>'


def _qualities(say: Say, figures: PeriodFigures) -> str:
    before = figures.previous
    cards = [
        _time_card(say, "first_response_minutes", figures, before),
        _time_card(say, "resolution_minutes", figures, before),
        _kept_card(say, "first_response", figures.targets.first_response, before.targets.first_response),
        _kept_card(say, "resolution", figures.targets.resolution, before.targets.resolution),
    ]
    score, earlier = figures.satisfaction, before.satisfaction
    note = say(
        "answers", answers=f"{score.answers:,}", average="–" if score.average is None else f"{score.average:.2f}"
    )
    cards.append(_share_card(say, "satisfaction", score.satisfied_share, earlier.satisfied_share, note))
    return f'<div class="cards five">{"".join(cards)}</div>'


def _time_card(say: Say, name: str, figures: Figures, before: Figures) -> str:
    spread, earlier = getattr(figures, name), getattr(before, name)
    number, unit = spoken_length(say, spread.median)
    tail, tail_unit = spoken_length(say, spread.p90)
    change = _change(say, spread.median, earlier.median, -1)
    return _card(say, name, f"{number}<small>{unit}</small>", note=f"{say('p90')} {tail} {tail_unit}", change=change)


def _kept_card(say: Say, clock: str, kept: TargetShare, before: TargetShare) -> str:
    note = say("kept_of", kept=f"{kept.kept:,}", all=f"{kept.kept + kept.missed:,}")
    return _share_card(say, f"kept.{clock}", kept.share, before.share, note)


def _share_card(say: Say, name: str, share: float | None, before: float | None, note: str) -> str:
    number = "–" if share is None else f"{share * 100:.1f}<small>%</small>"
    meter = "" if share is None else f'<div class="meter"><i style="width:{share * 100:.1f}%"></i></div>'
    change = ""
    if share is not None and before is not None:
        points = round((share - before) * 100, 1)
        tone = "even" if points == 0 else "good" if points > 0 else "bad"
        change = f'<div class="note {tone}">{_arrow(points)} {say("points", points=f"{abs(points):.1f}")}</div>'
    return _card(say, name, number + meter, note=note, change=change)


def _card(say: Say, name: str, number: str, *, note: str = "", change: str = "") -> str:
    more = f'<div class="note">{note}</div>' if note else ""
    head = f'<div class="name">{say("figure." + name)}</div><div class="number">{number}</div>'
    return f'<div class="card">{head}{more}{change}</div>'


def _change(say: Say, value: float | None, before: float | None, wanted: int) -> str:
    """The change against the period before; `wanted` is 1 when more is better, -1 when less is, 0 when neither."""
    if value is None or before is None:
        return ""
    if before == 0:
        shown = say("from_zero") if value else say("unchanged")
        return f'<div class="note even">{shown}</div>'
    percent = (value - before) / before * 100
    if abs(percent) < 0.05:  # noqa: PLR2004 - would be shown as zero
        return f'<div class="note even">{say("unchanged")}</div>'
    tone = "even" if wanted == 0 else "good" if (percent > 0) == (wanted > 0) else "bad"
    said = say("change", percent=f"{abs(percent):,.0f}" if abs(percent) >= 10 else f"{abs(percent):.1f}")  # noqa: PLR2004
    return f'<div class="note {tone}">{_arrow(percent)} {said}</div>'


def _arrow(change: float) -> str:
    return "▲" if change > 0 else "▼" if change < 0 else "="


def _trend(say: Say, figures: PeriodFigures) -> str:
    grain, groups = _grouped(figures.by_day)
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


def _grouped(days: Sequence[FigurePart]) -> tuple[str, list[tuple[str, list[FigurePart]]]]:
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


def _distributions(say: Say, figures: PeriodFigures) -> str:
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


def _table(say: Say, name: str, parts: Sequence[FigurePart], whole: Figures) -> str:
    """The parts of one dimension; a bar shows what was resolved by those who work, else what was opened."""
    if not parts:
        return ""
    barred = "resolved" if name in {"team", "person"} else "opened"
    head = "".join(f"<th>{say('column.' + column)}</th>" for column in COLUMNS)
    most = max((getattr(part, barred) for part in parts if part.key != REST), default=0)
    rows = "".join(f"<tr><td>{escape(part.label)}</td>{_cells(say, part, barred, most)}</tr>" for part in parts)
    total = f"<tfoot><tr><td>{say('total')}</td>{_cells(say, whole, barred, 0)}</tr></tfoot>" if len(parts) > 1 else ""
    return (
        f"<section><h2>{say('by.' + name)}</h2><table><thead><tr><th>{say('by.' + name)}</th>{head}</tr></thead>"
        f"<tbody>{rows}</tbody>{total}</table></section>"
    )


def _cells(say: Say, part: Figures, barred: str, most: int) -> str:
    kept = TargetShare(
        kept=part.targets.first_response.kept + part.targets.resolution.kept,
        missed=part.targets.first_response.missed + part.targets.resolution.missed,
    )
    counts = "".join(
        _cell(f"{getattr(part, name):,}", bar=getattr(part, name) / most if most and name == barred else 0.0)
        if getattr(part, name)
        else _cell("")
        for name in COLUMNS[:4]
    )
    times = _time_cell(say, part.first_response_minutes) + _time_cell(say, part.resolution_minutes)
    shares = (kept.share, part.satisfaction.satisfied_share)
    return counts + times + "".join(_cell("" if share is None else f"{share * 100:.1f}%") for share in shares)


def _time_cell(say: Say, spread: Spread) -> str:
    return _cell("" if spread.median is None else " ".join(spoken_length(say, spread.median)))


def _cell(text: str, *, bar: float = 0.0) -> str:
    drawn = f'<span class="bar" style="width:{min(bar, 1) * 44:.0f}px"></span>' if bar else ""
    return f"<td>{drawn}{text}</td>" if text else '<td class="none">–</td>'


def _footer(say: Say, report: Report, figures: PeriodFigures) -> str:
    before = report.question.before_starts_at.astimezone(ZoneInfo(report.zone))
    last = report.starts_at.astimezone(ZoneInfo(report.zone)) - timedelta(seconds=1)
    notes = [
        say("note.previous", start=f"{before:%Y-%m-%d}", end=f"{last:%Y-%m-%d}"),
        say("note.times"),
        say("note.stocks", open=f"{figures.open_at_end:,}", unsolved=f"{figures.unsolved_at_end:,}"),
        say("note.satisfied", score=report.satisfied_from),
        say("note.id", id=report.id),
    ]
    return f"<footer>{''.join(f'<p>{escape(note)}</p>' for note in notes)}</footer>"
