"""The files of lists in the bucket, which forgets them after a month, and of exports, after a day.

They are `imports/calls/<list>/source`, `…/refused/<row>`, `…/rejects.csv`, and `exports/<export>/…`.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tingjian.intake.attachments.models import Download, UploadSlot
from tingjian.platform import resources
from tingjian.platform.ids import fingerprint
from tingjian.survey.callback_plans.rows import Refused

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

UPLOAD_SECONDS, DOWNLOAD_SECONDS = 3600, 300
ABSENT = {"NoSuchKey", "404", "NotFound"}


@dataclass(frozen=True, slots=True)
class ListFiles:
    """The files of one list."""

    bucket: str
    list_id: str

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
        return UploadSlot(id=self.list_id, url=form["url"], fields=form["fields"], expires_in_seconds=UPLOAD_SECONDS)

    def source(self) -> tuple[bytes, str] | None:
        """The uploaded file and its ETag; None when nothing was uploaded."""
        from botocore.exceptions import ClientError  # noqa: PLC0415 - only where files are

        try:
            answer = self.s3.get_object(Bucket=self.bucket, Key=self._key("source"))
        except ClientError as error:
            if error.response["Error"]["Code"] in ABSENT:
                return None
            raise
        return answer["Body"].read(), answer["ETag"].strip('"')

    def put_refused(self, first_row: int, refused: Iterable[Refused]) -> tuple[str, ...]:
        """Store rows that were refused when they were worked off; the name of what was stored, none for no rows."""
        body = "\n".join(json.dumps(row, ensure_ascii=False) for row in refused)
        if not body:
            return ()
        name = f"{first_row:06d}-{fingerprint(body)[:12]}"
        self._put(f"refused/{name}", body.encode(), "application/x-ndjson")
        return (name,)

    def refused(self, pieces: Iterable[str]) -> list[Refused]:
        """The rows of those pieces."""
        lines = [line for name in pieces for line in self._get(self._key(f"refused/{name}")).splitlines()]
        return [Refused(*json.loads(line)) for line in lines]

    def put_rejects(self, content: bytes) -> None:
        self._put("rejects.csv", content, "text/csv; charset=utf-8")

    def rejects_link(self) -> Download:
        """A short-lived link to the file of refused rows. No call."""
        return link(self.s3, self.bucket, self._key("rejects.csv"), f"rejects-{self.list_id}.csv")

    def _key(self, name: str) -> str:
        return f"imports/calls/{self.list_id}/{name}"

    def _put(self, name: str, content: bytes, kind: str) -> None:
        self.s3.put_object(Bucket=self.bucket, Key=self._key(name), Body=content, ContentType=kind)

    def _get(self, key: str) -> bytes:
        return self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()


def link(s3: "S3Client", bucket: str, key: str, name: str) -> Download:
    """A short-lived link that saves an object under a name. No call."""
    parameters: dict[str, Any] = {
        "Bucket": bucket,
        "Key": key,
        "ResponseContentDisposition": f'attachment; filename="{name}"',
    }
    url = s3.generate_presigned_url("get_object", Params=parameters, ExpiresIn=DOWNLOAD_SECONDS)
    return Download(url=url, expires_in_seconds=DOWNLOAD_SECONDS)
