"""The files of imports in the bucket, which forgets all of them after a month.

They are `imports/<id>/source`, `…/rows/<mark of the source>/<part>/<piece>`, `…/rejected/<mark>/…`, `…/rejects.csv`.
"""

import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tingjian.intake.attachments.models import Download, UploadSlot
from tingjian.intake.imports.rows import LogRow, Reject
from tingjian.platform import resources
from tingjian.platform.ids import fingerprint

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


UPLOAD_SECONDS = 3600


DOWNLOAD_SECONDS = 300


ABSENT = {"NoSuchKey", "404", "NotFound"}


@dataclass(frozen=True, slots=True)
class ImportFiles:
    """The files of one import in the bucket. `mark` stands for the uploaded file that pieces and rejects are of."""

    bucket: str
    import_id: str
    mark: str = ""

    @property
    def s3(self) -> "S3Client":
        return resources.s3()

    def slot(self, size_bytes: int) -> UploadSlot:
        """A form that uploads the file, at most this large. No call."""
        form = self.s3.generate_presigned_post(
            self.bucket,
            self._key("source"),
            Conditions=[["content-length-range", 1, size_bytes]],
            ExpiresIn=UPLOAD_SECONDS,
        )
        return UploadSlot(id=self.import_id, url=form["url"], fields=form["fields"], expires_in_seconds=UPLOAD_SECONDS)

    def source(self, first_bytes: int | None = None) -> tuple[Any, str, int] | None:
        """The uploaded file as a stream, its ETag and its size; None when nothing was uploaded."""
        from botocore.exceptions import ClientError  # noqa: PLC0415 - only where files are

        options: dict[str, Any] = {"Range": f"bytes=0-{first_bytes - 1}"} if first_bytes else {}
        try:
            answer = self.s3.get_object(Bucket=self.bucket, Key=self._key("source"), **options)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in ABSENT:
                return None
            if code == "InvalidRange":  # There is a file, and it has not one byte.
                return io.BytesIO(), "", 0
            raise
        whole = answer.get("ContentRange", "").rpartition("/")[2]
        return answer["Body"], answer["ETag"].strip('"'), int(whole or answer["ContentLength"])

    def put_piece(self, part: int, piece: int, rows: bytes) -> None:
        """Store the rows of a part that a piece of the file holds; a repeat stores the same."""
        self._put(self._key(f"rows/{self.mark}/{part:04d}/{piece:06d}"), rows)

    def rows(self, part: int) -> Iterator[LogRow]:
        """The rows of a part in file order."""
        for key in self._keys(f"rows/{self.mark}/{part:04d}/"):
            for line in self._get(key).splitlines():
                place, case, cells = json.loads(line)
                yield LogRow(place, case, tuple(cells))

    def put_rejects(self, name: str, rejects: Iterable[Reject]) -> None:
        """Store refused rows under a name of their own, if there are any."""
        lines = [json.dumps(reject, ensure_ascii=False) for reject in rejects]
        if lines:
            self._put(self._key(f"rejected/{self.mark}/{name}"), "\n".join(lines).encode())

    def rejects(self) -> Iterator[Reject]:
        """All refused rows, a row perhaps several times, in no order."""
        for key in self._keys(f"rejected/{self.mark}/"):
            for line in self._get(key).splitlines():
                yield Reject(*json.loads(line))

    def put_reject_file(self, content: bytes) -> None:
        self._put(self._key("rejects.csv"), content, "text/csv; charset=utf-8")

    def reject_link(self) -> Download:
        """A short-lived link to that file. No call."""
        url = self.s3.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self.bucket,
                "Key": self._key("rejects.csv"),
                "ResponseContentDisposition": f'attachment; filename="rejects-{self.import_id}.csv"',
            },
            ExpiresIn=DOWNLOAD_SECONDS,
        )
        return Download(url=url, expires_in_seconds=DOWNLOAD_SECONDS)

    def _key(self, name: str) -> str:
        return f"imports/{self.import_id}/{name}"

    def _put(self, key: str, content: bytes, kind: str = "application/x-ndjson") -> None:
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=content, ContentType=kind)

    def _get(self, key: str) -> bytes:
        return self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()

    def _keys(self, prefix: str) -> list[str]:
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self._key(prefix))
        return sorted(entry["Key"] for page in pages for entry in page.get("Contents", []))


def piece_line(row: LogRow) -> bytes:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def file_mark(etag: str) -> str:
    return fingerprint("etag", etag)[:12]
