"""The clocks of tickets: which are started when, and what a change of facts does to them (scope rows 17, 19).

A clock that is started later keeps to the policy version that its ticket runs by; only a ticket that is taken up anew,
or whose type or priority changes, gets the policy of that day.
"""

from collections.abc import Mapping
from datetime import datetime

from tingjian.intake.tickets.clock_plans import PROMISE, DeadlineMove, deadline_moves, replanned_clocks, stays_of
from tingjian.intake.tickets.models import Ticket
from tingjian.intake.tickets.promises import clocks_with_promise, promise_clock
from tingjian.platform.events import Event, load_events
from tingjian.platform.items import Item
from tingjian.platform.places import customer_key, ticket_entity
from tingjian.platform.store import Store
from tingjian.sla.clocks import Clock, ClockName
from tingjian.sla.policies.models import Facts
from tingjian.sla.policies.plans import Plan, plan_for, plan_of
from tingjian.sla.policies.storage import list_policies

AT_OPENING: frozenset[ClockName] = frozenset({"first_response", "resolution", "feedback_answer"})
PAGE = 100


def policy_facts(ticket: Ticket, customer_level: str = "") -> Facts:
    return Facts(
        type=ticket.type,
        priority=ticket.priority,
        channel=ticket.channel,
        team=ticket.team,
        customer_level=customer_level,
        level=ticket.level or "",
    )


def policy_facts_with_level(store: Store, ticket: Ticket) -> Facts:
    """What a policy may match on, the customer's level included. One call if some policy asks for levels, else none."""
    if not policies_ask_for_levels(store):
        return policy_facts(ticket)
    return policy_facts(ticket, level_from_customer(store.get(customer_key(ticket.customer_id), consistent=False)))


def policies_ask_for_levels(store: Store) -> bool:
    """Whether any policy matches on the level of the customer."""
    return any(policy.match.customer_levels for policy in list_policies(store))


def level_from_customer(customer: Mapping[str, Item] | Item | None) -> str:
    """The level of a stored customer, empty if the customer was erased."""
    return str(customer["level"]) if customer else ""


def next_response_clock(store: Store, ticket: Ticket, *, now: datetime) -> Clock | None:
    """The clock of a new turn of the customer; None while an answer is owed already, or where none is promised."""
    if ticket.imported or ticket.owes_answer:
        return None
    return _later_clock(store, ticket, "next_response", now)


def handoff_clock(store: Store, ticket: Ticket, *, now: datetime) -> Clock | None:
    """The clock of a hand-off that is asked for now; None where no policy promises one."""
    return _later_clock(store, ticket, "handoff", now)


def reopened_clocks(store: Store, ticket: Ticket, *, now: datetime) -> tuple[Clock, ...]:
    facts = policy_facts_with_level(store, ticket)
    plan = plan_for(store, facts)
    promise = promise_clock(store, facts, ticket.fields, now=now)
    return (*(plan.start_clocks({"resolution"}, now) if plan else ()), *((promise,) if promise else ()))


def changed_clocks(store: Store, before: Ticket, after: Ticket, *, now: datetime) -> tuple[Clock, ...]:
    """The clocks of a ticket with another type, priority or level: by today's policy from the start, pauses kept."""
    plan = plan_for(store, policy_facts_with_level(store, after))
    return replanned_clocks(before, plan, stays_of(ticket_events(store, before.id)), now=now)


def edited_clocks(store: Store, before: Ticket, after: Ticket, *, now: datetime) -> tuple[Clock, ...]:
    """The clocks of a ticket whose facts were edited: by what a policy may match on, and by what was promised."""
    clocks = before.clocks
    if (after.type, after.priority, after.level) != (before.type, before.priority, before.level):
        clocks = changed_clocks(store, before, after, now=now)
    return clocks_with_promise(store, before, after, clocks, policy_facts(after), now=now)


def clocks_in_team(
    store: Store, before: Ticket, after: Ticket, *, now: datetime
) -> tuple[tuple[Clock, ...], tuple[DeadlineMove, ...]]:
    """The clocks of a ticket that goes to another team, and how its deadlines move; its history is read only if so."""
    plan = plan_for(store, policy_facts_with_level(store, after))
    was = plan_for(store, policy_facts_with_level(store, before))
    if before.imported or (plan and plan.policy) == (was and was.policy):
        return before.clocks, ()
    clocks = replanned_clocks(after, plan, stays_of(ticket_events(store, before.id)), now=now)
    return clocks, deadline_moves(before.clocks, clocks)


def ticket_events(store: Store, number: str) -> list[Event]:
    events: list[Event] = []
    while True:
        page = load_events(store, ticket_entity(number), after=len(events), limit=PAGE)
        events += page
        if len(page) < PAGE:
            return events


def _later_clock(store: Store, ticket: Ticket, name: ClockName, now: datetime) -> Clock | None:
    plan = plan_of_ticket(store, ticket)
    return next(iter(plan.start_clocks({name}, now)), None) if plan else None


def plan_of_ticket(store: Store, ticket: Ticket) -> Plan | None:
    """The plan that the ticket runs by: that of its resolution clock, or of any other it has."""
    clock = ticket.clock("resolution") or next((clock for clock in ticket.clocks if clock.name != PROMISE), None)
    facts = policy_facts_with_level(store, ticket)
    kept = plan_of(store, facts, clock) if clock else None
    return kept or plan_for(store, facts)
