"""Digests: what a person is told at about the same time goes out in one mail, however much it is.

A notice waits for some seconds on its way (the lane's delay). Whichever of them is taken first takes all of the same
person along: a transaction stores the digest and marks each notice's delivery as bundled, so that none is sent twice.
"""

from datetime import datetime, timedelta

from tingjian.notifications.deliveries.composition import RenderContext
from tingjian.notifications.deliveries.models import Delivery, Rendered
from tingjian.notifications.deliveries.storage import (
    delivery_from_item,
    delivery_id_of,
    delivery_key,
    delivery_write,
    queued_try,
)
from tingjian.notifications.notices.models import Notice
from tingjian.notifications.notices.storage import (
    digest_write,
    load_preferences,
    notice_from_item,
    notice_key,
    recent_notices,
)
from tingjian.notifications.quiet import QuietHours
from tingjian.platform.changes import load_and_write
from tingjian.platform.items import Item, Key
from tingjian.platform.store import ConditionFailedError, Store

TEMPLATE = "notice"
RECENT = timedelta(days=1)
MOST_IN_A_DIGEST = 90
"""A transaction takes a hundred members; what is left comes with the next notice's message."""


def bundled_notice(context: RenderContext, item: Item, now: datetime) -> Rendered:
    """A notice is never sent by itself: it is put into a digest, and nothing is left to send."""
    bundle_notices(context.store, item, now)
    return Rendered()


def bundle_notices(store: Store, item: Item, now: datetime) -> None:
    """Put a notice, and all that wait to be sent to the same person, into a digest; in quiet hours it waits.

    A repeat finds the notice bundled and changes nothing. Three reads, and a transaction.
    """
    load_and_write(
        store,
        lambda: _notice_and_its_delivery(store, item),
        lambda found: _bundle(store, *found, now) if found else None,
        again_on=ConditionFailedError,
    )


def _notice_and_its_delivery(store: Store, item: Item) -> tuple[Notice, Delivery | None] | None:
    """The notice that an item asks to send, by itself or by a further try, and its delivery; None if it is gone."""
    source: Item | None = item
    if tried := queued_try(item):
        stored = store.get(delivery_key(tried[0]))
        source = store.get(Key(stored["source_pk"], stored["source_sk"])) if stored else None
    if source is None:
        return None
    notice = notice_from_item(source)
    found = store.get(delivery_key(_delivery_id(notice)))
    return notice, delivery_from_item(found) if found else None


def _bundle(store: Store, notice: Notice, delivery: Delivery | None, now: datetime) -> None:
    if delivery is not None and not delivery.waits_for_a_bundle:
        return
    quiet = load_preferences(store, notice.staff).quiet_hours
    if until := _quiet_until(notice, quiet, now):
        store.transact([delivery_write((delivery or _new_delivery(notice, now)).rest(until, now))])
        return
    bundled = [(notice, delivery or _new_delivery(notice, now))]
    for page in recent_notices(store, notice.staff, since=now - RECENT):
        waiting = _waiting(store, [other for other in page if other.id != notice.id], quiet, now)
        bundled = [*bundled, *waiting][:MOST_IN_A_DIGEST]
        if not waiting or len(bundled) == MOST_IN_A_DIGEST:
            break
    bundled.sort(key=lambda entry: entry[0].at)
    store.transact(
        [
            digest_write(notice, [one.id for one, _ in bundled], now=now),
            *(delivery_write(known.bundle(now)) for _, known in bundled),
        ]
    )


def _waiting(
    store: Store, notices: list[Notice], quiet: QuietHours | None, now: datetime
) -> list[tuple[Notice, Delivery]]:
    """Those of the notices that nobody has sent yet and that may go now, each with its delivery. One call, or none."""
    keys = {notice.id: delivery_key(_delivery_id(notice)) for notice in notices}
    found = store.get_many(list(keys.values())) if keys else {}
    waiting = []
    for notice in notices:
        stored = found.get(keys[notice.id])
        delivery = delivery_from_item(stored) if stored else _new_delivery(notice, now)
        if delivery.waits_for_a_bundle and _quiet_until(notice, quiet, now) is None:
            waiting.append((notice, delivery))
    return waiting


def _quiet_until(notice: Notice, own: QuietHours | None, now: datetime) -> datetime | None:
    """When the quiet hours end that hold for the notice now: the person's own, else the ladder's."""
    quiet = own or notice.quiet_hours
    return quiet.until(now) if quiet else None


def _delivery_id(notice: Notice) -> str:
    return delivery_id_of(notice_key(notice.staff, notice.id))


def _new_delivery(notice: Notice, now: datetime) -> Delivery:
    key = notice_key(notice.staff, notice.id)
    return Delivery(
        id=delivery_id_of(key),
        version=0,
        template=TEMPLATE,
        source_pk=key.pk,
        source_sk=key.sk,
        state="queued",
        tries=0,
        made_at=now,
        changed_at=now,
    )
