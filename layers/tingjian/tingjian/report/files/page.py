"""The report as a page that a manager prints: one file, no script, nothing loaded from anywhere."""

import functools
from datetime import date, timedelta
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

from tingjian.report.figures.models import WITHOUT_RESULT, Filters, PeriodFigures
from tingjian.report.files.breakdowns import breakdown_table
from tingjian.report.files.cards import count_cards, quality_cards
from tingjian.report.files.graphs import distribution_section, trend_section
from tingjian.report.files.wording import Say, report_text
from tingjian.report.reports.models import Report

TABLES = ("type", "channel", "team", "person", "customer")


def report_page(report: Report, figures: PeriodFigures) -> str:
    say: Say = functools.partial(report_text, report.language)
    body = [_header(say, report, figures), _filters(say, report)]
    if _is_empty(figures):
        body.append(f'<p class="empty">{say("nothing")}</p>')
    body += [
        count_cards(say, figures),
        quality_cards(say, figures),
        trend_section(say, figures),
        distribution_section(say, figures),
    ]
    body += [breakdown_table(say, name, getattr(figures, f"by_{name}"), figures) for name in TABLES]
    body.append(_footer(say, report, figures))
    title = f"{say('title.' + report.kind)} {_period(report)}"
    return (
        f'<!DOCTYPE html><html lang="{report.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{_style()}</style></head><body>{''.join(body)}</body></html>"
    )


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
    # People name the last day of a period. Stored is the day after it.
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


def _footer(say: Say, report: Report, figures: PeriodFigures) -> str:
    before = report.question.before_starts_at.astimezone(ZoneInfo(report.zone))
    last = report.starts_at.astimezone(ZoneInfo(report.zone)) - timedelta(seconds=1)
    notes = [
        say("note.previous", start=f"{before:%Y-%m-%d}", end=f"{last:%Y-%m-%d}"),
        say("note.times"),
        say("note.stocks", open=f"{figures.open_at_end:,}", unsolved=f"{figures.unsolved_at_end:,}"),
        say(
            "note.without_result",
            closed=f"{figures.closed:,}",
            **{name.removeprefix("closed_"): f"{getattr(figures, name):,}" for name in WITHOUT_RESULT},
        ),
        say("note.satisfied", score=report.satisfied_from),
        say("note.id", id=report.id),
    ]
    return f"<footer>{''.join(f'<p>{escape(note)}</p>' for note in notes)}</footer>"
