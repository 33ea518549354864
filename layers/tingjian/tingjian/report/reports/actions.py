"""Reports: asked for, due, made. Each exactly once, however often and by how many it is tried."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from tingjian.platform.chains import ChainEnd
from tingjian.platform.errors import invalid
from tingjian.platform.events import SYSTEM, Actor, event_write, key_use
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
    ReportView,
    Runs,
)
from tingjian.report.reports.storage import (
    LINK_SECONDS,
    ReportFiles,
    file_link,
    find_report,
    job_delete,
    list_runs,
    load_figures,
    load_report,
    new_report_writes,
    report_write,
)

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
        report = add_report(store, report, actor=actor, idempotency=idempotency)
    except ConditionFailedError:
        return _acceptance(load_report(store, identifier), idempotency)
    send(report.id)
    return _acceptance(report, None)


def finish_report(store: Store, report: Report, *, now: datetime, rows: int) -> bool:
    """Mark the report as made, with the event of its export; False if another worker did so first."""
    data = {
        "kind": report.kind,
        "from": report.start,
        "to": report.end,
        "zone": report.zone,
        "imported": report.imported,
        "rows": rows,
        "formats": list(FORMATS),
    }
    made = report.with_files(now=now, rows=rows)
    if not _change_report(store, report, made, ReportMade, data, actor=SYSTEM, now=now, writes=[job_delete(report.id)]):
        return False
    record("ReportsMade", report=report.id, kind=report.kind, on_time=str(made.on_time))
    return True


def fail_report(store: Store, report: Report, problem: str, *, now: datetime) -> None:
    """Store that an attempt failed; the queue delivers the job again."""
    data = {"kind": report.kind, "problem": problem}
    _change_report(store, report, report.with_problem(problem), ReportFailed, data, actor=SYSTEM, now=now)
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


def add_report(
    store: Store,
    report: Report,
    *,
    actor: Actor,
    idempotency: Idempotency | None = None,
    writes: Iterable[Write] = (),
) -> Report:
    """Store a new report with its job and event. Raises ConditionFailedError when it is there already."""
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
    return transact_if_first(store, [report_write(after), event_write(event), *writes])


def transact_if_first(store: Store, writes: list[Write]) -> bool:
    """Write all or nothing; False if another worker was first."""
    try:
        store.transact(writes)
    except ConditionFailedError:
        return False
    return True


def _acceptance(report: Report, idempotency: Idempotency | None) -> Accepted:
    if idempotency:
        idempotency.check(report.request)
    return Accepted(id=report.id, requested_at=report.requested_at, location=f"/v1/reports/{report.id}")
