"""Reports: what is asked for, what is kept of one, and how it is shown. Pure."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator

from tingjian.platform.errors import ConflictError, NotFoundError
from tingjian.platform.models import Frozen, Line
from tingjian.platform.texts import Language
from tingjian.report.figures.models import SATISFIED_FROM, Filters, PeriodFigures, Question, Records
from tingjian.report.reports.periods import PeriodKind, period_days, previous_start, read_bound

ReportState = Literal["queued", "made", "failed"]
ReportKind = Literal["day", "week", "month", "custom"]
FileFormat = Literal["json", "html", "xlsx", "csv"]
FORMATS: tuple[FileFormat, ...] = ("json", "html", "xlsx", "csv")
LATEST_RUNS = 400
BoundText = Annotated[str, Field(min_length=8, max_length=40)]


class ReportNotFoundError(NotFoundError):
    """There is no report with this id."""

    code = "report_not_found"


class ReportNotMadeError(ConflictError):
    """The report has no files yet."""

    code = "report_not_made"


class ReportRequest(Frozen):
    """A period and what is counted in it. `from` and `to` are local dates of the zone, or instants."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    start: BoundText = Field(alias="from")
    end: BoundText = Field(alias="to")
    zone: str = Field(default="", max_length=64)
    imported: bool | Literal["all"] = False
    type: Line | None = None
    channel: Line | None = None
    priority: Line | None = None
    team: Line | None = None
    person: Line | None = None
    customer: Line | None = None
    source: Line | None = None
    satisfied_from: int = Field(default=SATISFIED_FROM, ge=1, le=5)

    @property
    def records(self) -> Records:
        """Which tickets are counted: live ones, imported ones or both."""
        return "all" if self.imported == "all" else "imported" if self.imported else "live"


class ReportBody(ReportRequest):
    """What somebody asks for. The zone is the centre's unless given, the language the caller's.

    Of a source, history and what was taken over alive are counted together unless `imported` says otherwise.
    """

    language: Language | None = None

    @model_validator(mode="before")
    @classmethod
    def _whole_source(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("source") and "imported" not in given:
            return {**given, "imported": "all"}
        return given


class Report(ReportRequest):
    """A stored report. `due_at` is set where a schedule asked for it; `request` marks the idempotent request behind it.

    `problem` names what went wrong at the last attempt.
    """

    id: str
    version: int
    hash: str = ""
    kind: ReportKind = "custom"
    language: Language
    state: ReportState = "queued"
    starts_at: datetime
    ends_at: datetime
    requested_at: datetime
    requested_by: str
    due_at: datetime | None = None
    made_at: datetime | None = None
    attempts: int = 0
    problem: str | None = None
    rows: int | None = None
    request: str | None = None

    @property
    def entity(self) -> str:
        return f"report#{self.id}"

    @property
    def on_time(self) -> bool | None:
        """Whether a scheduled report was there when it was due (K11); None for others."""
        if self.due_at is None:
            return None
        return self.made_at is not None and self.made_at <= self.due_at

    @property
    def question(self) -> Question:
        start, end = read_bound(self.start, "from"), read_bound(self.end, "to")
        return Question(
            before_starts_at=previous_start(start, end, self.zone),
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            days=period_days(self.starts_at, self.ends_at, self.zone),
            records=self.records,
            filters=Filters(**{name: getattr(self, name) for name in Filters.model_fields}),
            satisfied_from=self.satisfied_from,
        )

    def with_files(self, *, now: datetime, rows: int) -> "Report":
        """The report when its files are there; the first time counts for its punctuality."""
        return self._next(state="made", made_at=self.made_at or now, rows=rows, problem=None)

    def with_problem(self, problem: str) -> "Report":
        return self._next(state="failed" if self.state != "made" else "made", problem=problem)

    def _next(self, **update: object) -> "Report":
        return self.model_copy(update={"version": self.version + 1, "attempts": self.attempts + 1, **update})


class Accepted(Frozen):
    """A report that will be made; the same request gets the same answer."""

    id: str
    state: Literal["queued"] = "queued"
    requested_at: datetime
    location: str


class ReportRow(ReportRequest):
    """A report in a list."""

    id: str
    kind: ReportKind
    state: ReportState
    starts_at: datetime
    ends_at: datetime
    requested_at: datetime
    requested_by: str
    due_at: datetime | None = None
    made_at: datetime | None = None
    on_time: bool | None = None
    problem: str | None = None

    @classmethod
    def of(cls, report: Report) -> "ReportRow":
        shared = {name: getattr(report, name) for name in cls.model_fields if name != "on_time"}
        return cls(**shared, on_time=report.on_time)


class ReportView(ReportRow):
    """A report with its figures and the formats in which it can be fetched, once it is made."""

    figures: PeriodFigures | None = None
    formats: tuple[FileFormat, ...] = ()
    rows: int | None = None


class ReportList(Frozen):
    """Reports, newest first."""

    items: tuple[ReportRow, ...]
    cursor: str | None = None


class ReportListQuery(Frozen):
    """Which page of the reports."""

    limit: int = Field(default=25, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=1000)


class ReportFileQuery(Frozen):
    """Which of a report's files."""

    format: FileFormat = "html"


class FileLink(Frozen):
    """A link to a file, good for a few minutes."""

    url: str
    expires_in_seconds: int


class RunQuery(Frozen):
    """Scheduled reports that were due in a span of local dates; the last 31 days without one."""

    model_config = ConfigDict(populate_by_name=True)

    start: BoundText | None = Field(default=None, alias="from")
    end: BoundText | None = Field(default=None, alias="to")


class Runs(Frozen):
    """Scheduled reports that were due, and the share that was there in time (K11: 100 %); null when none was due."""

    due: int
    on_time: int
    late: int
    missing: int
    on_time_share: float | None
    items: tuple[ReportRow, ...]

    @classmethod
    def of(cls, reports: list[Report]) -> "Runs":
        on_time = sum(report.on_time is True for report in reports)
        missing = sum(report.made_at is None for report in reports)
        return cls(
            due=len(reports),
            on_time=on_time,
            late=len(reports) - on_time - missing,
            missing=missing,
            on_time_share=on_time / len(reports) if reports else None,
            items=tuple(ReportRow.of(report) for report in reports),
        )


class ReportSchedule(Frozen):
    """How far a recurring report has come: the first day of the next period to be reported."""

    kind: PeriodKind
    version: int
    next_start: str


class ReportTask(Frozen):
    """A report that is still to be made: when the worker was last told, and how often."""

    id: str
    told_at: datetime
    tries: int = 1
