"""Follow-ups in the store, in lists of their own within the indexes of teams and people."""

from collections.abc import Iterable

from tingjian.platform.idempotency import Idempotency
from tingjian.platform.items import Item, Key
from tingjian.platform.lists import merged_keys
from tingjian.platform.places import ACTIVE, FINISHED, page_bounds
from tingjian.platform.store import Store, Write
from tingjian.platform.timers import timer_fields
from tingjian.platform.times import instant, stamp
from tingjian.survey.followups.models import (
    ATTEMPT_GAP_MINUTES,
    ATTEMPTS,
    Attempt,
    Completion,
    FollowUp,
    FollowUpNotFoundError,
)
from tingjian.survey.places import PLACE

PLAIN = ("version", "hash", "ticket", "type", "person", "customer", "score", "reasons", "state", "done_by")
INSTANTS = ("opened_at", "overdue_at", "claimed_at", "done_at")
FOLLOW_UP = "followup#"
PARTITION = "followups@"


def follow_up_key(identifier: str) -> Key:
    return Key(FOLLOW_UP + identifier, "followup")


def load_follow_up(store: Store, identifier: str, *, repeat: Idempotency | None = None) -> FollowUp:
    """A follow-up by id. Raises FollowUpNotFoundError, RepeatedAnswerError, DoneBeforeError."""
    key = follow_up_key(identifier)
    item = store.get_many([key], repeat=repeat).get(key)
    if item is None:
        raise FollowUpNotFoundError
    return follow_up_from_item(item)


def list_follow_ups(
    store: Store, index: str, partitions: Iterable[str], *, done: bool, limit: int, after: str | None
) -> tuple[list[FollowUp], str | None]:
    """Follow-ups of teams (`queue`) or people (`owner`): open ones by due time, done ones newest first."""
    bounds = page_bounds(FINISHED if done else ACTIVE, after, form=PLACE, forward=not done)
    named = (PARTITION + partition for partition in partitions)
    keys, cursor = merged_keys(store, index, named, bounds, forward=not done, limit=limit)
    found = store.get_many(keys, consistent=False)
    return [follow_up_from_item(found[key]) for key in keys if key in found], cursor


def follow_up_write(follow_up: FollowUp) -> Write:
    """The member of a transaction that stores a follow-up over the version before it."""
    return Write("desk", follow_up_item(follow_up), expect=follow_up.version - 1)


def follow_up_item(follow_up: FollowUp) -> Item:
    """The item of a follow-up; it has a timer until it is done or noticed to be late."""
    key = follow_up_key(follow_up.id)
    item: Item = {"pk": key.pk, "sk": key.sk, "team": PARTITION + follow_up.team, "queue_sort": follow_up.queue_sort}
    item |= {name: value for name in PLAIN if (value := getattr(follow_up, name))}
    item |= {name: stamp(moment) for name in INSTANTS if (moment := getattr(follow_up, name)) is not None}
    item["until"] = stamp(follow_up.due_at)
    if follow_up.owner:
        item["assignee"] = PARTITION + follow_up.owner
    if follow_up.attempts:
        item["attempts"] = [attempt.model_dump() | {"at": stamp(attempt.at)} for attempt in follow_up.attempts]
    if (follow_up.attempts_wanted, follow_up.attempt_gap_minutes) != (ATTEMPTS, ATTEMPT_GAP_MINUTES):
        item |= {"attempts_wanted": follow_up.attempts_wanted, "attempt_gap_minutes": follow_up.attempt_gap_minutes}
    if follow_up.completion:
        item["completion"] = follow_up.completion.model_dump()
    if follow_up.state != "done" and follow_up.overdue_at is None:
        item |= timer_fields(key.pk, follow_up.due_at)
    return item


def follow_up_from_item(item: Item) -> FollowUp:
    values = {name: item[name] for name in PLAIN if name in item}
    values |= {name: instant(item[name]) for name in INSTANTS if name in item}
    values |= {name: item[name] for name in ("attempts_wanted", "attempt_gap_minutes") if name in item}
    return FollowUp(
        attempts=tuple(Attempt.model_validate(attempt) for attempt in item.get("attempts", ())),
        id=item["pk"].removeprefix("followup#"),
        team=item["team"].removeprefix(PARTITION),
        owner=item["assignee"].removeprefix(PARTITION) if "assignee" in item else None,
        due_at=instant(item["until"]),
        completion=Completion.model_validate(item["completion"]) if "completion" in item else None,
        **values,
    )
