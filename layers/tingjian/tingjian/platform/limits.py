"""Limits: how often something may be done within a fixed window, counted in one item a subject and window."""

from datetime import datetime
from typing import NamedTuple

from tingjian.platform.errors import RetryLaterError
from tingjian.platform.items import Key
from tingjian.platform.store import Store
from tingjian.platform.times import epoch_seconds

HOUR, DAY = 3600, 86_400


class Limit(NamedTuple):
    """At most so many in a window of so many seconds."""

    name: str
    most: int
    seconds: int


def counted(store: Store, limit: Limit, subject: str, now: datetime) -> int:
    """How many there are in this window with this one. `subject` is an id or a keyed hash. One write unit."""
    # The SDK repeats this ADD when a reply is lost. The count then runs ahead: limits come sooner, never later.
    answer = store.client.update_item(
        TableName=store.desk,
        Key=_key(limit, subject, now).attributes(),
        UpdateExpression="SET expires_at = :until ADD times :one",
        ExpressionAttributeValues={":until": {"N": str(_end(limit, now))}, ":one": {"N": "1"}},
        ReturnValues="UPDATED_NEW",
    )
    return int(answer["Attributes"]["times"]["N"])


def count_within(store: Store, limit: Limit, subject: str, now: datetime) -> None:
    """Count one more. Raises RetryLaterError when that is more than the limit allows."""
    if counted(store, limit, subject, now) > limit.most:
        raise reached(limit, now)


def count_so_far(store: Store, limit: Limit, subject: str, now: datetime) -> int:
    """How many were counted in this window. Half a read unit."""
    item = store.get(_key(limit, subject, now), consistent=False)
    return int(item["times"]) if item else 0


def reached(limit: Limit, now: datetime) -> RetryLaterError:
    return RetryLaterError(_end(limit, now) - epoch_seconds(now))


def _key(limit: Limit, subject: str, now: datetime) -> Key:
    return Key(f"limit#{limit.name}#{subject}", str(_end(limit, now)))


def _end(limit: Limit, now: datetime) -> int:
    return (epoch_seconds(now) // limit.seconds + 1) * limit.seconds
