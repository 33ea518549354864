"""Plans in the store: an item each, in the list of its team, timed until its start and its end; and its counts."""

from collections.abc import Sequence

from tingjian.platform.idempotency import Idempotency
from tingjian.platform.items import Item, Key
from tingjian.platform.lists import merged_keys
from tingjian.platform.places import ACTIVE, FINISHED, page_bounds
from tingjian.platform.store import Store, Write
from tingjian.platform.timers import timer_fields
from tingjian.survey.callback_plans.models import Plan, PlanNotFoundError
from tingjian.survey.callback_plans.places import PARTITION, PLACE, plan_place
from tingjian.survey.callback_plans.tallies import Tally

PLAN, TALLY = "callback-plan", "tally"
SOURCES = "callback-sources"
"""The plans that wait for events or customers, a small collection."""


def plan_key(plan_id: str) -> Key:
    return Key(plan_place(plan_id), PLAN)


def load_plan(store: Store, plan_id: str, *, repeat: Idempotency | None = None) -> Plan:
    """A plan by id. Raises PlanNotFoundError, DoneBeforeError."""
    key = plan_key(plan_id)
    item = store.get_many([key], repeat=repeat).get(key)
    if item is None:
        raise PlanNotFoundError
    return plan_from_item(item)


def load_plan_with_tally(store: Store, plan_id: str) -> tuple[Plan, Tally]:
    """A plan and how its callbacks stand. One call. Raises PlanNotFoundError."""
    plan, tally = plan_key(plan_id), tally_key(plan_id)
    found = store.get_many([plan, tally])
    if plan not in found:
        raise PlanNotFoundError
    return plan_from_item(found[plan]), tally_from_item(found.get(tally))


def load_plans(store: Store, plan_ids: Sequence[str]) -> dict[str, Plan]:
    """Plans by id, those that are there. One call."""
    found = store.get_many([plan_key(plan_id) for plan_id in plan_ids], consistent=False) if plan_ids else {}
    return {plan.id: plan for plan in map(plan_from_item, found.values())}


def list_plans(
    store: Store, teams: Sequence[str], *, finished: bool, limit: int, after: str | None
) -> tuple[list[tuple[Plan, Tally]], str | None]:
    """Plans of some teams with their counts, newest first, and where to go on. One call a team and one more."""
    bounds = page_bounds(FINISHED if finished else ACTIVE, after, form=PLACE, forward=False)
    keys, cursor = merged_keys(store, "queue", (PARTITION + team for team in teams), bounds, forward=False, limit=limit)
    found = store.get_many([*keys, *(Key(key.pk, TALLY) for key in keys)], consistent=False)
    listed = [
        (plan_from_item(found[key]), tally_from_item(found.get(Key(key.pk, TALLY)))) for key in keys if key in found
    ]
    return listed, cursor


def list_sources(store: Store) -> list[tuple[str, str]]:
    """The running plans that are not made from lists: id, and the kind of their source. No call when warm."""
    return store.members(SOURCES, _source_from_item)


def plan_writes(plan: Plan) -> list[Write]:
    """The members of a transaction that store a plan over the version before it."""
    writes = [Write("desk", plan_item(plan), expect=plan.version - 1)]
    if plan.source.kind != "list" and plan.state != "draft":
        entry: Item = {"pk": SOURCES, "sk": plan.id, "source": plan.source.kind}
        writes.append(Write("desk", entry, kind="put" if plan.state == "running" else "delete"))
    return writes


def plan_check(plan: Plan) -> Write:
    """The member of a transaction that lets it fail once the plan was changed, as by its stop."""
    key = plan_key(plan.id)
    return Write("desk", {"pk": key.pk, "sk": key.sk}, expect=plan.version, kind="check", name="plan")


def plan_item(plan: Plan) -> Item:
    key = plan_key(plan.id)
    item: Item = {"pk": key.pk, "sk": key.sk, "version": plan.version, "hash": plan.hash}
    item |= {"team": PARTITION + plan.team, "queue_sort": plan.queue_sort, "document": plan.model_dump_json()}
    return item | timer_fields(key.pk, plan.due_at) if plan.due_at else item


def plan_from_item(item: Item) -> Plan:
    return Plan.model_validate_json(item["document"]).model_copy(update={"hash": item["hash"]})


def tally_key(plan_id: str) -> Key:
    return Key(plan_place(plan_id), TALLY)


def load_tally(store: Store, plan_id: str) -> Tally:
    return tally_from_item(store.get(tally_key(plan_id)))


def tally_write(plan_id: str, tally: Tally) -> Write:
    """The member of a transaction that stores the counts over the version before them."""
    key = tally_key(plan_id)
    item: Item = {"pk": key.pk, "sk": key.sk, "version": tally.version, "document": tally.model_dump_json()}
    return Write("desk", item, expect=tally.version - 1, name=TALLY)


def tally_from_item(item: Item | None) -> Tally:
    return Tally.model_validate_json(item["document"]) if item else Tally()


def _source_from_item(item: Item) -> tuple[str, str]:
    return item["sk"], item["source"]
