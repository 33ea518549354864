from typing import Literal

from pydantic import Field

from tingjian.platform.facts import Fact
from tingjian.report.reports.models import FileFormat, ReportKind


class ReportAsked(Fact):
    """Somebody, or a schedule, asked for a report of a period: local dates of the zone, or instants."""

    kind: ReportKind
    start: str = Field(alias="from")
    end: str = Field(alias="to")
    zone: str
    imported: bool | Literal["all"]


class ReportMade(ReportAsked):
    """A report is there, with so many tickets behind its figures."""

    rows: int
    formats: tuple[FileFormat, ...]


class ReportFailed(Fact):
    """An attempt to make a report went wrong; it is tried again."""

    kind: ReportKind
    problem: str


class ReportFetched(Fact):
    """Somebody fetched a file of a report: an export of so many tickets."""

    report: str
    format: FileFormat
    rows: int
