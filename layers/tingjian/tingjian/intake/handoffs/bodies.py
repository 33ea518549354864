"""What callers write about hand-offs."""

from tingjian.intake.handoffs.models import Handoff
from tingjian.platform.models import Frozen, Identifier, Instant, PageQuery, Text


class AskDepartment(Frozen):
    """A written request to a department; without a due time it has what the policy promises, or two days."""

    department: Identifier
    request: Text
    due_at: Instant | None = None


class HandoffAnswer(Frozen):
    """Why it is declined or withdrawn, or what was done, with the evidence."""

    text: Text


class HandoffList(Frozen):
    """A page of hand-offs."""

    items: tuple[Handoff, ...]
    cursor: str | None = None


class HandoffQuery(PageQuery):
    """Which hand-offs of a department."""

    department: Identifier
    finished: bool = False
