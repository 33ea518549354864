"""Deliveries in the store: an item each, one more for each further try; the dead are listed in the queue index."""

from datetime import datetime, timedelta

from tingjian.notifications.deliveries.models import Delivery, DeliveryNotFoundError
from tingjian.platform.ids import derived_id
from tingjian.platform.items import Item, Key
from tingjian.platform.store import Store, Write
from tingjian.platform.timers import timer_fields
from tingjian.platform.times import epoch_seconds, stamp

DELIVERIES_KEPT = timedelta(days=90)
TRY_KEPT = timedelta(days=2)
SORT_KEY = "delivery"
TRY = "try#"
INSTANTS = ("made_at", "changed_at")
DELIVERY = "delivery#"
DEAD = "dead#"
NOT_OF_THE_MODEL = {"pk", "sk", "team", "queue_sort", "due_shard", "due_at", "expires_at"}


def delivery_id_of(source: Key) -> str:
    """The delivery of an item: always the same, so that a repeated stream record finds the first."""
    return derived_id("delivery", source.pk, source.sk)


def delivery_key(delivery_id: str) -> Key:
    return Key(DELIVERY + delivery_id, SORT_KEY)


def find_delivery(store: Store, delivery_id: str) -> Delivery | None:
    item = store.get(delivery_key(delivery_id))
    return delivery_from_item(item) if item else None


def load_delivery(store: Store, delivery_id: str) -> Delivery:
    """A delivery by id. Raises DeliveryNotFoundError."""
    found = find_delivery(store, delivery_id)
    if found is None:
        raise DeliveryNotFoundError
    return found


def list_dead(store: Store, channel: str, *, limit: int, cursor: str | None) -> tuple[list[Delivery], str | None]:
    """The dead of a channel, newest first, and the cursor to more. Two calls."""
    page = store.query(DEAD + channel, index="queue", limit=limit, forward=False, cursor=cursor)
    keys = [Key(item["pk"], item["sk"]) for item in page.items]
    found = store.get_many(keys, consistent=False) if keys else {}
    return [delivery_from_item(found[key]) for key in keys if key in found], page.cursor


def delivery_write(delivery: Delivery) -> Write:
    return Write("desk", delivery_item(delivery), expect=delivery.version - 1)


def try_write(delivery: Delivery, now: datetime) -> Write:
    """The member of a transaction that has the stream take up a queued delivery; each version at most once."""
    item: Item = {
        "pk": delivery_key(delivery.id).pk,
        "sk": f"{TRY}{delivery.version:06d}",
        "deliver": delivery.template,
        "expires_at": epoch_seconds(now + TRY_KEPT),
    }
    return Write("desk", item, expect=0)


def queued_try(item: Item) -> tuple[str, int] | None:
    """The id and version of the queued delivery that an item asks for; None for an item that is a source itself."""
    if not item["pk"].startswith("delivery#") or not item["sk"].startswith(TRY):
        return None
    return item["pk"].removeprefix("delivery#"), int(item["sk"].removeprefix(TRY))


def delivery_item(delivery: Delivery) -> Item:
    """The item of a delivery: timed while it is in flight, listed when it is dead."""
    key = delivery_key(delivery.id)
    item: Item = {"pk": key.pk, "sk": key.sk} | delivery.model_dump(exclude={"due_at"}, exclude_none=True)
    item |= {name: stamp(item[name]) for name in INSTANTS}
    if delivery.due_at is not None:
        item |= timer_fields(key.pk, delivery.due_at)
    else:
        item["expires_at"] = epoch_seconds(delivery.changed_at + DELIVERIES_KEPT)
    if delivery.state == "dead":
        item |= {"team": DEAD + delivery.channel, "queue_sort": f"{stamp(delivery.changed_at)}#{delivery.id}"}
    return item


def delivery_from_item(item: Item) -> Delivery:
    body = {name: value for name, value in item.items() if name not in NOT_OF_THE_MODEL}
    return Delivery.model_validate(body | {"due_at": item.get("due_at")})
