"""One callback of a plan, made by an event or by a turn of a cycle."""

from datetime import datetime

from tingjian.notifications.quiet import QuietHours
from tingjian.platform.store import Store, Write
from tingjian.survey.callback_plans.calls import CallOrder, new_call
from tingjian.survey.callback_plans.members import Member, callback_id, load_members, member_write
from tingjian.survey.callback_plans.models import Plan
from tingjian.survey.callback_plans.owners import owners_of
from tingjian.survey.callback_plans.storage import load_tally, plan_check, tally_write


def one_callback(
    store: Store,
    plan: Plan,
    customer: str,
    *,
    turn: str,
    now: datetime,
    ticket: str = "",
    quiet: QuietHours | None = None,
) -> list[Write]:
    """The members of a transaction that make a customer's callback of a turn; none if it was made before.

    They fail once the plan was changed, or another of its callbacks was made meanwhile.
    """
    identifier = callback_id(plan.id, customer, turn)
    if load_members(store, plan.id, [identifier]):
        return []
    tally = load_tally(store, plan.id).next()
    [person] = owners_of(store, plan, [customer], tally.placed)
    member = Member(
        plan=plan.id,
        callback=identifier,
        customer=customer,
        person=person,
        position=tally.placed,
        made_at=now,
    )
    counted = tally.with_move(None, member.place).model_copy(update={"placed": tally.placed + 1})
    asked = CallOrder(plan, member, ticket=ticket, quiet=quiet)
    return [
        plan_check(plan),
        tally_write(plan.id, counted),
        member_write(member),
        *new_call(asked, now=now),
    ]
