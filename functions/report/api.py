"""The HTTP door of report: reports are asked for, listed and fetched."""

from functions.report.door import door, files, send, settings
from tingjian.platform import snapshots
from tingjian.platform.http import Call
from tingjian.report.reports import actions
from tingjian.report.reports.models import (
    Accepted,
    FileLink,
    FileQuery,
    ListQuery,
    ReportBody,
    ReportList,
    ReportRow,
    ReportView,
    RunQuery,
    Runs,
)
from tingjian.report.reports.storage import list_reports

snapshots.register(door.load_all)
handler = door


@door.post("/v1/reports", right="reports.make", status=202)
def ask_report(call: Call, body: ReportBody) -> Accepted:
    """Ask for a report."""
    return actions.ask_report(
        call.store,
        send,
        body,
        actor=call.caller.actor,
        now=call.now,
        zone=settings().centre_time_zone,
        language=call.language,
        idempotency=call.idempotency,
    )


@door.get("/v1/reports", right="reports.read")
def reports(call: Call, query: ListQuery) -> ReportList:
    """List reports, newest first."""
    found, cursor = list_reports(call.store, limit=query.limit, cursor=query.cursor)
    return ReportList(items=tuple(ReportRow.of(report) for report in found), cursor=cursor)


@door.get("/v1/reports/runs", right="reports.read")
def runs(call: Call, query: RunQuery) -> Runs:
    """List the scheduled reports that were due, with the share that was there in time."""
    zone = settings().centre_time_zone
    return actions.summarise_runs(call.store, query.start, query.end, now=call.now, zone=zone)


@door.get("/v1/reports/{report}", right="reports.read")
def one_report(call: Call, report: str) -> ReportView:
    """Show a report, with its figures once it is made."""
    return actions.view_report(call.store, files(), report)


@door.get("/v1/reports/{report}/file", right="reports.read")
def report_file(call: Call, report: str, query: FileQuery) -> FileLink:
    """Give a link to one of a report's files."""
    return actions.fetch_file(call.store, files(), report, query.format, actor=call.caller.actor, now=call.now)
