from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from tingjian.platform.http import Here, from_query, resolver, staff
from tingjian.platform.ids import slug
from tingjian.platform.models import PageQuery
from tingjian.sla.calendars.actions import put_calendar
from tingjian.sla.calendars.models import ALWAYS, Calendar, CalendarBody, CalendarList
from tingjian.sla.calendars.rights import EDIT_POLICIES, READ_POLICIES
from tingjian.sla.calendars.storage import list_calendar_versions, list_calendars, load_calendar

app = resolver()


@app.get("/v1/calendars", **staff(READ_POLICIES))
def calendars(call: Here) -> CalendarList:
    """List the working calendars; `always` counts every minute."""
    return CalendarList(items=(*list_calendars(call.store), ALWAYS))


@app.get("/v1/calendars/<calendar>", **staff(READ_POLICIES))
def one_calendar(call: Here, calendar: str) -> Calendar:
    """Show a calendar."""
    return load_calendar(call.store, calendar)


@app.put("/v1/calendars/<calendar>", **staff(EDIT_POLICIES))
def edit_calendar(call: Here, calendar: str, body: CalendarBody) -> Calendar:
    """Add or change a calendar; running deadlines keep the version that they were counted in."""
    return put_calendar(
        call.store, slug(calendar, "calendar"), body, expected=call.if_match, actor=call.caller.actor, now=call.now
    )


@app.get("/v1/calendars/<calendar>/versions", **staff(READ_POLICIES))
def versions(call: Here, calendar: str, query: Annotated[PageQuery, Depends(from_query(PageQuery))]) -> CalendarList:
    """List the versions of a calendar, newest first."""
    load_calendar(call.store, calendar)
    items, cursor = list_calendar_versions(call.store, calendar, limit=query.limit, cursor=query.cursor)
    return CalendarList(items=tuple(items), cursor=cursor)
