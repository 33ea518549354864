"""The cards of a page: each figure with its change against the period before."""

from tingjian.report.figures.models import Figures, PeriodFigures, TargetShare
from tingjian.report.files.wording import Say, spoken_length


def count_cards(say: Say, figures: PeriodFigures) -> str:
    """How many tickets were opened, answered, resolved and reopened, and how many are left."""
    less_is_better = {"reopened", "open_at_end", "unsolved_at_end"}
    names = ("opened", "answered", "resolved", "reopened", "unsolved_at_end", "open_at_end")
    cards = []
    for name in names:
        value, before = getattr(figures, name), getattr(figures.previous, name)
        wanted = -1 if name in less_is_better else 0
        cards.append(_card(say, name, f"{value:,}", change=_change(say, value, before, wanted)))
    return f'<div class="cards">{"".join(cards)}</div>'


def quality_cards(say: Say, figures: PeriodFigures) -> str:
    """How long it took, how many targets were met, and what customers say of it."""
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
