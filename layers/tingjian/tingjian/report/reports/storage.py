"""Reports in the store and their files in the bucket, under `reports/<id>/`. A list is one query and one batch read."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from tingjian.platform import resources
from tingjian.platform.items import Item, Key
from tingjian.platform.settings import FilesSettings
from tingjian.platform.store import Store, Write
from tingjian.platform.times import instant, stamp
from tingjian.report.figures.models import PeriodFigures
from tingjian.report.reports.models import (
    LATEST_RUNS,
    FileFormat,
    Report,
    ReportNotFoundError,
    ReportSchedule,
    ReportTask,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

REPORT = "report#"
REPORTS, RUNS, JOBS, SCHEDULES = "reports", "report-runs", "report-jobs", "report-schedules"
LINK_SECONDS = 300
MEDIA_TYPES: dict[FileFormat, str] = {
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """The bucket that the files of reports are in."""

    bucket: str

    @property
    def s3(self) -> "S3Client":
        return resources.s3()


def report_files() -> ReportFiles:
    return ReportFiles(FilesSettings.read().files_bucket)


def load_report(store: Store, report_id: str) -> Report:
    """A report. Raises ReportNotFoundError."""
    report = find_report(store, report_id)
    if report is None:
        raise ReportNotFoundError
    return report


def find_report(store: Store, report_id: str) -> Report | None:
    item = store.get(report_key(report_id))
    return report_from_item(item) if item else None


def list_reports(store: Store, *, limit: int, cursor: str | None) -> tuple[list[Report], str | None]:
    """A page of the reports, newest first, and where it goes on."""
    page = store.query(REPORTS, limit=limit, forward=False, cursor=cursor)
    return _load_entries(store, page.items), page.cursor


def list_runs(store: Store, start: datetime, end: datetime) -> list[Report]:
    """The scheduled reports that were due in [start, end), the earliest first, at most 400."""
    page = store.query(RUNS, between=(stamp(start), stamp(end)), limit=LATEST_RUNS)
    return _load_entries(store, page.items)


def list_jobs(store: Store) -> list[ReportTask]:
    """What is still to be made; few, since a job goes when its report is made."""
    return [
        ReportTask(id=item["sk"], told_at=instant(item["told_at"]), tries=item["tries"])
        for item in store.query_all(JOBS, consistent=True)
    ]


def list_schedules(store: Store) -> dict[str, ReportSchedule]:
    return {
        item["sk"]: ReportSchedule(kind=item["sk"], version=item["version"], next_start=item["next_start"])
        for item in store.query_all(SCHEDULES, consistent=True)
    }


def new_report_writes(report: Report) -> list[Write]:
    places = [Write("desk", {"pk": REPORTS, "sk": f"{stamp(report.requested_at)}#{report.id}", "id": report.id})]
    if report.due_at:
        places.append(Write("desk", {"pk": RUNS, "sk": f"{stamp(report.due_at)}#{report.id}", "id": report.id}))
    return [report_write(report), *places, job_write(ReportTask(id=report.id, told_at=report.requested_at))]


def report_write(report: Report) -> Write:
    key = report_key(report.id)
    item = {"pk": key.pk, "sk": key.sk, "version": report.version, "document": report.model_dump_json()}
    return Write("desk", item, expect=report.version - 1)


def job_write(job: ReportTask) -> Write:
    return Write("desk", {"pk": JOBS, "sk": job.id, "told_at": stamp(job.told_at), "tries": job.tries})


def job_delete(report_id: str) -> Write:
    return Write("desk", {"pk": JOBS, "sk": report_id}, kind="delete")


def schedule_write(schedule: ReportSchedule) -> Write:
    item = {"pk": SCHEDULES, "sk": schedule.kind, "version": schedule.version, "next_start": schedule.next_start}
    return Write("desk", item, expect=schedule.version - 1)


def report_key(report_id: str) -> Key:
    return Key(REPORT + report_id, "report")


def report_from_item(item: Item) -> Report:
    return Report.model_validate_json(item["document"])


def put_report_file(files: ReportFiles, report: Report, form: FileFormat, content: bytes | Path) -> None:
    """Store one of a report's files, over an earlier attempt's."""
    key, media_type = _object_key(report.id, form), MEDIA_TYPES[form]
    if isinstance(content, bytes):
        files.s3.put_object(Bucket=files.bucket, Key=key, Body=content, ContentType=media_type)
        return
    with content.open("rb") as body:
        files.s3.put_object(Bucket=files.bucket, Key=key, Body=body, ContentType=media_type)


def load_figures(files: ReportFiles, report_id: str) -> PeriodFigures:
    answer = files.s3.get_object(Bucket=files.bucket, Key=_object_key(report_id, "json"))
    return PeriodFigures.model_validate_json(answer["Body"].read())


def file_link(files: ReportFiles, report: Report, form: FileFormat) -> str:
    """A link that fetches a file, under a name that says what it is; a page opens, everything else is saved."""
    name = f"{report.kind}-{report.start[:10]}-{report.end[:10]}.{form}"
    shown = "inline" if form == "html" else "attachment"
    return files.s3.generate_presigned_url(
        "get_object",
        Params={
            "Bucket": files.bucket,
            "Key": _object_key(report.id, form),
            "ResponseContentDisposition": f"{shown}; filename*=UTF-8''{quote(name)}",
        },
        ExpiresIn=LINK_SECONDS,
    )


def _object_key(report_id: str, form: FileFormat) -> str:
    return f"reports/{report_id}/report.{form}"


def _load_entries(store: Store, places: list[Item]) -> list[Report]:
    keys = [report_key(item["id"]) for item in places]
    found = store.get_many(keys, consistent=False) if keys else {}
    return [report_from_item(found[key]) for key in keys if key in found]
