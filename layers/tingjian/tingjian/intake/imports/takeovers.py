"""Taking open tickets over alive: with their team, and clocks that run from their own opening."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from tingjian.intake.imports.events import TicketTakenOver
from tingjian.intake.imports.known import Known
from tingjian.intake.imports.mappings import LogMapping
from tingjian.intake.imports.replay import PastFact
from tingjian.intake.tickets.clock_plans import Stay, pauses_of
from tingjian.intake.tickets.models import ACTIVE, CATEGORIES, Category, Ticket
from tingjian.intake.tickets.ticket_clocks import AT_OPENING, policy_facts_with_level
from tingjian.platform.store import Store
from tingjian.sla.clocks import Clock, ClockName
from tingjian.sla.policies.plans import Plan, plan_for

ANSWERED: frozenset[ClockName] = frozenset({"first_response", "feedback_answer"})


class Takeover(NamedTuple):
    """The ticket as it lives on, and what its opening promised."""

    ticket: Ticket
    promises: dict[str, Any]
    fact: type[TicketTakenOver] = TicketTakenOver


def taken_over(
    store: Store, mapping: LogMapping, facts: Sequence[PastFact], known: Known, *, now: datetime
) -> Takeover | None:
    """The ticket alive, if the mapping takes open ones over and it is open; None for history."""
    ticket = facts[-1].change.ticket
    if mapping.open_tickets != "take_over" or ticket.category not in ACTIVE:
        return None
    if ticket.assignee and not known.can_own(ticket.assignee, ticket.team):
        ticket = ticket.model_copy(update={"assignee": None})
    plan = plan_for(store, policy_facts_with_level(store, ticket))
    promised = plan.start_clocks(_wanted(ticket), ticket.opened_at) if plan else ()
    clocks = tuple(_at_work(clock, ticket, plan, _stays(facts), now) for clock in promised) if plan else ()
    promises = {
        "targets": {clock.name: clock.target_minutes for clock in promised},
        "due": {clock.name: clock.due_at for clock in promised},
    }
    return Takeover(ticket.model_copy(update={"imported": False, "clocks": clocks}), promises)


def _wanted(ticket: Ticket) -> frozenset[ClockName]:
    # Whether somebody has answered is not known of a ticket that is being worked on: no clock may claim it was not.
    if ticket.first_responded_at is None and ticket.status != "new":
        return AT_OPENING - ANSWERED
    return AT_OPENING


def _at_work(clock: Clock, ticket: Ticket, plan: Plan, stays: Sequence[Stay], now: datetime) -> Clock:
    """The clock as it would stand now. Steps that lie in the past have fired: nobody is told of them again."""
    target = plan.policy.target(clock.name)
    pauses = pauses_of(stays, target.pauses_in, clock.started_at) if target else ()
    ran = plan.replay_clock(clock, pauses) or clock
    if clock.name in ANSWERED and ticket.first_responded_at is not None:
        return ran.meet(ticket.first_responded_at)
    steps = tuple(
        step.model_copy(update={"fired_at": now}) if step.at <= now and ran.running else step for step in ran.steps
    )
    return ran.model_copy(update={"steps": steps})


def _stays(facts: Sequence[PastFact]) -> list[Stay]:
    entered: list[tuple[Category, datetime]] = []
    for fact in facts:
        category = CATEGORIES[fact.change.ticket.status]
        if not entered or entered[-1][0] != category:
            entered.append((category, fact.at))
    ends: list[datetime | None] = [*(at for _, at in entered[1:]), None]
    return [Stay(category, begin, end) for (category, begin), end in zip(entered, ends, strict=True)]
