"""How figures are worded on a page."""

from collections.abc import Callable

from tingjian.platform import texts
from tingjian.platform.texts import Language

HOUR = 60


MINUTES_SHOWN, HOURS_SHOWN = 90, 48 * HOUR


Say = Callable[..., str]


def spoken_length(say: Say, minutes: float | None) -> tuple[str, str]:
    """A length of time in the unit that people would say it in: the number, and the unit."""
    if minutes is None:
        return "–", ""
    if minutes < MINUTES_SHOWN:
        return f"{minutes:,.0f}" if minutes >= 10 or minutes == int(minutes) else f"{minutes:,.1f}", say("unit.minutes")  # noqa: PLR2004
    if minutes < HOURS_SHOWN:
        return f"{minutes / 60:,.1f}", say("unit.hours")
    return f"{minutes / 1440:,.1f}", say("unit.days")


def report_text(language: Language, key: str, **parameters: object) -> str:
    """A text of reports, by its key without `report.`."""
    return texts.text(f"report.{key}", language, **parameters)
