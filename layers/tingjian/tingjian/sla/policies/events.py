from tingjian.platform.facts import Fact


class PolicyAdded(Fact):
    """A policy was added; `targets` are minutes by clock."""

    calendar: str
    targets: dict[str, int]


class PolicyChanged(PolicyAdded):
    """A policy got a new version; the fact says how it is now."""


class PolicyRemoved(Fact):
    """A policy was deleted; its versions stay readable."""
