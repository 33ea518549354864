"""A clearing: what is open of a plan is withdrawn, or what somebody has of it is given on, some at a time. Pure."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from tingjian.platform.models import Frozen, Identifier

ClearingAct = Literal["withdraw", "give"]


class HandOver(Frozen):
    """Whose open callbacks of a plan go to somebody else, or are shared out over the others without `to`.

    Who `stays` keeps a place in the plan and gets new callbacks.
    """

    person: Identifier
    to: Identifier | None = None
    stays: bool = False


class Clearing(Frozen):
    """How far a clearing is. `idle` counts the runs in a row that found nothing to move while something was open."""

    id: str
    version: int
    hash: str = Field(default="", exclude=True)
    plan: str
    act: ClearingAct
    person: str | None = None
    to: str | None = None
    by: str
    asked_at: datetime
    moved: int = 0
    idle: int = 0
    done: bool = False

    @property
    def entity(self) -> str:
        return f"callback-clearing#{self.id}"

    def advanced(self, moved: int, *, left: bool) -> "Clearing":
        """After a run that moved some; it is done when nothing is left."""
        update = {
            "version": self.version + 1,
            "moved": self.moved + moved,
            "idle": 0 if moved else self.idle + 1,
            "done": not left,
        }
        return self.model_copy(update=update)

    def facts(self) -> dict[str, object]:
        return {"plan": self.plan, "act": self.act, "person": self.person, "to": self.to, "moved": self.moved}
