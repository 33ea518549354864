"""Files: a slot to upload to, the uploads that a message takes, and a link to fetch one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from tingjian.intake.attachments.models import AttachmentRef, Download, Upload, UploadSlot
from tingjian.intake.attachments.storage import (
    AttachmentNotFoundError,
    copy_upload,
    download,
    taken_key,
    taken_write,
    upload_slot,
)
from tingjian.platform import resources
from tingjian.platform.errors import FieldError, InvalidInputError
from tingjian.platform.idempotency import Idempotency
from tingjian.platform.ids import random_id
from tingjian.platform.settings import FilesSettings
from tingjian.platform.store import Store, Write

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


class Taken(NamedTuple):
    """The files that a message takes with it, and the writes that must stand in the message's transaction."""

    attachments: tuple[AttachmentRef, ...] = ()
    writes: Sequence[Write] = ()


def take_uploads(store: Store, files: Files | None, ticket: str, uploads: Sequence[str], *, now: datetime) -> Taken:
    """Copy uploads to their ticket. A message takes an upload, and no other one after it.

    Raises InvalidInputError that names each file which was not uploaded, is named twice, or was taken before.
    """
    if files is None or not uploads:
        return Taken()
    found = store.get_many([taken_key(upload) for upload in uploads])
    wrong = [
        FieldError(f"attachments.{place}", "upload_taken")
        for place, upload in enumerate(uploads)
        if upload in uploads[:place] or taken_key(upload) in found
    ]
    if wrong:
        raise InvalidInputError(wrong)
    attachments = tuple(
        copy_upload(files.s3, files.bucket, ticket, upload, field=f"attachments.{place}")
        for place, upload in enumerate(uploads)
    )
    return Taken(attachments, [taken_write(upload, ticket, now=now) for upload in uploads])


def link_to(files: Files, ticket: str, attachments: Sequence[AttachmentRef], attachment_id: str) -> Download:
    """A link to one of these files. Raises AttachmentNotFoundError."""
    found = next((attachment for attachment in attachments if attachment.id == attachment_id), None)
    if found is None:
        raise AttachmentNotFoundError
    return download(files.s3, files.bucket, ticket, found)
