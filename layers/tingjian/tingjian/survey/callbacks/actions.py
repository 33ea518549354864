"""Making, claiming, giving and recording callbacks, and noticing the late ones. Each is one transaction."""

from collections.abc import Callable
from datetime import datetime

from tingjian.people.staff.destinations import require_worker
from tingjian.people.staff.storage import find_staff
from tingjian.platform.chains import with_event
from tingjian.platform.changes import OvertakenError, load_and_write
from tingjian.platform.events import SYSTEM, Actor, Event, event_done_before, event_write, key_use
from tingjian.platform.http.call import Call
from tingjian.platform.items import Item
from tingjian.platform.records import stale
from tingjian.platform.rights import Right
from tingjian.platform.store import ConditionFailedError, Store, Write
from tingjian.platform.timers import Firing
from tingjian.survey.callbacks.events import (
    CallbackAssigned,
    CallbackClaimed,
    CallbackFact,
    CallbackOpened,
    CallbackOverdue,
    CallbackRecorded,
)
from tingjian.survey.callbacks.models import Callback, CallbackDoneError, CallbackTakenError, CallRecord
from tingjian.survey.callbacks.rights import SHARE_CALLBACKS, WORK_CALLBACKS
from tingjian.survey.callbacks.storage import callback_from_item, callback_write, find_form, load_callback
from tingjian.survey.callbacks.views import CallbackAssignment, CallbackReceipt


def new_callback(callback: Callback, *, now: datetime, actor: Actor = SYSTEM) -> tuple[Callback, list[Write]]:
    """A new callback and what stores it, two members of a transaction. No call.

    Its id says what it is owed for: a second one under the same id fails on the condition, and changes nothing.
    """
    callback, event = with_event(callback, CallbackOpened, now=now, actor=actor, data={"due_at": callback.due_at})
    return callback, [callback_write(callback), event_write(event)]


def claim_callback(call: Call, identifier: str) -> CallbackReceipt:
    """Take a callback on. Raises AccessDeniedError, CallbackTakenError, CallbackDoneError, StaleError."""
    return _step(
        call, identifier, CallbackClaimed, WORK_CALLBACKS, lambda one: one.with_claim(by=call.caller.id, now=call.now)
    )


def assign_callback(call: Call, identifier: str, body: CallbackAssignment) -> CallbackReceipt:
    """Give a callback to somebody who works for its team. Raises InvalidInputError, CallbackDoneError."""

    def decide(callback: Callback) -> Callback:
        if body.owner:
            require_worker(call.store, body.owner, callback.team, field="owner")
        return callback.given_to(body.owner)

    return _step(call, identifier, CallbackAssigned, SHARE_CALLBACKS, decide)


def record_call(call: Call, identifier: str, record: CallRecord) -> CallbackReceipt:
    """Record a call with what follows from it.

    Raises AccessDeniedError, InvalidInputError, CallbackTakenError, CallbackDoneError, CallTooEarlyError.
    """

    def decide(callback: Callback) -> Callback:
        after = callback.with_call(record, by=call.caller.id, now=call.now)
        if record.reached or record.answers:
            find_form(call.store, callback.kind).require(record.answers)
        return after

    return _step(call, identifier, CallbackRecorded, WORK_CALLBACKS, decide)


def mark_overdue(store: Store, item: Item, *, now: datetime) -> Firing | None:
    """The timer of a callback: it is late, which its event tells. None when it is over, or was noted."""
    del store
    callback = callback_from_item(item)
    if callback.state != "open" or callback.overdue_at is not None or now < callback.due_at:
        return None
    late, event = with_event(callback.with_delay(now), CallbackOverdue, now=now, actor=SYSTEM)
    return Firing((callback_write(late), event_write(event)))


def _step(
    call: Call, identifier: str, fact: type[CallbackFact], right: Right, decide: Callable[[Callback], Callback]
) -> CallbackReceipt:
    was_allowed = False

    def write(before: Callback) -> CallbackReceipt:
        nonlocal was_allowed
        if was_allowed:
            # Somebody else was faster. That is what the caller is told, and not that the callback is no longer theirs.
            _named(call.store, lambda: before.with_claim(by=call.caller.id, now=call.now))
        call.caller.require(right, team=before.team, owner=before.owner)
        was_allowed = right is WORK_CALLBACKS
        if call.if_match not in {None, before.version}:
            raise stale(call.store, before.entity, after=call.if_match or 0)
        after = _named(call.store, lambda: decide(before))
        data = recorded_facts(after) if fact is CallbackRecorded else None
        after, event = with_event(
            after, fact, now=call.now, actor=call.caller.actor, data=data, idempotency=call.idempotency
        )
        writes = [callback_write(after), event_write(event)]
        if fact is CallbackRecorded:
            from tingjian.survey.callbacks.consequences import follow_through  # noqa: PLC0415 - only after a call

            writes += follow_through(call.store, after, call.caller.actor, call.now)
        try:
            call.store.transact(writes, idempotency=key_use(call.idempotency, event))
        except ConditionFailedError as error:
            raise OvertakenError(before.entity, before.version) from error
        return _receipt(event)

    return load_and_write(
        call.store,
        lambda: load_callback(call.store, identifier, repeat=call.idempotency),
        write,
        receipt=lambda done: _receipt(event_done_before(call.store, done)),
    )


def recorded_facts(callback: Callback) -> dict[str, object]:
    """What the event of a call says beside the callback."""
    last = callback.attempts[-1]
    facts: dict[str, object] = {
        "call": last.result,
        "reached": last.reached,
        "has_suggestion": last.suggestion is not None,
        "next_call_at": callback.next_call_at,
    }
    if callback.done_at:
        facts["seconds"] = round((callback.done_at - callback.opened_at).total_seconds(), 3)
        facts["kept"] = {"callback": callback.done_at <= callback.due_at}
    return facts


def _named(store: Store, decide: Callable[[], Callback]) -> Callback:
    """What was decided; whoever comes second is told by name who was first."""
    try:
        return decide()
    except CallbackTakenError as taken:
        by, at = taken.members["owner"], taken.members["at"]
        raise CallbackTakenError(by=_name(store, by), at=at, members=taken.members) from taken
    except CallbackDoneError as done:
        by, at = done.members["by"], done.members["at"]
        raise CallbackDoneError(by=_name(store, by), at=at, members=done.members) from done


def _name(store: Store, staff_id: str | None) -> str:
    person = find_staff(store, staff_id) if staff_id else None
    return person.name if person else staff_id or ""


def _receipt(event: Event) -> CallbackReceipt:
    return CallbackReceipt(
        id=event.entity.removeprefix("callback#"),
        version=event.version,
        event=event.name,
        state=event.data["state"],
        result=event.data.get("result"),
        owner=event.data.get("owner"),
        at=event.at,
        calls=event.data.get("calls", 0),
        next_call_at=event.data.get("next_call_at"),
    )
