from tingjian.platform.facts import Fact


class HandoffFormAdded(Fact):
    """A department got a form; `fields` are the keys."""

    department: str
    fields: tuple[str, ...]
    verify: bool


class HandoffFormChanged(HandoffFormAdded):
    """The form of a department was changed; the fact says how it is now."""
