"""What an import counts of a case. Pure."""

from collections.abc import Sequence

from tingjian.intake.imports.cases import Case
from tingjian.intake.imports.models import Tally
from tingjian.intake.imports.replay import PastFact
from tingjian.intake.tickets.events import TicketAnswered, TicketClosed, TicketReopened, TicketResolved


def case_tally(case: Case, facts: Sequence[PastFact]) -> Tally:
    names = [fact.change.event for fact in facts]
    after = [fact.change.data for fact in facts if fact.change.data.get("after_close")]
    return Tally(
        cases=1,
        events=case.rows,
        after_close=len(after),
        reopenings_after_close=sum("would_reopen" in data for data in after),
        responses=names.count(TicketAnswered),
        resolutions=names.count(TicketResolved),
        reopenings=names.count(TicketReopened),
        closes=names.count(TicketClosed),
        first_at=case.steps[0].at,
        last_at=case.steps[-1].at,
    )
