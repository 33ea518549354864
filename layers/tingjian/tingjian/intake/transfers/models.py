"""What callers write when they pass a ticket on."""

from typing import Literal

from tingjian.platform.errors import ConflictError
from tingjian.platform.models import Frozen, Identifier, Text


class NobodyAboveError(ConflictError):
    """Nobody stands above who has the ticket, or the caller."""

    code = "nobody_above"


class NotYoursError(ConflictError):
    """Only who has a ticket, or who may assign it, puts it back."""

    code = "not_yours"


class Escalation(Frozen):
    """Why it needs somebody above; `to` is a post, by default the next one above who has the ticket."""

    reason: Text
    to: Literal["lead", "manager", "director"] | None = None


class Transfer(Frozen):
    """To which team, and why."""

    team: Identifier
    reason: Text


class Release(Frozen):
    """Why it goes back into the queue of its team."""

    reason: Text | None = None
