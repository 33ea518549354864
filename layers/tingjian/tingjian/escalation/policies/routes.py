from tingjian.escalation.deadlines.models import ChinaYearBody, DateBody
from tingjian.escalation.policies import actions
from tingjian.escalation.policies.actions import edit_dates, preview_calendar, preview_policy, save_policy
from tingjian.escalation.replans.actions import apply_to_all, apply_to_one
from tingjian.escalation.replans.models import (
    Applied,
    Apply,
    CalendarPreviewBody,
    EditedCalendar,
    Preview,
    PreviewBody,
    ReplanView,
)
from tingjian.platform.http import Here, resolver, staff
from tingjian.platform.ids import slug
from tingjian.sla.calendars.actions import import_china, remove_calendar
from tingjian.sla.calendars.models import ALWAYS, CalendarList, parse_date, with_date, without_date
from tingjian.sla.calendars.rights import EDIT_POLICIES
from tingjian.sla.calendars.storage import list_calendars, load_calendar
from tingjian.sla.policies.models import Policy, PolicyBody, PolicyList
from tingjian.sla.policies.storage import list_policies, load_policy

app = resolver()


@app.post("/v1/calendars/<calendar>/china-holidays", **staff(EDIT_POLICIES))
def china_holidays(call: Here, calendar: str, body: ChinaYearBody) -> EditedCalendar:
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


@app.put("/v1/calendars/<calendar>/dates/<date>", **staff(EDIT_POLICIES))
def edit_date(call: Here, calendar: str, date: str, body: DateBody) -> EditedCalendar:
    """Give a date its own hours, or close it; deadlines of open tickets move."""
    day = parse_date(date)
    return edit_dates(
        call.store,
        calendar,
        lambda before: with_date(before, day, body.hours),
        expected=call.if_match,
        actor=call.caller.actor,
        now=call.now,
    )


@app.delete("/v1/calendars/<calendar>/dates/<date>", **staff(EDIT_POLICIES))
def clear_date(call: Here, calendar: str, date: str) -> EditedCalendar:
    """Give a date the hours of its weekday again; deadlines of open tickets move."""
    day = parse_date(date)
    return edit_dates(
        call.store,
        calendar,
        lambda before: without_date(before, day),
        expected=call.if_match,
        actor=call.caller.actor,
        now=call.now,
    )


@app.post("/v1/calendars/<calendar>/preview", **staff(EDIT_POLICIES))
def preview_calendar_change(call: Here, calendar: str, body: CalendarPreviewBody) -> Preview:
    """Show which open tickets a changed calendar would touch, and how their deadlines move; nothing is written."""
    return preview_calendar(call.store, calendar, body, now=call.now)


@app.post("/v1/calendars/<calendar>/apply", status_code=202, **staff(EDIT_POLICIES, kept=True))
def apply_calendar(call: Here, calendar: str) -> ReplanView:
    """Count the deadlines of all open tickets on this calendar in its present version."""
    found = load_calendar(call.store, calendar)
    replan = apply_to_all(
        call.store, "calendar", found.id, actor=call.caller.actor, now=call.now, idempotency=call.idempotency
    )
    return ReplanView.of(replan)


@app.post("/v1/sla-policies/preview", **staff(EDIT_POLICIES))
def preview_policy_change(call: Here, body: PreviewBody) -> Preview:
    """Show which open tickets a policy would touch, and how their deadlines would move; nothing is written."""
    return preview_policy(call.store, body, now=call.now)


@app.put("/v1/sla-policies/<policy>", **staff(EDIT_POLICIES))
def edit_policy(call: Here, policy: str, body: PolicyBody) -> Policy:
    """Add or change a policy; running tickets keep their version until it is applied to them."""
    return save_policy(
        call.store, slug(policy, "policy"), body, expected=call.if_match, actor=call.caller.actor, now=call.now
    )


@app.delete("/v1/sla-policies/<policy>", **staff(EDIT_POLICIES))
def delete_policy(call: Here, policy: str) -> PolicyList:
    """Delete a policy that no ladder names; the answer lists those that stay."""
    actions.delete_policy(call.store, policy, expected=call.if_match, actor=call.caller.actor, now=call.now)
    return PolicyList(items=tuple(list_policies(call.store)))


@app.delete("/v1/calendars/<calendar>", **staff(EDIT_POLICIES))
def delete_calendar(call: Here, calendar: str) -> CalendarList:
    """Delete a calendar that no policy counts in; the answer lists those that stay."""
    remove_calendar(call.store, calendar, expected=call.if_match, actor=call.caller.actor, now=call.now)
    return CalendarList(items=(*list_calendars(call.store), ALWAYS))


@app.post("/v1/sla-policies/<policy>/apply", status_code=202, **staff(EDIT_POLICIES, kept=True))
def apply_policy(call: Here, policy: str, body: Apply) -> Applied:
    """Plan the clocks of one ticket, or of all open ones, anew by the present version, with every pause."""
    found = load_policy(call.store, policy)
    if body.ticket is not None:
        return apply_to_one(call.store, found.id, body.ticket, actor=call.caller.actor, now=call.now)
    replan = apply_to_all(
        call.store, "policy", found.id, actor=call.caller.actor, now=call.now, idempotency=call.idempotency
    )
    return Applied(replan=ReplanView.of(replan))
