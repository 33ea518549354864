"""Plans as their readers see them: with their counts, with names beside ids, and with what the reader may do. Pure."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from tingjian.platform.models import Frozen, Identifier
from tingjian.survey.callback_plans.models import Plan, PlanBody, PlanState
from tingjian.survey.callback_plans.tallies import NOBODY, Counts, Tally


class PlanCounts(Frozen):
    """How the callbacks of a plan, or of a person in it, stand.

    `no_answer` counts those that were called and not reached, the open ones (`tried`) among them; `answered` all that
    were reached, the satisfied and those to be called later among them. `done_share` is null where there are none.
    """

    total: int
    open: int
    not_called: int
    no_answer: int
    tried: int
    call_later: int
    answered: int
    satisfied: int
    withdrawn: int
    done_share: float | None

    @classmethod
    def of(cls, counts: Counts) -> "PlanCounts":
        standing = counts.total - counts.withdrawn
        return cls(
            total=counts.total,
            open=counts.open,
            not_called=counts.not_called,
            no_answer=counts.tried + counts.no_answer,
            tried=counts.tried,
            call_later=counts.call_later,
            answered=counts.call_later + counts.answered + counts.satisfied,
            satisfied=counts.satisfied,
            withdrawn=counts.withdrawn,
            done_share=(standing - counts.open) / standing if standing else None,
        )


class PersonShare(Frozen):
    """What somebody has of a plan; no person stands for what is in the team's list."""

    person: str | None
    name: str | None
    counts: PlanCounts


class PlanView(PlanBody):
    """A plan. A reader with a share sees the own share only."""

    id: str
    version: int
    state: PlanState
    team_name: str | None
    people_names: dict[str, str]
    by: str
    by_name: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    counts: PlanCounts
    shares: tuple[PersonShare, ...]
    may_edit: bool

    @classmethod
    def of(
        cls, plan: Plan, tally: Tally, *, reader: str, own_only: bool, may_edit: bool, names: Mapping[str, str]
    ) -> "PlanView":
        """The view of a reader; `names` are those of people and teams by id."""
        shown = {name: counts for name, counts in tally.people.items() if not own_only or name == reader}
        shares = [
            PersonShare(
                person=None if name == NOBODY else name,
                name=names.get(name),
                counts=PlanCounts.of(counts),
            )
            for name, counts in sorted(shown.items())
        ]
        own = tally.people.get(reader, Counts())
        shared = {name: getattr(plan, name) for name in cls.model_fields if hasattr(plan, name)}
        return cls(
            **shared,
            team_name=names.get(plan.team),
            people_names={person: names[person] for person in plan.people if person in names},
            by_name=names.get(plan.by),
            counts=PlanCounts.of(own if own_only else tally.counts),
            shares=tuple(shares),
            may_edit=may_edit,
        )


class PlanQuery(Frozen):
    """Which plans: a team's or of all teams of the reader; those at work, or finished ones; newest first."""

    team: Identifier | None = None
    finished: bool = False
    limit: int = Field(default=25, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=200)


class PlanList(Frozen):
    """A page of plans."""

    items: tuple[PlanView, ...]
    cursor: str | None = None
