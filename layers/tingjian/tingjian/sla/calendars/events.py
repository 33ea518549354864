from tingjian.platform.facts import Fact


class CalendarAdded(Fact):
    """A calendar was added; `closed` and `extra` count its dates."""

    timezone: str
    closed: int
    extra: int
    estimated_years: tuple[int, ...]


class CalendarChanged(CalendarAdded):
    """A calendar got a new version; the fact says how it is now."""


class CalendarRemoved(Fact):
    """A calendar was deleted; its versions stay readable."""
