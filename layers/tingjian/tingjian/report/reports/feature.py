from tingjian.platform.features import (
    DELETES_DESK,
    WRITES_DESK,
    WRITES_JOURNAL,
    Access,
    Feature,
    Http,
    Place,
    Work,
    uploads,
)
from tingjian.platform.settings import CentreSettings
from tingjian.report.reports import routes
from tingjian.report.reports.events import ReportAsked, ReportFailed, ReportFetched, ReportMade
from tingjian.report.reports.rights import MAKE_REPORTS, READ_REPORTS
from tingjian.report.reports.storage import JOBS, REPORTS, RUNS, SCHEDULES

QUEUES = Access("report_queue", ("sqs:SendMessage",))

FEATURE = Feature(
    http=Http(
        "report",
        routes.app,
        touches=(WRITES_JOURNAL, uploads("reports", "GetObject"), QUEUES),
        reads=(CentreSettings,),
    ),
    rights=(READ_REPORTS, MAKE_REPORTS),
    facts=(ReportAsked, ReportMade, ReportFailed, ReportFetched),
    work=(
        Work(
            "report.schedule",
            touches=(Access("desk", ("dynamodb:Query",)), WRITES_DESK, DELETES_DESK, WRITES_JOURNAL, QUEUES),
            reads=(CentreSettings,),
        ),
    ),
    places=(
        Place("report", "report#<id>", "report"),
        Place("entry in the list of reports", REPORTS, "<requested at>#<id>"),
        Place("entry in the list of runs", RUNS, "<due at>#<id>", note="Scheduled reports only."),
        Place("job of a report", JOBS, "<id>", note="Gone when the report is made."),
        Place("schedule of reports", SCHEDULES, "<kind>", note="How far it has come."),
    ),
)
