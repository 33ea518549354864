"""Lists in the store: items of their plan's collection."""

from tingjian.platform.idempotency import Idempotency
from tingjian.platform.items import Item, Key
from tingjian.platform.store import Store, Write
from tingjian.survey.callback_plans.call_lists import CallList, ListNotFoundError, Progress
from tingjian.survey.callback_plans.models import Plan, PlanNotFoundError
from tingjian.survey.callback_plans.places import plan_place
from tingjian.survey.callback_plans.storage import plan_from_item, plan_key

LIST, PROGRESS = "list#", "progress#"


def list_key(plan_id: str, list_id: str) -> Key:
    return Key(plan_place(plan_id), LIST + list_id)


def load_list(store: Store, plan_id: str, list_id: str, *, repeat: Idempotency | None = None) -> tuple[Plan, CallList]:
    """A list with its plan. One call. Raises PlanNotFoundError, ListNotFoundError, DoneBeforeError."""
    plan, listed = plan_key(plan_id), list_key(plan_id, list_id)
    found = store.get_many([plan, listed], repeat=repeat)
    if plan not in found:
        raise PlanNotFoundError
    if listed not in found:
        raise ListNotFoundError
    return plan_from_item(found[plan]), list_from_item(found[listed])


def list_call_lists(store: Store, plan_id: str, *, limit: int, cursor: str | None) -> tuple[list[CallList], str | None]:
    """The lists of a plan, newest first: their ids begin with the time. One call."""
    page = store.query(plan_place(plan_id), prefix=LIST, limit=limit, cursor=cursor, forward=False)
    return [list_from_item(item) for item in page.items], page.cursor


def first_unfinished_list(store: Store, plan_id: str) -> CallList | None:
    """The oldest of the lists of a plan that were checked and are not worked off. One call; lists are few."""
    items = store.query_all(plan_place(plan_id), prefix=LIST, consistent=True)
    return next((listed for listed in map(list_from_item, items) if listed.state == "making"), None)


def list_write(listed: CallList) -> Write:
    """The member of a transaction that stores a list over the version before it."""
    key = list_key(listed.plan, listed.id)
    item: Item = {"pk": key.pk, "sk": key.sk, "version": listed.version, "hash": listed.hash}
    return Write("desk", item | {"document": listed.model_dump_json()}, expect=listed.version - 1)


def list_from_item(item: Item) -> CallList:
    return CallList.model_validate_json(item["document"]).model_copy(update={"hash": item["hash"]})


def load_progress(store: Store, listed: CallList) -> Progress:
    item = store.get(_progress_key(listed))
    return Progress.model_validate_json(item["document"]) if item else Progress()


def progress_write(listed: CallList, progress: Progress) -> Write:
    """The member of a transaction that stores how far a list is; of two workers at it, one writes."""
    key = _progress_key(listed)
    item: Item = {"pk": key.pk, "sk": key.sk, "version": progress.version, "document": progress.model_dump_json()}
    return Write("desk", item, expect=progress.version - 1, name=PROGRESS)


def _progress_key(listed: CallList) -> Key:
    return Key(plan_place(listed.plan), PROGRESS + listed.id)
