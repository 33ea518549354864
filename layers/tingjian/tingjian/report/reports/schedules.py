"""Reports that recur: asked for when they are due, and again when the worker did not make them."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tingjian.platform.events import SYSTEM
from tingjian.platform.store import ConditionFailedError, Store
from tingjian.platform.telemetry import record
from tingjian.platform.texts import Language
from tingjian.report.reports import periods
from tingjian.report.reports.actions import Send, add_report, transact_if_first
from tingjian.report.reports.models import (
    Report,
    ReportSchedule,
    ReportTask,
)
from tingjian.report.reports.storage import (
    job_delete,
    job_write,
    list_jobs,
    list_schedules,
    schedule_write,
)

CATCH_UP = 20
"""Reports that one tick asks for at most; after a long outage the next ticks ask for the rest."""


TOLD_AGAIN_AFTER = timedelta(minutes=10)


MOST_TRIES = 6


def ask_due_reports(store: Store, send: Send, *, now: datetime, zone: str, language: Language) -> int:
    """Ask for every scheduled report whose time has come, oldest first, each once (K11); how many it was.

    A schedule begins with the period in which it is first seen. Two calls when nothing is due.
    """
    schedules = list_schedules(store)
    asked = 0
    for kind in periods.KINDS:
        today = now.astimezone(ZoneInfo(zone)).date()
        schedule = schedules.get(kind)
        if schedule is None:
            first = ReportSchedule(kind=kind, version=1, next_start=periods.first_day(kind, today).isoformat())
            transact_if_first(store, [schedule_write(first)])
            continue
        while asked < CATCH_UP and (moved := _ask_next(store, schedule, now=now, zone=zone, language=language)):
            schedule, report_id = moved
            asked += 1
            send(report_id)
    for job in list_jobs(store):
        _tell_again(store, send, job, now=now)
    return asked


def _ask_next(
    store: Store, schedule: ReportSchedule, *, now: datetime, zone: str, language: Language
) -> tuple[ReportSchedule, str] | None:
    """Ask for the schedule's next report and move it on, in one transaction; None when it is not time, or done."""
    start = date.fromisoformat(schedule.next_start)
    end = periods.next_first_day(schedule.kind, start)
    if now < periods.local_instant(end, periods.BEGINS, zone):
        return None
    report = Report(
        id=f"{schedule.kind}-{start.isoformat()}",
        version=1,
        kind=schedule.kind,
        start=start.isoformat(),
        end=end.isoformat(),
        zone=zone,
        language=language,
        starts_at=periods.midnight(start, zone),
        ends_at=periods.midnight(end, zone),
        requested_at=now,
        requested_by=str(SYSTEM),
        due_at=periods.local_instant(end, periods.DUE, zone),
    )
    moved = ReportSchedule(kind=schedule.kind, version=schedule.version + 1, next_start=end.isoformat())
    try:
        add_report(store, report, actor=SYSTEM, writes=[schedule_write(moved)])
    except ConditionFailedError:
        return None
    return moved, report.id


def _tell_again(store: Store, send: Send, job: ReportTask, *, now: datetime) -> None:
    """Tell the worker again of a report that should be there by now; after some tries it is left to people."""
    if now - job.told_at < TOLD_AGAIN_AFTER:
        return
    if job.tries >= MOST_TRIES:
        transact_if_first(store, [job_delete(job.id)])
        record("ReportsGivenUp", report=job.id)
        return
    transact_if_first(store, [job_write(job.model_copy(update={"told_at": now, "tries": job.tries + 1}))])
    send(job.id)
