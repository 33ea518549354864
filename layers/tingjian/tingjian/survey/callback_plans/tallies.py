"""How a plan's callbacks stand: counted as they change, so that reading the counts costs one item. Pure."""

from typing import Literal, get_args

from pydantic import Field

from tingjian.platform.models import Frozen

MemberState = Literal["not_called", "tried", "call_later", "no_answer", "answered", "satisfied", "withdrawn"]
"""Open still are `tried`, called without an answer, and `call_later`, reached and asked for another time."""
STATES: tuple[MemberState, ...] = get_args(MemberState)
OPEN: frozenset[MemberState] = frozenset({"not_called", "tried", "call_later"})
NOBODY = "-"


class Counts(Frozen):
    """How many callbacks are in which state."""

    not_called: int = 0
    tried: int = 0
    call_later: int = 0
    no_answer: int = 0
    answered: int = 0
    satisfied: int = 0
    withdrawn: int = 0

    def with_move(self, before: MemberState | None, after: MemberState | None) -> "Counts":
        update: dict[str, int] = {}
        if before:
            update[before] = getattr(self, before) - 1
        if after:
            update[after] = update.get(after, getattr(self, after)) + 1
        return self.model_copy(update=update)

    @property
    def total(self) -> int:
        return sum(getattr(self, state) for state in STATES)

    @property
    def open(self) -> int:
        return sum(getattr(self, state) for state in OPEN)


class Tally(Frozen):
    """The counts of a plan and of each person in it; `placed` counts the callbacks that were ever shared out."""

    version: int = 0
    placed: int = 0
    counts: Counts = Counts()
    people: dict[str, Counts] = Field(default={})

    def with_move(
        self,
        before: tuple[str | None, MemberState] | None,
        after: tuple[str | None, MemberState] | None,
    ) -> "Tally":
        """After a callback went from one person and state to another; None for before it was made."""
        counts = self.counts.with_move(before and before[1], after and after[1])
        people = dict(self.people)
        if before:
            name = before[0] or NOBODY
            people[name] = people.get(name, Counts()).with_move(before[1], None)
        if after:
            name = after[0] or NOBODY
            people[name] = people.get(name, Counts()).with_move(None, after[1])
        kept = {name: counted for name, counted in people.items() if counted.total}
        return self.model_copy(update={"counts": counts, "people": kept})

    def next(self) -> "Tally":
        return self.model_copy(update={"version": self.version + 1})
