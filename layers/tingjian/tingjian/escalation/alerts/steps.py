"""Steps of clocks whose time has come, and what the ladder does about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tingjian.escalation.alerts.events import ClockBreached, ClockOverrun, ClockWarned
from tingjian.escalation.alerts.models import Alert, AlertName
from tingjian.escalation.alerts.rungs import RungResult, reach
from tingjian.escalation.alerts.storage import find_alerts
from tingjian.escalation.ladders.models import Ladder, Rung
from tingjian.escalation.ladders.storage import ladder_of
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.ticket_clocks import policy_facts
from tingjian.platform.assembled import NoticeKind
from tingjian.platform.store import Store
from tingjian.sla.clocks import BREACH, Clock, Step
from tingjian.sla.policies.plans import hours_of


@dataclass(frozen=True, slots=True)
class DueStep:
    """A step whose time has come; `handoff` is the number of the hand-off whose clock it is, 0 for the ticket's own."""

    step: Step
    clock: Clock
    ladder: Ladder
    handoff: int = 0

    @property
    def rung(self) -> Rung | None:
        """What the ladder says for it."""
        return self.ladder.rung(self.step.share)

    @property
    def fact(self) -> type[ClockWarned]:
        if self.step.share < BREACH:
            return ClockWarned
        return ClockBreached if self.step.share == BREACH else ClockOverrun

    @property
    def kind(self) -> NoticeKind:
        kinds: dict[type[ClockWarned], NoticeKind] = {
            ClockWarned: "clock_warned",
            ClockBreached: "clock_breached",
            ClockOverrun: "clock_overrun",
        }
        return kinds[self.fact]

    def alert(self, ticket: Ticket, share: int) -> AlertName:
        return AlertName.of(ticket.id, self.clock, share, self.handoff)

    @property
    def facts(self) -> dict[str, Any]:
        """What its event says beyond the ticket's context."""
        return {
            "clock": self.clock.name,
            "share": self.step.share,
            "target_minutes": self.clock.target_minutes,
            "started_at": self.clock.started_at,
            "due_at": self.clock.due_at,
            "reached_at": self.step.at,
            "policy": self.clock.policy,
            "policy_version": self.clock.policy_version,
            "ladder": self.ladder.id,
            "ladder_version": self.ladder.version,
        }


def due_steps(store: Store, ticket: Ticket, clock: Clock, now: datetime, handoff: int = 0) -> list[DueStep]:
    """The steps of a clock of this ticket whose time has come, in the order of time. No call when warm."""
    if clock.next_at is None or clock.next_at > now:
        return []
    ladder = ladder_of(store, clock, policy_facts(ticket))
    planned = _with_steps(store, clock, ladder)
    return [DueStep(step, planned, ladder, handoff) for step in planned.fire(now)[1]]


def with_fired_steps(clock: Clock, fired: Sequence[DueStep], now: datetime) -> Clock:
    if not fired:
        return clock
    shares = {one.step.share for one in fired}
    steps = tuple(
        step.model_copy(update={"fired_at": now}) if step.share in shares else step for step in fired[0].clock.steps
    )
    return fired[0].clock.model_copy(update={"steps": steps})


def known_alerts(store: Store, ticket: Ticket, due: Sequence[DueStep], *, careful: bool) -> dict[AlertName, Alert]:
    """The alerts that bear on what is due, where anything depends on them. One call, or none."""
    names: list[AlertName] = []
    for one in due:
        rung = one.rung
        if rung is None:
            continue
        if careful or any(lower.acknowledge_within_minutes for lower in one.ladder.below(rung.share)):
            names.append(one.alert(ticket, rung.share))
        if rung.only_if_unacknowledged:
            names += [one.alert(ticket, lower.share) for lower in one.ladder.below(rung.share)]
    return find_alerts(store, list(dict.fromkeys(names)))


def reach_step(
    store: Store, one: DueStep, ticket: Ticket, known: dict[AlertName, Alert], *, now: datetime
) -> RungResult:
    """The rung of a step, unless there is none, it was reached before, or an acknowledgement makes it needless."""
    rung = one.rung
    if rung is None or one.alert(ticket, rung.share) in known:
        return RungResult(ticket)
    if rung.only_if_unacknowledged and any(
        alert.acknowledged_at for name, alert in known.items() if name.label == one.alert(ticket, rung.share).label
    ):
        return RungResult(ticket, data={"held_back": "acknowledged"})
    return reach(store, one.ladder, rung, ticket, one.clock, kind=one.kind, now=now, handoff=one.handoff)


def _with_steps(store: Store, clock: Clock, ladder: Ladder) -> Clock:
    # The ladder may have changed since the clock started, so a rung may have no step yet.
    missing = {rung.share for rung in ladder.rungs} - {step.share for step in clock.steps}
    if not missing:
        return clock
    steps = (*clock.steps, *(Step(share=share, at=clock.started_at) for share in missing))
    wider = clock.model_copy(update={"steps": tuple(sorted(steps, key=lambda step: step.share))})
    return wider.plan(hours_of(store)(clock))
