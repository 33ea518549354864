"""Files in the bucket: uploaded to `uploads/`, copied to `attachments/<ticket>/` when a message takes them.

The form that uploads can be used again for an hour. Therefore a message takes an upload once (the mark in Desk), and
the copy is named by its content, so that no later one replaces it. What is never taken expires by the bucket's life
cycle. Files never pass through a function.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from tingjian.intake.attachments.models import LARGEST_BYTES, AttachmentRef, Download, StoredFile, Upload, UploadSlot
from tingjian.platform.errors import NotFoundError, invalid
from tingjian.platform.items import Key
from tingjian.platform.store import Write
from tingjian.platform.times import epoch_seconds

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CopySourceTypeDef

UPLOAD_SECONDS = 3600
DOWNLOAD_SECONDS = 300
UPLOAD, TAKEN = "upload#", "taken"
TAKEN_FOR = timedelta(days=7)
"""How long the mark stands; the upload itself is gone after a day."""


def upload_slot(s3: "S3Client", bucket: str, upload_id: str, upload: Upload) -> UploadSlot:
    """A form that uploads exactly this type and at most this size. No call."""
    metadata = {"x-amz-meta-name": quote(upload.name), "Content-Type": upload.media_type}
    conditions: list[Any] = [{name: value} for name, value in metadata.items()]
    conditions.append(["content-length-range", 1, min(upload.size_bytes, LARGEST_BYTES)])
    form = s3.generate_presigned_post(
        bucket, f"uploads/{upload_id}", Fields=dict(metadata), Conditions=conditions, ExpiresIn=UPLOAD_SECONDS
    )
    return UploadSlot(id=upload_id, url=form["url"], fields=form["fields"], expires_in_seconds=UPLOAD_SECONDS)


def taken_key(upload_id: str) -> Key:
    return Key(UPLOAD + upload_id, TAKEN)


def taken_write(upload_id: str, ticket: str, *, now: datetime) -> Write:
    """The member of a transaction that marks an upload as taken; it fails if another message took it."""
    key = taken_key(upload_id)
    item = {"pk": key.pk, "sk": key.sk, "ticket": ticket, "expires_at": epoch_seconds(now + TAKEN_FOR)}
    return Write("desk", item, expect=0)


def copy_upload(s3: "S3Client", bucket: str, ticket: str, upload_id: str, *, field: str) -> StoredFile:
    """Copy an upload to its ticket; again does no harm. Raises InvalidInputError for one that is not there."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - only where files are

    source: CopySourceTypeDef = {"Bucket": bucket, "Key": f"uploads/{upload_id}"}
    try:
        head = s3.head_object(Bucket=bucket, Key=source["Key"])
        etag = head["ETag"]
        copy_id = etag.strip('"')
        target = f"attachments/{ticket}/{upload_id}/{copy_id}"
        s3.copy_object(Bucket=bucket, Key=target, CopySource=source, CopySourceIfMatch=etag)
    except ClientError as error:
        # The last two say that it was uploaded once more between the two calls.
        if error.response["Error"]["Code"] in {"NoSuchKey", "404", "NotFound", "PreconditionFailed", "412"}:
            raise invalid(field, "upload_missing") from error
        raise
    return StoredFile(
        copy_id=copy_id,
        id=upload_id,
        name=unquote(head["Metadata"].get("name", upload_id)),
        media_type=head["ContentType"],
        size_bytes=head["ContentLength"],
    )


def download(s3: "S3Client", bucket: str, ticket: str, attachment: AttachmentRef) -> Download:
    """A short-lived link to a file of a ticket; it always downloads, so that no uploaded page runs in a browser."""
    url = s3.generate_presigned_url(
        "get_object",
        Params={
            "Bucket": bucket,
            "Key": _key_of(ticket, attachment),
            "ResponseContentDisposition": f"attachment; filename*=UTF-8''{quote(attachment.name)}",
        },
        ExpiresIn=DOWNLOAD_SECONDS,
    )
    return Download(url=url, expires_in_seconds=DOWNLOAD_SECONDS)


def _key_of(ticket: str, attachment: AttachmentRef) -> str:
    key = f"attachments/{ticket}/{attachment.id}"
    return f"{key}/{attachment.copy_id}" if isinstance(attachment, StoredFile) and attachment.copy_id else key


class AttachmentNotFoundError(NotFoundError):
    """No message of the ticket has this file."""

    code = "attachment_not_found"
