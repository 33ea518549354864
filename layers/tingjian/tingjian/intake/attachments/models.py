"""Files: what may be uploaded, and how large."""

from typing import Literal

from pydantic import Field

from tingjian.platform.models import Frozen, Line

LARGEST_BYTES = 20 * 1024 * 1024
MediaType = Literal[
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "image/heic",
    "application/pdf",
    "text/plain",
    "text/csv",
    "audio/mpeg",
    "audio/mp4",
    "audio/wav",
    "audio/amr",
    "video/mp4",
    "application/zip",
    "application/msword",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
]


class AttachmentRef(Frozen):
    """A file of a message; it is fetched by a short-lived link."""

    id: str
    name: str
    media_type: str
    size_bytes: int


class StoredFile(AttachmentRef):
    """A file as it is stored with its message: `copy_id` names the copy that was accepted, which no answer shows.

    Files from before copies had names have none.
    """

    copy_id: str = ""


class Upload(Frozen):
    """A file that a caller wants to upload; at most 20 MB."""

    name: Line
    media_type: MediaType
    size_bytes: int = Field(ge=1, le=LARGEST_BYTES)


class UploadSlot(Frozen):
    """Where and how to upload: POST the form fields and the file to the address within the hour."""

    id: str
    url: str
    fields: dict[str, str]
    expires_in_seconds: int


class Download(Frozen):
    """A link that opens the file for five minutes."""

    url: str
    expires_in_seconds: int
