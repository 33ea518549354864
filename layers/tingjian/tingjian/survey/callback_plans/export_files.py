"""The files of exports: pages of rows on their way, and the table or workbook that they become."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tingjian.intake.attachments.models import Download
from tingjian.platform import resources, texts
from tingjian.platform.csv_cells import safe_cell
from tingjian.platform.texts import Language
from tingjian.survey.callback_plans.exports import COLUMNS, ExportForm
from tingjian.survey.callback_plans.files import link

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MEDIA_TYPES: dict[ExportForm, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Cells = list[Any]


@dataclass(frozen=True, slots=True)
class ExportFiles:
    """The files of one export, which the bucket forgets after a day."""

    bucket: str
    export_id: str

    @property
    def s3(self) -> "S3Client":
        return resources.s3()

    def put_part(self, number: int, rows: Sequence[Cells]) -> None:
        """Store a page of rows; a repeat stores it over."""
        body = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
        self.s3.put_object(Bucket=self.bucket, Key=self._key(f"part/{number:04d}"), Body=body)

    def rows(self, parts: int) -> list[Cells]:
        """All rows, in the order of their first cell."""
        found: list[Cells] = []
        for number in range(parts):
            answer = self.s3.get_object(Bucket=self.bucket, Key=self._key(f"part/{number:04d}"))
            found += [json.loads(line) for line in answer["Body"].read().splitlines()]
        return sorted(found, key=lambda row: row[0])

    def put_file(self, form: ExportForm, content: bytes) -> None:
        key = self._key(f"callbacks.{form}")
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=content, ContentType=MEDIA_TYPES[form])

    def file_link(self, form: ExportForm) -> Download:
        """A short-lived link. No call."""
        return link(self.s3, self.bucket, self._key(f"callbacks.{form}"), f"callbacks-{self.export_id}.{form}")

    def _key(self, name: str) -> str:
        return f"exports/{self.export_id}/{name}"


def export_file(form: ExportForm, rows: Iterable[Cells], language: Language) -> bytes:
    """The table or the workbook; no cell of either is run as a formula."""
    header = [texts.text(f"callback_export.column.{column}", language) for column in COLUMNS]
    return _workbook(header, rows) if form == "xlsx" else _table(header, rows)


def _table(header: Cells, rows: Iterable[Cells]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _workbook(header: Cells, rows: Iterable[Cells]) -> bytes:
    from openpyxl import Workbook  # noqa: PLC0415 - only where a workbook is written
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"

    def text_cell(value: Any) -> Any:
        """A text that begins with `=` would be stored as a formula."""
        if not isinstance(value, str) or not value.startswith("="):
            return value
        cell = WriteOnlyCell(sheet, value=value)
        cell.data_type = "s"
        return cell

    sheet.append(header)
    for row in rows:
        sheet.append([text_cell(cell) for cell in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
