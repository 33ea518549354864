"""Files in the bucket: uploaded to `uploads/`, moved to `attachments/<ticket>/` when a message takes them.

What is never taken expires by the bucket's life cycle. Files never pass through a function.
"""

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from tingjian.intake.attachments.models import LARGEST_BYTES, AttachmentRef, Download, Upload, UploadSlot
from tingjian.platform.errors import NotFoundError, invalid

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

UPLOAD_SECONDS = 3600
DOWNLOAD_SECONDS = 300


def upload_slot(s3: "S3Client", bucket: str, upload_id: str, upload: Upload) -> UploadSlot:
    """A form that uploads exactly this type and at most this size. No call."""
    metadata = {"x-amz-meta-name": quote(upload.name), "Content-Type": upload.media_type}
    conditions: list[Any] = [{name: value} for name, value in metadata.items()]
    conditions.append(["content-length-range", 1, min(upload.size_bytes, LARGEST_BYTES)])
    form = s3.generate_presigned_post(
        bucket, f"uploads/{upload_id}", Fields=dict(metadata), Conditions=conditions, ExpiresIn=UPLOAD_SECONDS
    )
    return UploadSlot(id=upload_id, url=form["url"], fields=form["fields"], expires_in_seconds=UPLOAD_SECONDS)


def take_upload(s3: "S3Client", bucket: str, ticket: str, upload_id: str, *, field: str) -> AttachmentRef:
    """Move an upload to its ticket; moving it again does no harm. Raises InvalidInputError for one that never came."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - only where files are

    target = f"attachments/{ticket}/{upload_id}"
    try:
        s3.copy_object(Bucket=bucket, Key=target, CopySource={"Bucket": bucket, "Key": f"uploads/{upload_id}"})
        head = s3.head_object(Bucket=bucket, Key=target)
    except ClientError as error:
        if error.response["Error"]["Code"] in {"NoSuchKey", "404", "NotFound"}:
            raise invalid(field, "upload_missing") from error
        raise
    return AttachmentRef(
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
            "Key": f"attachments/{ticket}/{attachment.id}",
            "ResponseContentDisposition": f"attachment; filename*=UTF-8''{quote(attachment.name)}",
        },
        ExpiresIn=DOWNLOAD_SECONDS,
    )
    return Download(url=url, expires_in_seconds=DOWNLOAD_SECONDS)


class AttachmentNotFoundError(NotFoundError):
    """No message of the ticket has this file."""

    code = "attachment_not_found"
