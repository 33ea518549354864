from tingjian.platform.facts import Fact


class TicketTypeAdded(Fact):
    """A type was added."""

    team: str
    active: bool
    fields: tuple[str, ...]


class TicketTypeChanged(TicketTypeAdded):
    """A type was changed; what the fact says is how it is now."""
