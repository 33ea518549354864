"""Files of messages; conversations give out their slots and ticket views their links."""

from tingjian.intake.attachments.storage import TAKEN
from tingjian.platform.features import Access, Feature, Place, uploads

TAKES_UPLOADS = (
    uploads("uploads", "GetObject"),
    uploads("attachments", "PutObject"),
    Access("files", ("s3:ListBucket",)),
)
"""What `take_uploads` does: read what an upload is and copy it. Without the list, S3 answers for an upload that never
came that it is forbidden, not that it is missing."""

FEATURE = Feature(
    places=(Place("upload that a message took", "upload#<upload>", TAKEN, note="expires after 7 days"),),
)
