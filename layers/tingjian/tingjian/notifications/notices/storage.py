"""Notices in the store: a collection a person, in the order of time."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from tingjian.notifications.notices.models import UNREAD_LIMIT, Notice, NoticeNotFoundError, Preferences, notice_id
from tingjian.platform.items import Item, Key
from tingjian.platform.store import Page, Store, Write
from tingjian.platform.times import epoch_seconds, instant, stamp
from tingjian.sla.clocks import EPOCH

NOTICES_KEPT = timedelta(days=180)
DIGESTS_KEPT = timedelta(days=30)
A_PAGE, MOST_PAGES = 100, 5
PREFIX = "notice#"
DIGEST = "digest#"
PERSON = "staff#"
AFTER_ALL = "notice#~"
PREFERENCES, READ_MARK = "preferences", "read"
MESSAGES = frozenset({"email", "sms"})


def staff_partition(staff: str) -> str:
    return PERSON + staff


def notice_key(staff: str, notice_id: str) -> Key:
    """Where a notice stands; its id is its time in milliseconds and its own mark. Raises NoticeNotFoundError."""
    at, _, mark = notice_id.partition("-")
    if not (at.isascii() and at.isdigit() and len(at) < 15 and mark):  # noqa: PLR2004 - the year 5138
        raise NoticeNotFoundError
    return Key(staff_partition(staff), f"{PREFIX}{stamp(EPOCH + timedelta(milliseconds=int(at)))}#{mark}")


def load_notice(store: Store, staff: str, notice_id: str) -> Notice:
    """A person's notice. Raises NoticeNotFoundError."""
    item = store.get(notice_key(staff, notice_id))
    if item is None:
        raise NoticeNotFoundError
    return notice_from_item(item)


def list_notices(store: Store, staff: str, *, limit: int, cursor: str | None) -> Page:
    """A person's notices, newest first, those that were for messages only left out. One call."""
    page = store.query(staff_partition(staff), prefix=PREFIX, limit=limit, forward=False, cursor=cursor)
    return Page([item for item in page.items if "in_app" in item["channels"]], page.last)


def recent_notices(store: Store, staff: str, *, since: datetime) -> Iterator[list[Notice]]:
    """A person's notices since an instant that go out by message, newest first. A call a page, five at most."""
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        page = store.query(
            staff_partition(staff),
            between=(f"{PREFIX}{stamp(since)}", AFTER_ALL),
            limit=A_PAGE,
            forward=False,
            cursor=cursor,
            consistent=True,
        )
        yield [notice_from_item(item) for item in page.items if MESSAGES & set(item["channels"])]
        cursor = page.cursor
        if cursor is None:
            return


def load_notices(store: Store, staff: str, ids: Sequence[str]) -> list[Notice]:
    """Notices of a person by id, those that are gone left out. One call."""
    keys = [notice_key(staff, notice) for notice in ids]
    found = store.get_many(keys)
    return [notice_from_item(found[key]) for key in keys if key in found]


def digest_write(notice: Notice, notices: Sequence[str], *, now: datetime) -> Write:
    """The member of a transaction that has these notices sent in one message, which this one of them began."""
    item: Item = {
        "pk": staff_partition(notice.staff),
        "sk": f"{DIGEST}{stamp(now)}#{notice.id}",
        "notices": list(notices),
        "deliver": "digest",
        "expires_at": epoch_seconds(now + DIGESTS_KEPT),
    }
    return Write("desk", item, expect=0)


def count_unread(store: Store, staff: str, until: str) -> int:
    """How many notices after the last read-all are unread, 99 at most. One call."""
    since = f"{PREFIX}{until}~" if until else PREFIX
    page = store.query(staff_partition(staff), between=(since, AFTER_ALL), limit=UNREAD_LIMIT + 1, forward=False)
    unread = [item for item in page.items if "read_at" not in item and "in_app" in item["channels"]]
    return min(len(unread), UNREAD_LIMIT)


def last_read_all(store: Store, staff: str) -> str:
    """The time of the last read-all, as a stamp; empty when there was none. One call."""
    mark = store.get(Key(staff_partition(staff), READ_MARK))
    return str(mark["read_until"]) if mark else ""


def read_all_write(staff: str, now: datetime) -> Write:
    """The member of a transaction that remembers when everything was read; the later of two wins."""
    return Write("desk", {"pk": staff_partition(staff), "sk": READ_MARK, "read_until": stamp(now)})


def load_preferences(store: Store, staff: str) -> Preferences:
    item = store.get(Key(staff_partition(staff), PREFERENCES))
    return Preferences.model_validate(json.loads(item["document"])) if item else Preferences()


def preferences_write(staff: str, wishes: Preferences) -> Write:
    item: Item = {"pk": staff_partition(staff), "sk": PREFERENCES, "version": wishes.version}
    return Write("desk", item | {"document": wishes.model_dump_json()}, expect=wishes.version - 1)


def notice_write(notice: Notice) -> Write:
    return Write("desk", notice_item(notice), expect=notice.version - 1)


def notice_item(notice: Notice) -> Item:
    """The item of a notice; one that goes out by message too is marked for delivery."""
    key = notice_key(notice.staff, notice.id)
    item: Item = {
        "pk": key.pk,
        "sk": key.sk,
        "version": notice.version,
        "kind": notice.kind,
        "data": notice.data,
        "channels": notice.channels,
        "expires_at": epoch_seconds(notice.at + NOTICES_KEPT),
    }
    if notice.ticket:
        item["ticket"] = notice.ticket
    if notice.alert:
        item["alert"] = notice.alert
    if notice.quiet_hours:
        item["quiet_hours"] = notice.quiet_hours.model_dump()
    if notice.read_at:
        item["read_at"] = stamp(notice.read_at)
    if MESSAGES & set(notice.channels):
        item["deliver"] = "notice"
    return item


def notice_from_item(item: Item) -> Notice:
    _, at, mark = item["sk"].split("#")
    moment = instant(at)
    return Notice(
        id=notice_id(moment, mark),
        version=item["version"],
        staff=item["pk"].removeprefix("staff#"),
        kind=item["kind"],
        ticket=item.get("ticket"),
        at=moment,
        data=item["data"],
        alert=item.get("alert"),
        channels=item["channels"],
        quiet_hours=item.get("quiet_hours"),
        read_at=instant(item["read_at"]) if "read_at" in item else None,
    )
