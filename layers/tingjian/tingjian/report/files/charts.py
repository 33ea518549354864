"""Charts as SVG text, made by hand: bars with a line over days, and bars of a distribution. Pure.

All texts are escaped here; nothing else in a chart comes from outside.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

WIDTH, TREND_HEIGHT, BARS_HEIGHT = 980, 230, 160
LEFT, TOP, BOTTOM = 42, 10, 24
GRID = "#e5e7eb"
GRID_LINES = 4
MOST_LABELS = 16
WIDE_LABEL = 34


@dataclass(frozen=True, slots=True)
class Series:
    """Values over the same places, with a name and a colour."""

    name: str
    colour: str
    values: Sequence[int]


def trend(labels: Sequence[str], bars: Sequence[Series], line: Series) -> str:
    """Bars side by side for each place and one line over them, on one scale that begins at 0."""
    top = scale_top(max((value for series in (*bars, line) for value in series.values), default=0))
    plot = _Plot(WIDTH, TREND_HEIGHT, top, max(len(labels), 1))
    width = plot.step * 0.76 / max(len(bars), 1)
    parts = [plot.grid()]
    for number, series in enumerate(bars):
        offset = plot.step * 0.12 + number * width
        parts += [
            f'<rect x="{plot.x(place) + offset:.1f}" y="{plot.y(value):.1f}" width="{max(width - 0.6, 0.6):.1f}"'
            f' height="{plot.y(0) - plot.y(value):.1f}" fill="{series.colour}"/>'
            for place, value in enumerate(series.values)
            if value
        ]
    points = " ".join(
        f"{plot.x(place) + plot.step / 2:.1f},{plot.y(value):.1f}" for place, value in enumerate(line.values)
    )
    parts.append(f'<polyline points="{points}" fill="none" stroke="{line.colour}" stroke-width="2.2"/>')
    if len(line.values) == 1:
        middle, height = plot.x(0) + plot.step / 2, plot.y(line.values[0])
        parts.append(f'<circle cx="{middle:.1f}" cy="{height:.1f}" r="4" fill="{line.colour}"/>')
    every = ceil(len(labels) / MOST_LABELS) if labels else 1
    parts += [plot.label(place, text) for place, text in enumerate(labels) if place % every == 0]
    return plot.svg(parts, ", ".join(series.name for series in (*bars, line)))


def distribution(labels: Sequence[str], values: Sequence[int], colour: str, name: str, *, width: int = 390) -> str:
    top = max(*values, 1) * 1.14
    plot = _Plot(width, BARS_HEIGHT, top, max(len(values), 1), left=6)
    parts = [f'<line x1="6" x2="{width}" y1="{plot.y(0):.1f}" y2="{plot.y(0):.1f}" stroke="#9ca3af"/>']
    for place, (text, value) in enumerate(zip(labels, values, strict=True)):
        x = plot.x(place) + plot.step * 0.12
        parts.append(
            f'<rect x="{x:.1f}" y="{plot.y(value):.1f}" width="{plot.step * 0.76:.1f}"'
            f' height="{plot.y(0) - plot.y(value):.1f}" fill="{colour}" rx="1.5"/>'
        )
        middle = plot.x(place) + plot.step / 2
        parts.append(
            f'<text class="value" x="{middle:.1f}" y="{plot.y(value) - 4:.1f}" text-anchor="middle">{value:,}</text>'
        )
        parts.append(plot.label(place, text))
    return plot.svg(parts, name)


def scale_top(highest: float) -> int:
    """A round number at or above the highest value, so that the grid has whole numbers."""
    if highest <= GRID_LINES:
        return GRID_LINES
    unit = 10 ** floor(log10(highest / GRID_LINES))
    steps = (unit * factor for factor in (1, 2, 2.5, 3, 4, 5, 10))
    step = next(step for step in steps if step * GRID_LINES >= highest and step == int(step))
    return int(step) * GRID_LINES


@dataclass(frozen=True, slots=True)
class _Plot:
    width: int
    height: int
    top: float
    places: int
    left: int = LEFT

    @property
    def step(self) -> float:
        return (self.width - self.left) / self.places

    def x(self, place: int) -> float:
        return self.left + place * self.step

    def y(self, value: float) -> float:
        return TOP + (self.height - TOP - BOTTOM) * (1 - value / self.top)

    def grid(self) -> str:
        lines = []
        for number in range(GRID_LINES + 1):
            value = self.top * number / GRID_LINES
            y = self.y(value)
            lines.append(f'<line x1="{self.left}" x2="{self.width}" y1="{y:.1f}" y2="{y:.1f}" stroke="{GRID}"/>')
            lines.append(f'<text x="{self.left - 6}" y="{y + 4:.1f}" text-anchor="end">{value:,.0f}</text>')
        return "".join(lines)

    def label(self, place: int, text: str) -> str:
        x = self.x(place) + self.step / 2
        return f'<text x="{x:.1f}" y="{self.height - 8}" text-anchor="middle">{escape(text)}</text>'

    def svg(self, parts: Sequence[str], name: str) -> str:
        head = f'<svg viewBox="0 0 {self.width} {self.height}" role="img" aria-label="{escape(name)}">'
        return f"{head}{''.join(parts)}</svg>"
