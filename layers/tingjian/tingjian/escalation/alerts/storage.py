"""Alerts in the store: items of their ticket's collection, listed by team and by person, newest first.

In the indexes they stand in partitions of their own (`alerts#<team>`), so that no queue of tickets reads them.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta

from tingjian.escalation.alerts.models import Alert, AlertName, AlertNotFoundError
from tingjian.platform.items import Item, Key
from tingjian.platform.lists import merged_keys
from tingjian.platform.places import page_bounds, ticket_entity
from tingjian.platform.store import Store, Write
from tingjian.platform.timers import timer_fields
from tingjian.platform.times import epoch_seconds, stamp

ALERTS_KEPT = timedelta(days=400)
PREFIX = "alert#"
PLAIN = ("id", "version", "ticket", "clock", "share", "ladder", "ladder_version", "told", "channels", "acknowledged_by")
INSTANTS = {
    "raised_at": "raised_at",
    "due_at": "target_at",
    "answer_by": "answer_by",
    "acknowledged_at": "acknowledged_at",
    "over_at": "over_at",
}
"""The item's names of the alert's instants: `due_at` is when the sweep must look at it."""
NOT_OF_THE_MODEL = {"pk", "sk", "team", "assignee", "queue_sort", "due_shard", "due_at", "target_at", "expires_at"}
LISTED = "alerts#"
"""The partitions of the lists that show alerts, by team and by person."""
CENTURIES = "2"
"""What a place begins with: the time of the alert."""
PLACE = re.compile(r"[0-9TZ:.#a-z_-]{1,100}")


def alert_key(name: AlertName) -> Key:
    return Key(ticket_entity(name.ticket), f"{PREFIX}{name.label}#{name.start}#{name.share:04d}")


def load_alert(store: Store, name: AlertName) -> Alert:
    """An alert by its name. Raises AlertNotFoundError."""
    item = store.get(alert_key(name))
    if item is None:
        raise AlertNotFoundError
    return alert_from_item(item)


def find_alerts(store: Store, names: Sequence[AlertName]) -> dict[AlertName, Alert]:
    """Those of the alerts that there are. One call."""
    found = store.get_many([alert_key(name) for name in names]) if names else {}
    return {name: alert_from_item(found[alert_key(name)]) for name in names if alert_key(name) in found}


def list_alerts(
    store: Store, index: str, partitions: Iterable[str], *, limit: int, after: str | None
) -> tuple[list[Key], str | None]:
    """Keys of alerts of teams (`queue`) or a person (`owner`), newest first, and the place to go on from.

    One call a partition, each reading no more than a page.
    """
    bounds = page_bounds(CENTURIES, after, form=PLACE, forward=False)
    named = (LISTED + partition for partition in partitions)
    return merged_keys(store, index, named, bounds, forward=False, limit=limit)


def alert_write(alert: Alert) -> Write:
    """The member of a transaction that stores an alert; a new one must not be there yet."""
    return Write("desk", alert_item(alert), expect=alert.version - 1)


def alert_item(alert: Alert) -> Item:
    key = alert_key(alert.name)
    item: Item = {"pk": key.pk, "sk": key.sk, "team": LISTED + alert.team}
    item |= {name: value for name in PLAIN if (value := getattr(alert, name)) is not None}
    item |= {stored: stamp(at) for name, stored in INSTANTS.items() if (at := getattr(alert, name)) is not None}
    item |= {
        "queue_sort": f"{item['raised_at']}#{alert.id}",
        "expires_at": epoch_seconds(alert.raised_at + ALERTS_KEPT),
    }
    if alert.owner:
        item["assignee"] = LISTED + alert.owner
    if alert.waits and alert.answer_by is not None:
        item |= timer_fields(key.pk, alert.answer_by)
    return item


def alert_from_item(item: Item) -> Alert:
    body = {name: value for name, value in item.items() if name not in NOT_OF_THE_MODEL}
    return Alert.model_validate(
        body
        | {
            "team": item["team"].removeprefix("alerts#"),
            "owner": item["assignee"].removeprefix("alerts#") if "assignee" in item else None,
            "due_at": item.get("target_at"),
        }
    )
