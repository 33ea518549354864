import contextlib
from collections.abc import Iterable
from datetime import datetime

from tingjian.notifications.notices import storage
from tingjian.notifications.notices.events import PreferencesChanged
from tingjian.notifications.notices.models import (
    ALWAYS_BY_MAIL,
    Notice,
    NoticeList,
    NoticeQuery,
    NoticeView,
    Preferences,
    PreferencesBody,
    Unread,
)
from tingjian.notifications.notices.rights import READ_NOTICES
from tingjian.platform.changes import load_and_write
from tingjian.platform.contacts import normalised_phone
from tingjian.platform.errors import invalid
from tingjian.platform.ids import spoken_number
from tingjian.platform.places import ticket_key
from tingjian.platform.records import record_change
from tingjian.platform.rights import Caller
from tingjian.platform.store import ConditionFailedError, Store
from tingjian.platform.texts import Language
from tingjian.platform.times import stamp


def list_own(store: Store, query: NoticeQuery, *, caller: Caller, language: Language) -> NoticeList:
    """The caller's notices with the subjects of their tickets, and how many are unread. Four calls."""
    reader = caller.own_id(READ_NOTICES)
    page = storage.list_notices(store, reader, limit=query.limit, cursor=query.cursor)
    notices = [storage.notice_from_item(item) for item in page.items]
    until = storage.last_read_all(store, reader)
    subjects = _ticket_subjects(store, notices)
    items = tuple(
        NoticeView(
            id=notice.id,
            kind=notice.kind,
            ticket=notice.ticket,
            number=spoken_number(notice.ticket) if notice.ticket else None,
            subject=subjects.get(notice.ticket) if notice.ticket else None,
            title=notice.title(language),
            at=notice.at,
            read=notice.read_at is not None or stamp(notice.at) <= until,
            alert=notice.alert,
            data=notice.data,
        )
        for notice in notices
    )
    return NoticeList(items=items, unread=storage.count_unread(store, reader, until), cursor=page.cursor)


def mark_read(store: Store, notice_id: str, *, caller: Caller, now: datetime) -> Unread:
    """Mark one of the caller's notices as read; again changes nothing. Raises NoticeNotFoundError."""
    reader = caller.own_id(READ_NOTICES)

    def write(notice: Notice) -> None:
        after = notice.mark_read(now)
        if after is not notice:
            store.transact([storage.notice_write(after)])

    with contextlib.suppress(ConditionFailedError):  # The notice is shown as unread, and can be read again.
        load_and_write(
            store, lambda: storage.load_notice(store, reader, notice_id), write, again_on=ConditionFailedError
        )
    return _unread_count(store, caller)


def mark_all_read(store: Store, *, caller: Caller, now: datetime) -> Unread:
    """Mark everything until now as read: one write, however many there are."""
    store.transact([storage.read_all_write(caller.own_id(READ_NOTICES), now)])
    return _unread_count(store, caller)


def put_preferences(
    store: Store, body: PreferencesBody, *, expected: int | None, caller: Caller, now: datetime
) -> Preferences:
    """Store how the caller wants to be told. Raises StaleError, InvalidInputError for a phone that is none."""
    phone = normalised_phone(body.phone, field="phone", extension=False) if body.phone else None
    for kind in sorted(ALWAYS_BY_MAIL):
        if body.mail.get(kind) is False:
            raise invalid(f"mail.{kind}", "always_mailed")
    before = storage.load_preferences(store, caller.own_id(READ_NOTICES))
    wishes = Preferences(quiet_hours=body.quiet_hours, phone=phone, mail=body.mail, version=before.version + 1)
    names = ("quiet_hours", "phone", "mail")
    changed = sorted(name for name in names if getattr(before, name) != getattr(wishes, name))
    record_change(
        store,
        entity=f"preferences#{caller.id}",
        fact=PreferencesChanged,
        writes=[storage.preferences_write(caller.id, wishes)],
        version=wishes.version,
        expected=expected,
        data={"changed": changed},
        actor=caller.actor,
        now=now,
    )
    return wishes


def _unread_count(store: Store, caller: Caller) -> Unread:
    return Unread(unread=storage.count_unread(store, caller.id, storage.last_read_all(store, caller.id)))


def _ticket_subjects(store: Store, notices: Iterable[Notice]) -> dict[str, str]:
    keys = {ticket_key(notice.ticket): notice.ticket for notice in notices if notice.ticket}
    found = store.get_many(list(keys), consistent=False) if keys else {}
    return {keys[key]: str(item["subject"]) for key, item in found.items()}
