"""Customers in a cycle: an item each, due when the customer is to be called. Nobody looks over all customers."""

from contextlib import suppress
from datetime import datetime

from tingjian.intake.customers.models import CustomerLevel
from tingjian.intake.customers.storage import CustomerNotFoundError, load_customer
from tingjian.platform.events import Event
from tingjian.platform.items import Item, Key
from tingjian.platform.store import Store, Write
from tingjian.platform.timers import Firing, timer_fields
from tingjian.platform.times import instant, stamp
from tingjian.survey.callback_plans.calls import wishes_in
from tingjian.survey.callback_plans.cycles import LOOKED_AT_AGAIN, Turn, next_due
from tingjian.survey.callback_plans.models import CycleSource, Plan, PlanNotFoundError
from tingjian.survey.callback_plans.single import one_callback
from tingjian.survey.callback_plans.storage import list_sources, load_plan, load_plans

CYCLE = "callback-cycle"


def turn_key(plan_id: str, customer: str) -> Key:
    return Key(f"{CYCLE}#{plan_id}.{customer}", CYCLE)


def turn_item(turn: Turn, due_at: datetime) -> Item:
    key = turn_key(turn.plan, turn.customer)
    item: Item = {"pk": key.pk, "sk": key.sk, "version": turn.version, "number": turn.number}
    item |= {"plan": turn.plan, "customer": turn.customer, "since": stamp(turn.since)}
    return item | timer_fields(key.pk, due_at)


def turn_from_item(item: Item) -> Turn:
    return Turn(
        plan=item["plan"],
        customer=item["customer"],
        version=item["version"],
        number=item["number"],
        since=instant(item["since"]),
    )


def enrol(store: Store, event: Event, _now: datetime) -> None:
    """Take a customer into the cycles of the running plans: at a contact, or when the level changes.

    One who is in a cycle stays; a level that is called more often brings the next call forward. Without a running
    cycle it costs nothing when warm; else a call for the plans, and two for each of them.
    """
    cycles = [plan_id for plan_id, source in list_sources(store) if source == "cycle"]
    if not cycles:
        return
    customer = event.data.get("customer") or event.entity.removeprefix("customer#")
    level: CustomerLevel = event.data.get("level") or "normal"
    for plan in load_plans(store, cycles).values():
        due = _due(plan, level, event.at, customer)
        if due is None:
            continue
        item = store.get(turn_key(plan.id, customer))
        if item is None:
            store.put_if_absent(turn_item(Turn(plan=plan.id, customer=customer, since=event.at), due))
        elif instant(item["due_at"]) > due and "changed" in event.data:
            turn = turn_from_item(item)
            store.put_version(turn_item(turn.looked_at(), due), turn.version)


def enrolment(plan: Plan, customer: str, now: datetime) -> list[Write]:
    """The member of a transaction that takes a customer of a list into the cycle: the first call is due soon.

    The timer finds out the level, and that the customer was in contact meanwhile.
    """
    turn = Turn(plan=plan.id, customer=customer, since=now)
    soonest = (
        [next_due(plan.source, level, now, customer) for level in plan.source.days]
        if isinstance(plan.source, CycleSource)
        else []
    )
    due = min((due for due in soonest if due), default=now + LOOKED_AT_AGAIN)
    return [Write("desk", turn_item(turn, due), expect=0)]


def fire_turn(store: Store, item: Item, *, now: datetime) -> Firing | None:
    """The timer of a customer in a cycle: a callback is made, and the next turn begins.

    A customer who was in contact meanwhile is called so many days after that. One whom nobody knows any more, or whose
    level is not called, leaves the cycle, and so does everybody when the plan is over.
    """
    turn = turn_from_item(item)
    try:
        plan, customer = load_plan(store, turn.plan), load_customer(store, turn.customer)
    except (PlanNotFoundError, CustomerNotFoundError):
        return _gone(item, turn)
    contact = max(turn.since, _last_contact(store, turn.customer))
    due = _due(plan, customer.level, contact, turn.customer)
    if plan.finished_at or due is None:
        return _gone(item, turn)
    if not plan.makes(now):
        return _later(turn.looked_at(), now + LOOKED_AT_AGAIN)
    if due > now:
        return _later(turn.looked_at(), due)
    following = _due(plan, customer.level, now, turn.customer) or now + LOOKED_AT_AGAIN
    after = turn.after_callback(now)
    wishes = wishes_in([customer])
    if turn.customer in wishes.unwilling:
        return _later(after, following)
    made = one_callback(
        store, plan, turn.customer, turn=str(after.number), now=now, quiet=wishes.hours.get(turn.customer)
    )
    stored = Write("desk", turn_item(after, following), expect=turn.version)
    return Firing((stored, *made), {"CallbacksMade": 1} if made else {})


def _due(plan: Plan, level: CustomerLevel, contact: datetime, customer: str) -> datetime | None:
    return next_due(plan.source, level, contact, customer) if isinstance(plan.source, CycleSource) else None


def _last_contact(store: Store, customer: str) -> datetime:
    """When the customer last filed something. One call, for one entry of the index."""
    page = store.query(customer, index="party", limit=1, forward=False)
    found = [item["opened_at"] for item in page.items]
    with suppress(IndexError):
        return instant(found[0])
    return instant("1970-01-01T00:00:00.000Z")


def _later(turn: Turn, due: datetime) -> Firing:
    return Firing((Write("desk", turn_item(turn, due), expect=turn.version - 1),))


def _gone(item: Item, turn: Turn) -> Firing:
    return Firing((Write("desk", {"pk": item["pk"], "sk": item["sk"]}, expect=turn.version, kind="delete"),))
