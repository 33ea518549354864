"""What the doors of report import late. Written by `python -m infra.assemble`; do not edit."""

ROUTES: dict[str, dict[str, str]] = {
    "/v1/reports": {"GET": "tingjian.report.reports.routes", "POST": "tingjian.report.reports.routes"},
    "/v1/reports/runs": {"GET": "tingjian.report.reports.routes"},
    "/v1/reports/{report}": {"GET": "tingjian.report.reports.routes"},
    "/v1/reports/{report}/file": {"GET": "tingjian.report.reports.routes"},
}
"""The modules of routes, by path and method."""
