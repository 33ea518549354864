from tingjian.platform.facts import Fact


class StaffAdded(Fact):
    """A member of staff was added."""

    roles: tuple[str, ...]
    teams: tuple[str, ...]
    active: bool


class StaffChanged(StaffAdded):
    """A member of staff was changed; the fact says how the person is now."""


class TeamAdded(Fact):
    """A team or a department was added; `lead` and `manager` are ids of people."""

    kind: str
    lead: str | None = None
    manager: str | None = None
    active: bool


class TeamChanged(TeamAdded):
    """A team or a department was changed; the fact says how it is now."""
