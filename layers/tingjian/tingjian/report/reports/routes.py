from typing import Annotated

from aws_lambda_powertools.event_handler.depends import Depends

from tingjian.platform.http import Here, from_query, resolver, staff
from tingjian.platform.settings import CentreSettings
from tingjian.report.reports import actions
from tingjian.report.reports.jobs import send_report_job
from tingjian.report.reports.models import (
    Accepted,
    FileLink,
    ReportBody,
    ReportFileQuery,
    ReportList,
    ReportListQuery,
    ReportRow,
    ReportView,
    RunQuery,
    Runs,
)
from tingjian.report.reports.rights import MAKE_REPORTS, READ_REPORTS
from tingjian.report.reports.storage import list_reports, report_files

app = resolver()


@app.post("/v1/reports", status_code=202, **staff(MAKE_REPORTS))
def ask_report(call: Here, body: ReportBody) -> Accepted:
    """Ask for a report."""
    return actions.ask_report(
        call.store,
        send_report_job,
        body,
        actor=call.caller.actor,
        now=call.now,
        zone=CentreSettings.read().centre_time_zone,
        language=call.language,
        idempotency=call.idempotency,
    )


@app.get("/v1/reports", **staff(READ_REPORTS))
def reports(call: Here, query: Annotated[ReportListQuery, Depends(from_query(ReportListQuery))]) -> ReportList:
    """List reports, newest first."""
    found, cursor = list_reports(call.store, limit=query.limit, cursor=query.cursor)
    return ReportList(items=tuple(ReportRow.of(report) for report in found), cursor=cursor)


@app.get("/v1/reports/runs", **staff(READ_REPORTS))
def runs(call: Here, query: Annotated[RunQuery, Depends(from_query(RunQuery))]) -> Runs:
    """List the scheduled reports that were due, with the share that was there in time."""
    zone = CentreSettings.read().centre_time_zone
    return actions.summarise_runs(call.store, query.start, query.end, now=call.now, zone=zone)


@app.get("/v1/reports/<report>", **staff(READ_REPORTS))
def one_report(call: Here, report: str) -> ReportView:
    """Show a report, with its figures once it is made."""
    return actions.view_report(call.store, report_files(), report)


@app.get("/v1/reports/<report>/file", **staff(READ_REPORTS))
def report_file(
    call: Here, report: str, query: Annotated[ReportFileQuery, Depends(from_query(ReportFileQuery))]
) -> FileLink:
    """Give a link to one of a report's files."""
    link = actions.fetch_file(call.store, report_files(), report, query.format, actor=call.caller.actor, now=call.now)
    call.record_security("DataExported", report=report, format=query.format)
    return link
