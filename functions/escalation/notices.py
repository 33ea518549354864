"""Routes of a person's own notices."""

from functions.escalation.door import door
from tingjian.notifications.notices import actions
from tingjian.notifications.notices.models import NoticeList, NoticeQuery, Preferences, PreferencesBody, Unread
from tingjian.notifications.notices.storage import load_preferences
from tingjian.platform.http import Call


@door.get("/v1/notices", right="notices.read")
def list_own(call: Call, query: NoticeQuery) -> NoticeList:
    """List one's own notices, newest first, with the number of unread ones."""
    return actions.list_own(call.store, query, caller=call.caller, language=call.language)


@door.get("/v1/notices/preferences", right="notices.read")
def preferences(call: Call) -> Preferences:
    """Show how one wants to be told."""
    return load_preferences(call.store, call.caller.id)


@door.put("/v1/notices/preferences", right="notices.read")
def edit_preferences(call: Call, body: PreferencesBody) -> Preferences:
    """Set one's quiet hours, and the phone for text messages."""
    return actions.put_preferences(call.store, body, expected=call.if_match, caller=call.caller, now=call.now)


@door.post("/v1/notices/read-all", right="notices.read", kept=True)
def read_all(call: Call) -> Unread:
    """Mark all of one's notices as read."""
    return actions.mark_all_read(call.store, caller=call.caller, now=call.now)


@door.post("/v1/notices/{notice}/read", right="notices.read", kept=True)
def read(call: Call, notice: str) -> Unread:
    """Mark one of one's notices as read."""
    return actions.mark_read(call.store, notice, caller=call.caller, now=call.now)
