from tingjian.platform.facts import Fact


class LadderAdded(Fact):
    """A ladder was added, with rungs at these shares (percent) of a target."""

    shares: tuple[int, ...]
    active: bool


class LadderChanged(LadderAdded):
    """A ladder got a new version; the fact says how it is now."""


class LadderRemoved(Fact):
    """A ladder was deleted; its versions stay readable."""
