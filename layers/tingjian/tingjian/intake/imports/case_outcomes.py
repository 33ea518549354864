"""What comes of writing a case: its figures and refused rows, and why one is not written. Pure."""

from typing import NamedTuple

from tingjian.intake.imports.cases import Case, Reject
from tingjian.intake.imports.models import Tally


class CaseOutcome(NamedTuple):
    """What came of a case, or of several."""

    tally: Tally
    rejects: list[Reject]


class BatchGoneError(Exception):
    """The import is being undone: nothing of it may be written any more."""


class RefusedCaseError(Exception):
    """What the file says of a case cannot follow what is there; the steps from `kept` on are refused."""

    def __init__(self, reason: str, kept: int, detail: str) -> None:
        super().__init__(reason)
        self.reason, self.kept, self.detail = reason, kept, detail


def refusal(case: Case, refused: RefusedCaseError) -> CaseOutcome:
    """The rows of the steps from `kept` on, each once."""
    lines = sorted({step.line for step in case.steps[refused.kept :]})
    rejects = [Reject(line, case.id, refused.reason, refused.detail) for line in lines]
    kept = max(case.rows - len(lines), 0)
    return CaseOutcome(Tally(cases=1, events=kept, present=kept, rejected=len(rejects)), rejects)
