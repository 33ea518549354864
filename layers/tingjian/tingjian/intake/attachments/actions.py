"""Files: a slot to upload to, the uploads that a message takes, and a link to fetch one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tingjian.intake.attachments.models import AttachmentRef, Download, Upload, UploadSlot
from tingjian.intake.attachments.storage import AttachmentNotFoundError, download, take_upload, upload_slot
from tingjian.platform import resources
from tingjian.platform.idempotency import Idempotency
from tingjian.platform.ids import random_id
from tingjian.platform.settings import FilesSettings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True, slots=True)
class Files:
    """The bucket of files."""

    bucket: str

    @property
    def s3(self) -> "S3Client":
        return resources.s3()


def files() -> Files:
    return Files(FilesSettings.read().files_bucket)


def open_slot(files: Files, upload: Upload, *, idempotency: Idempotency | None = None) -> UploadSlot:
    upload_id = idempotency.derive("upload") if idempotency else random_id()
    return upload_slot(files.s3, files.bucket, upload_id, upload)


def take_uploads(files: Files, ticket: str, uploads: Sequence[str]) -> tuple[AttachmentRef, ...]:
    """The files that a message takes with it. Raises InvalidInputError that names one that was not uploaded."""
    return tuple(
        take_upload(files.s3, files.bucket, ticket, upload, field=f"attachments.{place}")
        for place, upload in enumerate(uploads)
    )


def link_to(files: Files, ticket: str, attachments: Sequence[AttachmentRef], attachment_id: str) -> Download:
    """A link to one of these files. Raises AttachmentNotFoundError."""
    found = next((attachment for attachment in attachments if attachment.id == attachment_id), None)
    if found is None:
        raise AttachmentNotFoundError
    return download(files.s3, files.bucket, ticket, found)
