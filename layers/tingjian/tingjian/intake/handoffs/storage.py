"""Hand-offs in the store: items of their ticket's collection, in the queue of the department, timed by the sweep."""

from tingjian.intake.handoffs.models import Handoff
from tingjian.platform.errors import NotFoundError
from tingjian.platform.items import Item, Key
from tingjian.platform.places import ticket_entity
from tingjian.platform.store import Store, Write
from tingjian.platform.timers import timer_fields
from tingjian.platform.times import stamp
from tingjian.sla.compact import clocks_from_text, clocks_text

INSTANTS = ("asked_at", "due_at", "answered_at", "overdue_at")
HANDOFF = "handoff#"
NOT_OF_THE_MODEL = {"pk", "sk", "team", "queue_sort", "due_shard", "due_at", "answer_due_at"}


class HandoffNotFoundError(NotFoundError):
    """The ticket has no hand-off with this number."""

    code = "handoff_not_found"


def handoff_key(ticket: str, number: int) -> Key:
    return Key(ticket_entity(ticket), f"{HANDOFF}{number:02d}")


def load_handoff(store: Store, ticket: str, number: int) -> Handoff:
    """A hand-off of a ticket. Raises HandoffNotFoundError."""
    item = store.get(handoff_key(ticket, number))
    if item is None:
        raise HandoffNotFoundError
    return handoff_from_item(item)


def load_handoffs(store: Store, ticket: str) -> list[Handoff]:
    """The hand-offs of a ticket in order; few by nature."""
    return [handoff_from_item(item) for item in store.query_all(ticket_entity(ticket), prefix=HANDOFF, consistent=True)]


def list_handoffs(
    store: Store, department: str, *, finished: bool, limit: int, cursor: str | None
) -> tuple[list[Handoff], str | None]:
    """The hand-offs of a department by due time, and the cursor to more. Two calls."""
    prefix = "1#" if finished else "0#"
    page = store.query(department, index="queue", prefix=prefix, limit=limit, forward=not finished, cursor=cursor)
    keys = [Key(item["pk"], item["sk"]) for item in page.items if item["sk"].startswith(HANDOFF)]
    found = store.get_many(keys, consistent=False)
    return [handoff_from_item(found[key]) for key in keys if key in found], page.cursor


def handoff_write(handoff: Handoff) -> Write:
    """The member of a transaction that stores a hand-off over the version before it."""
    return Write("desk", handoff_item(handoff), expect=handoff.version - 1)


def handoff_item(handoff: Handoff) -> Item:
    """The item of a hand-off; it has a timer while it is open and a step of its clock, or its due time, lies ahead."""
    key = handoff_key(handoff.ticket, handoff.number)
    item: Item = {"pk": key.pk, "sk": key.sk, "team": handoff.department, "queue_sort": handoff.queue_sort}
    item |= handoff.model_dump(exclude={"ticket", "number", "department", "clock"}, exclude_none=True)
    item |= {name: stamp(item[name]) for name in INSTANTS if name in item}
    item["answer_due_at"] = item.pop("due_at")
    if handoff.clock:
        item["clock"] = clocks_text([handoff.clock])
    if handoff.timer_at is not None:
        item |= timer_fields(key.pk, handoff.timer_at)
    return item


def handoff_from_item(item: Item) -> Handoff:
    body = {name: value for name, value in item.items() if name not in NOT_OF_THE_MODEL}
    return Handoff.model_validate(
        body
        | {
            "ticket": item["pk"].removeprefix("ticket#"),
            "number": int(item["sk"].removeprefix(HANDOFF)),
            "department": item["team"],
            "due_at": item["answer_due_at"],
            "clock": next(iter(clocks_from_text(item.get("clock", ""))), None),
        }
    )
