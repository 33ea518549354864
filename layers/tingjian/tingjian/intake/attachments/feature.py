"""Files of messages; conversations give out their slots and ticket views their links."""

from tingjian.platform.features import Access, Feature, uploads

TAKES_UPLOADS = (
    uploads("uploads", "GetObject"),
    uploads("attachments", "GetObject", "PutObject"),
    Access("files", ("s3:ListBucket",)),
)
"""What `take_uploads` does: copy an upload and read what was copied. Without the list, S3 answers for an upload that
never came that it is forbidden, not that it is missing."""

FEATURE = Feature()
