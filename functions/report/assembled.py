"""Tables of the wing's doors. `python -m infra.assemble` writes this file."""

ROUTES: dict[str, dict[str, str]] = {
    "/v1/reports": {"GET": "tingjian.report.reports.routes", "POST": "tingjian.report.reports.routes"},
    "/v1/reports/runs": {"GET": "tingjian.report.reports.routes"},
    "/v1/reports/{report}": {"GET": "tingjian.report.reports.routes"},
    "/v1/reports/{report}/file": {"GET": "tingjian.report.reports.routes"},
}
