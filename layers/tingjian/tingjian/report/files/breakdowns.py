"""The tables of a page: the figures of each part."""

from collections.abc import Sequence
from html import escape

from tingjian.report.figures.models import REST, FigurePart, Figures, Spread, TargetShare
from tingjian.report.files.wording import Say, spoken_length

COLUMNS = ("opened", "resolved", "reopened", "unsolved_at_end", "first_response", "resolution", "kept", "satisfied")


def breakdown_table(say: Say, name: str, parts: Sequence[FigurePart], whole: Figures) -> str:
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
