"""Withdrawing what is open of a stopped plan, and giving on what somebody has: a few callbacks a transaction.

The events of a clearing lead from one run to the next. A run that is killed has moved whole groups only.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from tingjian.platform.chains import with_event
from tingjian.platform.events import Actor, event_write
from tingjian.platform.items import Item, Key
from tingjian.platform.store import ConditionFailedError, Store, Write
from tingjian.platform.telemetry import record
from tingjian.survey.callback_plans.calls import given_writes, load_calls, state_of, withdrawn_writes
from tingjian.survey.callback_plans.clearings import Clearing
from tingjian.survey.callback_plans.events import (
    CallbackClearingAdvanced,
    CallbackClearingDone,
    CallbackClearingFact,
    CallbackClearingStarted,
)
from tingjian.survey.callback_plans.members import Member, keys_of, list_members, load_members, member_write
from tingjian.survey.callback_plans.models import Plan
from tingjian.survey.callback_plans.owners import workers_of
from tingjian.survey.callback_plans.places import plan_place
from tingjian.survey.callback_plans.sharing import shares
from tingjian.survey.callback_plans.storage import load_plan, load_tally, tally_write
from tingjian.survey.callback_plans.tallies import NOBODY, OPEN, Counts

GROUP = 24
MOST_IDLE = 20
CLEARING = "clearing#"


def clearing_writes(clearing: Clearing, fact: type[CallbackClearingFact], *, now: datetime) -> list[Write]:
    """The members of a transaction that store a clearing over the version before it, with its event."""
    clearing, event = with_event(clearing, fact, now=now, actor=Actor.parse(clearing.by))
    key = Key(plan_place(clearing.plan), CLEARING + clearing.id)
    item: Item = {"pk": key.pk, "sk": key.sk, "version": clearing.version, "hash": clearing.hash}
    item["document"] = clearing.model_dump_json()
    return [Write("desk", item, expect=clearing.version - 1), event_write(event)]


def begin_clearing(clearing: Clearing, *, now: datetime) -> list[Write]:
    return clearing_writes(clearing, CallbackClearingStarted, now=now)


def load_clearing(store: Store, plan_id: str, clearing_id: str) -> Clearing:
    """A clearing, which whoever was told of it knows to be there."""
    item = store.get(Key(plan_place(plan_id), CLEARING + clearing_id))
    if item is None:
        raise LookupError(clearing_id)
    return Clearing.model_validate_json(item["document"]).model_copy(update={"hash": item["hash"]})


def advance_clearing(store: Store, plan_id: str, clearing_id: str, *, over: Callable[[], bool], now: datetime) -> None:
    """Go on with a clearing as far as there is time. The event at the end leads on until nothing is left."""
    clearing = load_clearing(store, plan_id, clearing_id)
    if clearing.done:
        return
    plan, moved, cursor = load_plan(store, plan_id), 0, None
    while True:
        page = list_members(store, plan_id, person=clearing.person, state="open", limit=GROUP, cursor=cursor)
        members = load_members(store, plan_id, keys_of(page))
        due = [member for member in members.values() if member.state in OPEN and _is_meant(member, clearing)]
        moved += _move(store, plan, clearing, due, before=moved, now=now) if due else 0
        cursor = page.cursor
        if cursor is None or over():
            break
    after = clearing.advanced(moved, left=_left(store, clearing) > 0)
    if not after.done and after.idle > MOST_IDLE:
        record("CallbackClearingsGivenUp", plan=plan_id, clearing=clearing_id)
        return
    fact = CallbackClearingDone if after.done else CallbackClearingAdvanced
    try:
        store.transact(clearing_writes(after, fact, now=now))
    except ConditionFailedError:
        return  # Another worker is at it, and further.


def _is_meant(member: Member, clearing: Clearing) -> bool:
    return clearing.act == "withdraw" or member.person == clearing.person


def _left(store: Store, clearing: Clearing) -> int:
    """What is open still, by the counts: the index of the list lags behind what was made just now."""
    tally = load_tally(store, clearing.plan)
    if clearing.act == "withdraw":
        return tally.counts.open
    return tally.people.get(clearing.person or NOBODY, Counts()).open


def _move(store: Store, plan: Plan, clearing: Clearing, due: Sequence[Member], *, before: int, now: datetime) -> int:
    """Move some callbacks; how many it were. One that somebody is just at is left for the next run."""
    if clearing.act == "withdraw":
        heirs: list[str | None] = [None] * len(due)
    elif clearing.to:
        heirs = [clearing.to] * len(due)
    else:
        people = [person for person in workers_of(store, plan) if person != clearing.person]
        heirs = shares(clearing.moved + before, len(due), people, f"{plan.seed}/{clearing.id}")
    callbacks = load_calls(store, [member.callback for member in due])
    tally, actor = load_tally(store, plan.id).next(), Actor.parse(clearing.by)
    writes: list[Write] = []
    moved = 0
    for member, heir in zip(due, heirs, strict=True):
        callback = callbacks.get(member.callback)
        if callback is None or state_of(callback) not in OPEN:
            continue  # The event of what has happened to it is still on its way.
        if clearing.act == "withdraw":
            callback, stored = withdrawn_writes(callback, actor=actor, now=now)
        else:
            callback, stored = given_writes(callback, heir, actor=actor, now=now)
        after = member.moved(callback.owner, state_of(callback))
        tally = tally.with_move(member.place, after.place)
        writes += [*stored, member_write(after)]
        moved += 1
    if not moved:
        return 0
    try:
        store.transact([*writes, tally_write(plan.id, tally)])
    except ConditionFailedError:
        return 0
    return moved
