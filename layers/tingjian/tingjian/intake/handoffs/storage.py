"""Hand-offs in the store: items of their ticket's collection, in the queue of the department, timed by the sweep."""

import re
from collections.abc import Iterable

from tingjian.intake.attachments.models import StoredFile
from tingjian.intake.handoffs.models import Handoff
from tingjian.platform.errors import NotFoundError
from tingjian.platform.items import Item, Key
from tingjian.platform.lists import merged_keys
from tingjian.platform.places import ACTIVE, FINISHED, page_bounds, ticket_entity
from tingjian.platform.store import Store, Write
from tingjian.platform.timers import timer_fields
from tingjian.platform.times import stamp
from tingjian.sla.compact import clocks_from_text, clocks_text

INSTANTS = ("asked_at", "due_at", "answered_at", "overdue_at")
FILES = ("attachments", "evidence")
HANDOFF = "handoff#"
PLACE = re.compile(r"[01]#[0-9TZ:.-]{4,24}#[0-9A-Za-z._#-]{1,80}")
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
    store: Store, departments: Iterable[str], *, finished: bool, limit: int, after: str | None
) -> tuple[list[Handoff], str | None]:
    """The hand-offs of departments by due time, and the place to go on from. One call a department and one more."""
    bounds = page_bounds(FINISHED if finished else ACTIVE, after, form=PLACE, forward=not finished)
    keys, following = merged_keys(store, "queue", departments, bounds, forward=not finished, limit=limit)
    wanted = [key for key in keys if key.sk.startswith(HANDOFF)]
    found = store.get_many(wanted, consistent=False)
    return [handoff_from_item(found[key]) for key in wanted if key in found], following


def handoff_write(handoff: Handoff) -> Write:
    """The member of a transaction that stores a hand-off over the version before it."""
    return Write("desk", handoff_item(handoff), expect=handoff.version - 1)


def handoff_item(handoff: Handoff) -> Item:
    """The item of a hand-off; it has a timer while it is open and a step of its clock, or its due time, lies ahead."""
    key = handoff_key(handoff.ticket, handoff.number)
    item: Item = {"pk": key.pk, "sk": key.sk, "team": handoff.department, "queue_sort": handoff.queue_sort}
    item |= handoff.model_dump(exclude={"ticket", "number", "department", "clock"}, exclude_defaults=True)
    item |= {name: stamp(item[name]) for name in INSTANTS if name in item}
    # By their own class: a file that is stored has a copy's name, which no answer shows.
    item |= {name: [file.model_dump() for file in getattr(handoff, name)] for name in FILES if name in item}
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
            **{name: tuple(map(StoredFile.model_validate, item[name])) for name in FILES if name in item},
            "clock": next(iter(clocks_from_text(item.get("clock", ""))), None),
        }
    )
