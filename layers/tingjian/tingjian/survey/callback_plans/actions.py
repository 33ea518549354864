"""Plans as their leads work with them: written, edited, started, paused, stopped. Each is one transaction."""

from collections.abc import Callable, Sequence

from tingjian.people.staff.destinations import require_open_team, require_worker
from tingjian.platform.chains import with_event
from tingjian.platform.changes import OvertakenError, load_and_write
from tingjian.platform.errors import invalid
from tingjian.platform.events import Event, event_done_before, event_write, key_use
from tingjian.platform.http.call import Call
from tingjian.platform.ids import derived_id, random_id
from tingjian.platform.records import stale
from tingjian.platform.store import ConditionFailedError, Store, Write
from tingjian.survey.callback_plans.clearing import begin_clearing
from tingjian.survey.callback_plans.clearings import Clearing, HandOver
from tingjian.survey.callback_plans.events import (
    CallbackPlanChanged,
    CallbackPlanCreated,
    CallbackPlanFact,
    CallbackPlanHandedOver,
    CallbackPlanPaused,
    CallbackPlanResumed,
    CallbackPlanStarted,
    CallbackPlanStopped,
)
from tingjian.survey.callback_plans.models import Plan, PlanBody, PlanReceipt
from tingjian.survey.callback_plans.rights import EDIT_PLANS
from tingjian.survey.callback_plans.storage import SOURCES, load_plan, plan_writes


def create_plan(call: Call, body: PlanBody) -> PlanReceipt:
    """A plan that makes nothing yet. Raises AccessDeniedError, InvalidInputError for a team or people who cannot."""
    call.caller.require(EDIT_PLANS, team=body.team)
    check_people(call.store, body)
    identifier = call.idempotency.derive("callback-plan") if call.idempotency else random_id()
    plan = Plan(
        **body.model_dump(),
        id=identifier,
        version=1,
        seed=random_id(),
        by=call.caller.id,
        created_at=call.now,
    )
    return load_and_write(
        call.store,
        lambda: call.store.get_many([], repeat=call.idempotency),
        lambda _: _saved(call, plan, CallbackPlanCreated),
        receipt=lambda done: receipt_of(event_done_before(call.store, done)),
    )


def edit_plan(call: Call, plan_id: str, body: PlanBody) -> PlanReceipt:
    """Change a plan; what one that was started is about stays. Raises PlanFixedError, PlanStateError, StaleError."""

    def decide(plan: Plan) -> Plan:
        call.caller.require(EDIT_PLANS, team=body.team)
        check_people(call.store, body)
        return plan.edited(body)

    return step(call, plan_id, CallbackPlanChanged, decide)


def start_plan(call: Call, plan_id: str) -> PlanReceipt:
    """Let a plan make callbacks, from its first day on. Raises PlanStateError."""
    return step(call, plan_id, CallbackPlanStarted, lambda plan: plan.started(call.now))


def pause_plan(call: Call, plan_id: str) -> PlanReceipt:
    """Let a plan make nothing for now. Raises PlanStateError."""
    return step(call, plan_id, CallbackPlanPaused, lambda plan: plan.paused())


def resume_plan(call: Call, plan_id: str) -> PlanReceipt:
    """Let a paused plan go on. Raises PlanStateError."""
    return step(call, plan_id, CallbackPlanResumed, lambda plan: plan.resumed())


def stop_plan(call: Call, plan_id: str) -> PlanReceipt:
    """Stop a plan for good: it makes nothing more, and what is open is withdrawn. Raises PlanStateError."""

    def beside(plan: Plan) -> list[Write]:
        clearing = Clearing(
            id=derived_id("stop", plan.id),
            version=1,
            plan=plan.id,
            act="withdraw",
            by=str(call.caller.actor),
            asked_at=call.now,
        )
        return begin_clearing(clearing, now=call.now)

    return step(
        call,
        plan_id,
        CallbackPlanStopped,
        lambda plan: plan.stopped(by=call.caller.id, now=call.now),
        beside=beside,
    )


def hand_over(call: Call, plan_id: str, body: HandOver) -> PlanReceipt:
    """Give what somebody has open of a plan to somebody else, or share it out over the others.

    Raises InvalidInputError for an heir who does not work for the team, PlanStateError for a finished plan.
    """

    def decide(plan: Plan) -> Plan:
        if body.to == body.person:
            raise invalid("to", "unknown", value=body.to)
        if body.to:
            require_worker(call.store, body.to, plan.team, field="to")
        return plan.handed_over(body.person, stays=body.stays)

    def beside(plan: Plan) -> list[Write]:
        clearing = Clearing(
            id=derived_id("hand-over", plan.id, str(plan.version)),
            version=1,
            plan=plan.id,
            act="give",
            person=body.person,
            to=body.to,
            by=str(call.caller.actor),
            asked_at=call.now,
        )
        return begin_clearing(clearing, now=call.now)

    return step(call, plan_id, CallbackPlanHandedOver, decide, beside=beside)


def check_people(store: Store, body: PlanBody) -> None:
    """Raise InvalidInputError for a team that takes nothing, and for people who do not work for it."""
    require_open_team(store, body.team)
    for place, person in enumerate(body.people):
        require_worker(store, person, body.team, field=f"people.{place}")


def step(
    call: Call,
    plan_id: str,
    fact: type[CallbackPlanFact],
    decide: Callable[[Plan], Plan],
    *,
    beside: Callable[[Plan], list[Write]] | None = None,
) -> PlanReceipt:
    """One change of a plan by somebody who may edit it; `beside` is what else is written with it."""

    def write(before: Plan) -> PlanReceipt:
        call.caller.require(EDIT_PLANS, team=before.team)
        if call.if_match not in {None, before.version}:
            raise stale(call.store, before.entity, after=call.if_match or 0)
        after = decide(before)
        return _saved(call, after, fact, before, beside(after) if beside else ())

    return load_and_write(
        call.store,
        lambda: load_plan(call.store, plan_id, repeat=call.idempotency),
        write,
        receipt=lambda done: receipt_of(event_done_before(call.store, done)),
    )


def receipt_of(event: Event) -> PlanReceipt:
    return PlanReceipt(
        id=event.entity.removeprefix("callback-plan#"),
        version=event.version,
        event=event.name,
        state=event.data["state"],
        at=event.at,
    )


def _saved(
    call: Call,
    plan: Plan,
    fact: type[CallbackPlanFact],
    before: Plan | None = None,
    beside: Sequence[Write] = (),
) -> PlanReceipt:
    data = {"changed": _changed(before, plan)} if fact is CallbackPlanChanged and before else None
    plan, event = with_event(plan, fact, now=call.now, actor=call.caller.actor, data=data, idempotency=call.idempotency)
    try:
        call.store.transact(
            [*plan_writes(plan), event_write(event), *beside], idempotency=key_use(call.idempotency, event)
        )
    except ConditionFailedError as error:
        raise OvertakenError(plan.entity, plan.version - 1) from error
    call.store.forget(SOURCES)
    return receipt_of(event)


def _changed(before: Plan, after: Plan) -> list[str]:
    return [name for name in PlanBody.model_fields if getattr(before, name) != getattr(after, name)]
