"""Routes of calendars, and of deadlines with their reasons."""

from functions.escalation.door import door
from tingjian.escalation.deadlines import actions as deadlines
from tingjian.escalation.deadlines.models import (
    ChinaYearBody,
    DateBody,
    Deadline,
    ExplainedDeadline,
    ExplainedTicket,
    Question,
)
from tingjian.escalation.policies.actions import edit_dates, preview_calendar
from tingjian.escalation.replans.actions import apply_to_all
from tingjian.escalation.replans.models import CalendarPreviewBody, EditedCalendar, Preview, ReplanView
from tingjian.escalation.replans.storage import load_replan
from tingjian.platform.http import Call
from tingjian.platform.ids import slug
from tingjian.platform.models import PageQuery
from tingjian.sla.calendars.actions import import_china, put_calendar
from tingjian.sla.calendars.models import (
    ALWAYS,
    Calendar,
    CalendarBody,
    CalendarList,
    checked_date,
    with_date,
    without_date,
)
from tingjian.sla.calendars.storage import list_calendars, list_versions, load_calendar


@door.get("/v1/calendars", right="policies.read")
def calendars(call: Call) -> CalendarList:
    """List the working calendars; `always` counts every minute."""
    return CalendarList(items=(*list_calendars(call.store), ALWAYS))


@door.get("/v1/calendars/{calendar}", right="policies.read")
def one_calendar(call: Call, calendar: str) -> Calendar:
    """Show a calendar."""
    return load_calendar(call.store, calendar)


@door.put("/v1/calendars/{calendar}", right="policies.edit")
def edit_calendar(call: Call, calendar: str, body: CalendarBody) -> Calendar:
    """Add or change a calendar; running deadlines keep the version that they were counted in."""
    return put_calendar(
        call.store, slug(calendar, "calendar"), body, expected=call.if_match, actor=call.caller.actor, now=call.now
    )


@door.get("/v1/calendars/{calendar}/versions", right="policies.read")
def versions(call: Call, calendar: str, query: PageQuery) -> CalendarList:
    """List the versions of a calendar, newest first."""
    load_calendar(call.store, calendar)
    items, cursor = list_versions(call.store, calendar, limit=query.limit, cursor=query.cursor)
    return CalendarList(items=tuple(items), cursor=cursor)


@door.post("/v1/calendars/{calendar}/china-holidays", right="policies.edit")
def china_holidays(call: Call, calendar: str, body: ChinaYearBody) -> EditedCalendar:
    """Import China's holidays and make-up days of a year; one that is not announced is stored as estimated."""
    return edit_dates(
        call.store,
        calendar,
        import_china(body.year, body.hours),
        expected=call.if_match,
        actor=call.caller.actor,
        now=call.now,
        idempotency=call.idempotency,
    )


@door.put("/v1/calendars/{calendar}/dates/{date}", right="policies.edit")
def edit_date(call: Call, calendar: str, date: str, body: DateBody) -> EditedCalendar:
    """Give a date its own hours, or close it; deadlines of open tickets move."""
    day = checked_date(date)
    return edit_dates(
        call.store,
        calendar,
        lambda before: with_date(before, day, body.hours),
        expected=call.if_match,
        actor=call.caller.actor,
        now=call.now,
    )


@door.delete("/v1/calendars/{calendar}/dates/{date}", right="policies.edit")
def clear_date(call: Call, calendar: str, date: str) -> EditedCalendar:
    """Give a date the hours of its weekday again; deadlines of open tickets move."""
    day = checked_date(date)
    return edit_dates(
        call.store,
        calendar,
        lambda before: without_date(before, day),
        expected=call.if_match,
        actor=call.caller.actor,
        now=call.now,
    )


@door.post("/v1/calendars/{calendar}/preview", right="policies.edit")
def preview(call: Call, calendar: str, body: CalendarPreviewBody) -> Preview:
    """Show which open tickets a changed calendar would touch, and how their deadlines move; nothing is written."""
    return preview_calendar(call.store, calendar, body, now=call.now)


@door.post("/v1/calendars/{calendar}/apply", right="policies.edit", status=202, kept=True)
def apply(call: Call, calendar: str) -> ReplanView:
    """Count the deadlines of all open tickets on this calendar in its present version."""
    found = load_calendar(call.store, calendar)
    replan = apply_to_all(
        call.store, "calendar", found.id, actor=call.caller.actor, now=call.now, idempotency=call.idempotency
    )
    return ReplanView.of(replan)


@door.post("/v1/calendars/{calendar}/deadline", right="policies.read")
def deadline(call: Call, calendar: str, body: Question) -> Deadline:
    """Say when so many open minutes have passed."""
    return deadlines.ask(call.store, calendar, body)


@door.post("/v1/calendars/{calendar}/explain", right="policies.read")
def explain(call: Call, calendar: str, body: Question) -> ExplainedDeadline:
    """Say the same, with each span counted or skipped and its reason."""
    return deadlines.ask_why(call.store, calendar, body)


@door.get("/v1/deadlines/{ticket}", right="tickets.read")
def ticket_deadlines(call: Call, ticket: str) -> ExplainedTicket:
    """Say why each deadline of a ticket is where it is."""
    return deadlines.explain_ticket(call.store, ticket, caller=call.caller, now=call.now)


@door.get("/v1/deadlines/replans/{replan}", right="policies.read")
def one_replan(call: Call, replan: str) -> ReplanView:
    """Show how far the moving of deadlines is."""
    return ReplanView.of(load_replan(call.store, replan))
