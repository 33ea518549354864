from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from tingjian.notifications.notices import actions
from tingjian.notifications.notices.models import NoticeList, NoticeQuery, Preferences, PreferencesBody, Unread
from tingjian.notifications.notices.rights import READ_NOTICES
from tingjian.notifications.notices.storage import load_preferences
from tingjian.platform.http import Here, from_query, resolver, staff

app = resolver()


@app.get("/v1/notices", **staff(READ_NOTICES))
def list_own(call: Here, query: Annotated[NoticeQuery, Depends(from_query(NoticeQuery))]) -> NoticeList:
    """List one's own notices, newest first, with the number of unread ones."""
    return actions.list_own(call.store, query, caller=call.caller, language=call.language)


@app.get("/v1/notices/preferences", **staff(READ_NOTICES))
def preferences(call: Here) -> Preferences:
    """Show how one wants to be told."""
    return load_preferences(call.store, call.caller.own_id(READ_NOTICES))


@app.put("/v1/notices/preferences", **staff(READ_NOTICES))
def edit_preferences(call: Here, body: PreferencesBody) -> Preferences:
    """Set one's quiet hours, and the phone for text messages."""
    return actions.put_preferences(call.store, body, expected=call.if_match, caller=call.caller, now=call.now)


@app.post("/v1/notices/read-all", **staff(READ_NOTICES, kept=True))
def read_all(call: Here) -> Unread:
    """Mark all of one's notices as read."""
    return actions.mark_all_read(call.store, caller=call.caller, now=call.now)


@app.post("/v1/notices/<notice>/read", **staff(READ_NOTICES, kept=True))
def read(call: Here, notice: str) -> Unread:
    """Mark one of one's notices as read."""
    return actions.mark_read(call.store, notice, caller=call.caller, now=call.now)
