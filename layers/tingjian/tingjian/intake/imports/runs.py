"""Facts in runs that fit one transaction. Pure."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from tingjian.intake.imports.cases import Case
from tingjian.intake.imports.messages import step_bytes, step_count
from tingjian.intake.imports.replay import PastFact

MOST_MEMBERS = 92
"""Of one transaction of 100; the ticket, the case, the batch, what was before and the takeover are others."""
MOST_BYTES = 2_000_000
"""Of the texts of one transaction, whose limit is 4 MB."""


def fact_runs(case: Case, facts: Sequence[PastFact]) -> Iterator[Sequence[PastFact]]:
    """The facts in runs that fit one transaction with their messages and end with a whole step."""
    run: list[PastFact] = []
    members = size = 0
    for step, group in groupby(facts, key=lambda fact: max(fact.steps, 1)):
        own = list(group)
        more, text = len(own) + step_count(case, step - 1), step_bytes(case, step - 1)
        if run and (members + more > MOST_MEMBERS or size + text > MOST_BYTES):
            yield run
            run, members, size = [], 0, 0
        run, members, size = [*run, *own], members + more, size + text
    if run:
        yield run
