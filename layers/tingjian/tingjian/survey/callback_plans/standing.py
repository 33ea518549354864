"""Keeping a plan's counts: each change of one of its callbacks moves that callback in the lists and the counts."""

from datetime import datetime

from tingjian.platform.changes import load_and_write
from tingjian.platform.events import Event
from tingjian.platform.store import ConditionFailedError, Store
from tingjian.survey.callback_plans.calls import load_calls, state_of
from tingjian.survey.callback_plans.members import Member, load_members, member_write
from tingjian.survey.callback_plans.storage import load_tally, tally_write
from tingjian.survey.callback_plans.tallies import Tally

ATTEMPTS = 10
"""Several callbacks of a plan change at a time, and all count in one item."""


def follow_callback(store: Store, event: Event, _now: datetime) -> None:
    """Bring what the plan knows of a callback up to date. A repeat, or an older event, finds nothing to do."""
    plan_id = event.data.get("plan")
    if plan_id is None:
        return
    callback_id = event.entity.removeprefix("callback#")

    def load() -> tuple[Member | None, Tally]:
        return load_members(store, plan_id, [callback_id]).get(callback_id), load_tally(store, plan_id)

    def write(loaded: tuple[Member | None, Tally]) -> None:
        member, tally = loaded
        callback = load_calls(store, [callback_id]).get(callback_id)
        if member is None or callback is None:
            return
        moved = member.moved(callback.owner, state_of(callback))
        if moved.place != member.place:
            after = tally.next().with_move(member.place, moved.place)
            store.transact([member_write(moved), tally_write(plan_id, after)])

    load_and_write(store, load, write, again_on=ConditionFailedError, attempts=ATTEMPTS)
