"""What a replan would do to a ticket: decided, not written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tingjian.escalation.replans.models import Cause, ReplanReason
from tingjian.escalation.replans.storage import customer_levels
from tingjian.intake.handoffs.models import OPEN_STATES, Handoff
from tingjian.intake.handoffs.storage import load_handoffs
from tingjian.intake.tickets.clock_plans import DeadlineMove, deadline_moves, replanned_clocks, runs_by_plan, stays_of
from tingjian.intake.tickets.models import ACTIVE, Ticket
from tingjian.intake.tickets.ticket_clocks import policies_ask_for_levels, policy_facts, ticket_events
from tingjian.platform.store import Store
from tingjian.sla.calendars.models import Calendar
from tingjian.sla.calendars.storage import find_calendar, work_calendar
from tingjian.sla.clocks import Clock
from tingjian.sla.policies.models import Policy
from tingjian.sla.policies.plans import Plan, plan_for


@dataclass(frozen=True, slots=True)
class ReplannedTicket:
    """A ticket before and after, with its hand-offs that change, and the deadlines that move."""

    before: Ticket
    after: Ticket
    handoffs: tuple[Handoff, ...]
    moves: tuple[DeadlineMove, ...]

    @property
    def move_facts(self) -> list[dict[str, Any]]:
        """What the events say: one deadline each."""
        return [
            {
                "clock": move.clock,
                "from": move.from_at,
                "to": move.to_at,
                **({"handoff": move.handoff} if move.handoff else {}),
            }
            for move in self.moves
        ]


@dataclass(frozen=True, slots=True)
class Replanner:
    """Plans tickets anew for one policy or one calendar, by what is in force, or by what somebody tries out instead."""

    store: Store
    kind: Cause
    subject: str
    reason: ReplanReason
    now: datetime
    policies: Sequence[Policy] | None = None
    calendar: Calendar | None = None

    def replan(self, tickets: Sequence[Ticket]) -> list[ReplannedTicket]:
        """Those of the tickets that change, as they would be, in order."""
        asked = any(policy.match.customer_levels for policy in self.policies or ()) or policies_ask_for_levels(
            self.store
        )
        levels = customer_levels(self.store, tickets) if asked and self.kind != "calendar" else {}
        decided = (self._replan_ticket(ticket, levels) for ticket in tickets if ticket.category in ACTIVE)
        return [change for change in decided if change is not None]

    def _replan_ticket(self, ticket: Ticket, levels: Mapping[str, str]) -> ReplannedTicket | None:
        handoffs = self._open_handoffs(ticket)
        if self.kind == "calendar":
            clocks, later = self._on_calendar(ticket), [self._with_calendar(handoff) for handoff in handoffs]
        else:
            facts = policy_facts(ticket, levels.get(ticket.customer_id, ""))
            plan = plan_for(self.store, facts, self.policies)
            if not self._concerns(ticket, handoffs, plan):
                return None
            clocks = self._on_plan(ticket, plan)
            later = [_handoff_with_plan(handoff, plan) for handoff in handoffs]
        changed = [(old, new) for old, new in zip(handoffs, later, strict=True) if new != old]
        if clocks == ticket.clocks and not changed:
            return None
        moved = deadline_moves(ticket.clocks, clocks) + tuple(
            DeadlineMove(clock="handoff", from_at=old.due_at, to_at=new.due_at, handoff=new.number)
            for old, new in changed
            if new.due_at != old.due_at
        )
        after = ticket.model_copy(update={"clocks": clocks})
        return ReplannedTicket(ticket, after, tuple(new for _, new in changed), moved)

    def _concerns(self, ticket: Ticket, handoffs: Sequence[Handoff], plan: Plan | None) -> bool:
        """Whether the policy covers the ticket now, or did when one of its running clocks started."""
        if self.kind == "customer":
            return True
        running = {clock.policy for clock in ticket.clocks if clock.live}
        running |= {handoff.clock.policy for handoff in handoffs if handoff.clock}
        return self.subject in running or (plan is not None and plan.policy.id == self.subject)

    def _on_plan(self, ticket: Ticket, plan: Plan | None) -> tuple[Clock, ...]:
        if runs_by_plan(ticket, plan):
            return ticket.clocks
        return replanned_clocks(ticket, plan, stays_of(ticket_events(self.store, ticket.id)), now=self.now)

    def _on_calendar(self, ticket: Ticket) -> tuple[Clock, ...]:
        return tuple(self._current(clock) if clock.live else clock for clock in ticket.clocks)

    def _with_calendar(self, handoff: Handoff) -> Handoff:
        clock = self._current(handoff.clock) if handoff.clock else None
        return handoff.with_clock(clock) if clock and clock != handoff.clock else handoff

    def _current(self, clock: Clock) -> Clock:
        """The clock in the present version of its calendar, from its start with every pause."""
        if clock.calendar != self.subject:
            return clock
        calendar = self.calendar or find_calendar(self.store, self.subject)
        if calendar is None or calendar.version == clock.calendar_version:
            return clock
        return clock.model_copy(update={"calendar_version": calendar.version}).plan(work_calendar(calendar))

    def _open_handoffs(self, ticket: Ticket) -> list[Handoff]:
        """The open hand-offs whose due time is a policy's; a call only for a ticket that has open ones."""
        if not any(blocker.startswith("handoff:") for blocker in ticket.blockers):
            return []
        handoffs = load_handoffs(self.store, ticket.id)
        return [handoff for handoff in handoffs if handoff.state in OPEN_STATES and handoff.clock]


def _handoff_with_plan(handoff: Handoff, plan: Plan | None) -> Handoff:
    """The hand-off by this plan; one that it does not promise keeps its due time."""
    if handoff.clock is None or plan is None or plan.fits(handoff.clock):
        return handoff
    clock = plan.replay_clock(handoff.clock, ())
    return handoff.with_clock(clock) if clock else handoff
