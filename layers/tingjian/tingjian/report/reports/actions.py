"""Reports: asked for, due, made. Each exactly once, however often and by how many it is tried."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tingjian.platform.chains import ChainEnd
from tingjian.platform.errors import invalid
from tingjian.platform.events import SYSTEM, Actor, key_use
from tingjian.platform.events import write_of as event_write
from tingjian.platform.facts import Fact
from tingjian.platform.idempotency import Idempotency, mark_of
from tingjian.platform.ids import random_id
from tingjian.platform.store import ConditionFailedError, Store, Write
from tingjian.platform.telemetry import record
from tingjian.platform.texts import Language
from tingjian.report.reports import periods
from tingjian.report.reports.events import ReportAsked, ReportFailed, ReportFetched, ReportMade
from tingjian.report.reports.models import (
    FORMATS,
    Accepted,
    FileFormat,
    FileLink,
    Report,
    ReportBody,
    ReportNotMadeError,
    ReportSchedule,
    ReportTask,
    ReportView,
    Runs,
)
from tingjian.report.reports.storage import (
    LINK_SECONDS,
    ReportFiles,
    file_link,
    find_report,
    job_delete,
    job_write,
    list_jobs,
    list_runs,
    list_schedules,
    load_figures,
    load_report,
    new_report_writes,
    report_write,
    schedule_write,
)

CATCH_UP = 20
"""Reports that one tick asks for at most; after a long outage the next ticks ask for the rest."""
TOLD_AGAIN_AFTER = timedelta(minutes=10)
MOST_TRIES = 6
RUN_DAYS = 31
LONGEST_RUN_DAYS = 366
Send = Callable[[str], None]
"""Tells the worker to make a report."""


def ask_report(
    store: Store,
    send: Send,
    body: ReportBody,
    *,
    actor: Actor,
    now: datetime,
    zone: str,
    language: Language,
    idempotency: Idempotency | None = None,
) -> Accepted:
    """Ask for a report of any period; the same request gets the same report. Raises InvalidInputError."""
    identifier = idempotency.derive("report") if idempotency else random_id()
    if idempotency and (earlier := find_report(store, identifier)) is not None:
        return _acceptance(earlier, idempotency)
    zone = periods.read_zone(body.zone or zone)
    bounds = periods.read_bound(body.start, "from"), periods.read_bound(body.end, "to")
    starts_at, ends_at = periods.check_period(*bounds, zone, now=now)
    report = Report(
        **body.model_dump(by_alias=False, exclude={"zone", "language"}),
        id=identifier,
        version=1,
        zone=zone,
        language=body.language or language,
        starts_at=starts_at,
        ends_at=ends_at,
        requested_at=now,
        requested_by=str(actor),
        request=mark_of(idempotency),
    )
    try:
        report = _add_report(store, report, actor=actor, idempotency=idempotency)
    except ConditionFailedError:
        return _acceptance(load_report(store, identifier), idempotency)
    send(report.id)
    return _acceptance(report, None)


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
            _transact(store, [schedule_write(first)])
            continue
        while asked < CATCH_UP and (moved := _ask_next(store, schedule, now=now, zone=zone, language=language)):
            schedule, report_id = moved
            asked += 1
            send(report_id)
    for job in list_jobs(store):
        _tell_again(store, send, job, now=now)
    return asked


def finish_report(store: Store, report: Report, *, now: datetime, rows: int) -> bool:
    """Say that the files are there, with the event of the export; False when somebody else said so first."""
    data = {
        "kind": report.kind,
        "from": report.start,
        "to": report.end,
        "zone": report.zone,
        "imported": report.imported,
        "rows": rows,
        "formats": list(FORMATS),
    }
    made = report.made(now=now, rows=rows)
    if not _change_report(store, report, made, ReportMade, data, actor=SYSTEM, now=now, writes=[job_delete(report.id)]):
        return False
    record("ReportsMade", report=report.id, kind=report.kind, on_time=str(made.on_time))
    return True


def fail_report(store: Store, report: Report, problem: str, *, now: datetime) -> None:
    """Keep that an attempt went wrong; it is tried again."""
    data = {"kind": report.kind, "problem": problem}
    _change_report(store, report, report.failed(problem), ReportFailed, data, actor=SYSTEM, now=now)
    record("ReportsFailed", report=report.id, problem=problem)


def view_report(store: Store, files: ReportFiles, report_id: str) -> ReportView:
    """A report with its figures once it is made. Raises ReportNotFoundError."""
    report = load_report(store, report_id)
    shared = {name: getattr(report, name) for name in ReportView.model_fields if hasattr(report, name)}
    if report.made_at is None:
        return ReportView(**shared)
    return ReportView(**shared, figures=load_figures(files, report_id), formats=FORMATS)


def fetch_file(
    store: Store, files: ReportFiles, report_id: str, form: FileFormat, *, actor: Actor, now: datetime
) -> FileLink:
    """A link to a file, and the event that says who fetched it. Raises ReportNotFoundError, ReportNotMadeError."""
    report = load_report(store, report_id)
    if report.made_at is None:
        raise ReportNotMadeError(members={"state": report.state})
    event = ChainEnd(f"report-fetch#{report.id}#{random_id()}").next_event(
        ReportFetched, now=now, actor=actor, data={"report": report.id, "format": form, "rows": report.rows}
    )
    store.transact([event_write(event)])
    return FileLink(url=file_link(files, report, form), expires_in_seconds=LINK_SECONDS)


def summarise_runs(store: Store, start: str | None, end: str | None, *, now: datetime, zone: str) -> Runs:
    """The scheduled reports that were due in a span, up to now, and how many were there in time (K11).

    Raises InvalidInputError for a span that ends before it starts or is longer than a year.
    """
    ends_at = min(periods.bound_instant(periods.read_bound(end, "to"), zone), now) if end else now
    starts_at = (
        periods.bound_instant(periods.read_bound(start, "from"), zone) if start else ends_at - timedelta(days=RUN_DAYS)
    )
    if starts_at.astimezone(UTC) >= ends_at:
        raise invalid("to", "period")
    if ends_at - starts_at > timedelta(days=LONGEST_RUN_DAYS):
        raise invalid("to", "too_long_period", years=1)
    return Runs.of(list_runs(store, starts_at, ends_at))


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
        _add_report(store, report, actor=SYSTEM, writes=[schedule_write(moved)])
    except ConditionFailedError:
        return None
    return moved, report.id


def _tell_again(store: Store, send: Send, job: ReportTask, *, now: datetime) -> None:
    """Tell the worker again of a report that should be there by now; after some tries it is left to people."""
    if now - job.told_at < TOLD_AGAIN_AFTER:
        return
    if job.tries >= MOST_TRIES:
        _transact(store, [job_delete(job.id)])
        record("ReportsGivenUp", report=job.id)
        return
    _transact(store, [job_write(job.model_copy(update={"told_at": now, "tries": job.tries + 1}))])
    send(job.id)


def _add_report(
    store: Store,
    report: Report,
    *,
    actor: Actor,
    idempotency: Idempotency | None = None,
    writes: Iterable[Write] = (),
) -> Report:
    data = {
        "kind": report.kind,
        "from": report.start,
        "to": report.end,
        "zone": report.zone,
        "imported": report.imported,
    }
    event = ChainEnd(report.entity).next_event(
        ReportAsked, now=report.requested_at, actor=actor, data=data, idempotency=idempotency
    )
    report = report.model_copy(update={"hash": event.hash})
    store.transact([*new_report_writes(report), event_write(event), *writes], idempotency=key_use(idempotency, event))
    return report


def _change_report(
    store: Store,
    before: Report,
    after: Report,
    fact: type[Fact],
    data: dict[str, Any],
    *,
    actor: Actor,
    now: datetime,
    writes: Iterable[Write] = (),
) -> bool:
    event = ChainEnd(after.entity, after.version - 1, before.hash).next_event(fact, now=now, actor=actor, data=data)
    after = after.model_copy(update={"hash": event.hash})
    return _transact(store, [report_write(after), event_write(event), *writes])


def _transact(store: Store, writes: list[Write]) -> bool:
    try:
        store.transact(writes)
    except ConditionFailedError:
        return False
    return True


def _acceptance(report: Report, idempotency: Idempotency | None) -> Accepted:
    if idempotency:
        idempotency.check(report.request)
    return Accepted(id=report.id, requested_at=report.requested_at, location=f"/v1/reports/{report.id}")
