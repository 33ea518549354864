"""The callbacks behind a plan: how one is made, given to somebody else, withdrawn, and read as the plan counts it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from tingjian.intake.customers.models import Customer
from tingjian.intake.customers.storage import customer_from_item
from tingjian.notifications.quiet import QuietHours
from tingjian.platform.chains import with_event
from tingjian.platform.events import Actor, event_write
from tingjian.platform.places import customer_key
from tingjian.platform.store import Store, Write
from tingjian.survey.callback_plans.members import Member
from tingjian.survey.callback_plans.models import Plan
from tingjian.survey.callback_plans.tallies import MemberState
from tingjian.survey.callbacks.actions import new_callback
from tingjian.survey.callbacks.events import CallbackAssigned, CallbackWithdrawn
from tingjian.survey.callbacks.models import NIGHT, Callback
from tingjian.survey.callbacks.storage import callback_write, find_callbacks


class CallOrder(NamedTuple):
    """What a plan asks for: the callback that one of its members stands for. `quiet` are the customer's own hours."""

    plan: Plan
    member: Member
    order: str = ""
    note: str = ""
    ticket: str = ""
    quiet: QuietHours | None = None


@dataclass(frozen=True, slots=True)
class Wishes:
    """Who of some customers wants no calls, and whose quiet hours are their own."""

    unwilling: frozenset[str] = frozenset()
    hours: Mapping[str, QuietHours] = field(default_factory=dict)


def new_call(asked: CallOrder, *, now: datetime) -> list[Write]:
    """The members of a transaction that make a callback of a plan."""
    plan, member = asked.plan, asked.member
    callback = Callback(
        id=member.callback,
        version=1,
        kind=plan.kind,
        team=plan.team,
        owner=member.person,
        customer=member.customer,
        plan=plan.id,
        ticket=asked.ticket or None,
        order=asked.order or None,
        note=asked.note or None,
        script=plan.script,
        opened_at=now,
        due_at=plan.callback_due(now),
        attempts_wanted=plan.attempts,
        attempt_gap_minutes=plan.attempt_gap_minutes,
        quiet_hours=asked.quiet or plan.quiet_hours or NIGHT,
    )
    _, writes = new_callback(callback, now=now)
    return writes


def load_calls(store: Store, identifiers: Sequence[str]) -> dict[str, Callback]:
    """Callbacks by id. One call per 100."""
    return {callback.id: callback for callback in find_callbacks(store, identifiers)}


def given_writes(
    callback: Callback, person: str | None, *, actor: Actor, now: datetime
) -> tuple[Callback, list[Write]]:
    """The callback as somebody else's, or as the team's, and what stores it."""
    given, event = with_event(callback.given_to(person), CallbackAssigned, now=now, actor=actor)
    return given, [callback_write(given), event_write(event)]


def withdrawn_writes(callback: Callback, *, actor: Actor, now: datetime) -> tuple[Callback, list[Write]]:
    """The callback as withdrawn, and what stores it."""
    ended, event = with_event(callback.withdrawn(now), CallbackWithdrawn, now=now, actor=actor)
    return ended, [callback_write(ended), event_write(event)]


def state_of(callback: Callback) -> MemberState:
    """How a callback counts in its plan."""
    standing = callback.standing
    if callback.state != "open":
        return standing
    if standing == "answered":
        return "call_later"
    return "tried" if standing == "no_answer" else "not_called"


def wishes_of(store: Store, customers: Iterable[str]) -> Wishes:
    """What customers say of being called. One call per 100."""
    found = store.get_many([customer_key(customer) for customer in customers])
    return wishes_in(map(customer_from_item, found.values()))


def wishes_in(customers: Iterable[Customer]) -> Wishes:
    known = list(customers)
    return Wishes(
        frozenset(customer.id for customer in known if "callback" in customer.consents.off),
        {customer.id: customer.consents.quiet() for customer in known if customer.consents.sets_hours},
    )
