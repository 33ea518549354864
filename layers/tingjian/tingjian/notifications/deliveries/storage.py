"""Deliveries in the store: an item each, one more for each further try; the dead are listed in the queue index.

Those about a ticket stand together, so that one query tells how all its messages fare.
"""

from datetime import datetime, timedelta

from tingjian.notifications.deliveries.models import Delivery, DeliveryNotFoundError
from tingjian.platform.ids import derived_id
from tingjian.platform.items import Item, Key
from tingjian.platform.places import TICKET
from tingjian.platform.store import Store, Write
from tingjian.platform.timers import timer_fields
from tingjian.platform.times import epoch_seconds, stamp

DELIVERIES_KEPT = timedelta(days=90)
TRY_KEPT = timedelta(days=2)
SORT_KEY = "delivery"
TRY = "try#"
MOST_ABOUT_A_TICKET = 100
INSTANTS = ("made_at", "changed_at")
DELIVERY = "delivery#"
DEAD = "dead#"
NOT_OF_THE_MODEL = {"pk", "sk", "team", "queue_sort", "due_shard", "due_at", "expires_at"}


def delivery_id_of(source: Key) -> str:
    """The delivery of an item: always the same, so that a repeated stream record finds the first.

    One about a ticket begins with the ticket's number.
    """
    mark = derived_id("delivery", source.pk, source.sk)
    return f"{source.pk.removeprefix(TICKET)}-{mark}" if source.pk.startswith(TICKET) else mark


def delivery_key(delivery_id: str) -> Key:
    number, about_ticket, mark = delivery_id.partition("-")
    return Key(DELIVERY + number, f"{SORT_KEY}#{mark}" if about_ticket else SORT_KEY)


def deliveries_about(store: Store, ticket: str) -> dict[str, Delivery]:
    """A hundred deliveries about a ticket at most, by id. One call, half a read unit for about eight."""
    page = store.query(DELIVERY + ticket, prefix=SORT_KEY + "#", limit=MOST_ABOUT_A_TICKET)
    return {delivery.id: delivery for delivery in map(delivery_from_item, page.items)}


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
    _, about_ticket, mark = delivery.id.partition("-")
    item: Item = {
        "pk": delivery_key(delivery.id).pk,
        "sk": f"{TRY}{mark}#{delivery.version:06d}" if about_ticket else f"{TRY}{delivery.version:06d}",
        "deliver": delivery.template,
        "expires_at": epoch_seconds(now + TRY_KEPT),
    }
    return Write("desk", item, expect=0)


def queued_try(item: Item) -> tuple[str, int] | None:
    """The id and version of the queued delivery that an item asks for; None for an item that is a source itself."""
    if not item["pk"].startswith("delivery#") or not item["sk"].startswith(TRY):
        return None
    number = item["pk"].removeprefix(DELIVERY)
    mark, about_ticket, version = item["sk"].removeprefix(TRY).rpartition("#")
    return (f"{number}-{mark}" if about_ticket else number), int(version)


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
