"""Imports in the store and in the bucket.

| item | pk | sk | holds |
|---|---|---|---|
| import | `import#<id>` | `import` | the import with its mapping |
| entry in the list | `imports` | `<created>#<id>` | nothing more |
| split | `import#<id>` | `split` | how far the file was split |
| part | `import#<id>` | `part#<nnnn>` | how far a part was worked off, and its figures |
| case | `case#<hash of source and case>` | `case` | the ticket of a case, and how much of it is written |

Files: `imports/<id>/source`, `…/pieces/<mark of the source>/<part>/<piece>`, `…/rejected/<mark>/…`, `…/rejects.csv`.
The bucket forgets all of them after a month.
"""

import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tingjian.intake.attachments.models import Download, UploadSlot
from tingjian.intake.imports.cases import LogRow, Reject
from tingjian.intake.imports.models import Import, ImportPart, Split, StoredCase
from tingjian.platform import resources
from tingjian.platform.errors import NotFoundError
from tingjian.platform.ids import derived_id, fingerprint
from tingjian.platform.items import Item, Key
from tingjian.platform.store import Store, Write
from tingjian.platform.times import stamp

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

IMPORT = "import#"
CASE = "case#"
PART = "part#"
IMPORTS = "imports"
UPLOAD_SECONDS = 3600
DOWNLOAD_SECONDS = 300
MESSAGES = 10
ABSENT = {"NoSuchKey", "404", "NotFound"}


class ImportNotFoundError(NotFoundError):
    """There is no import with this id."""

    code = "import_not_found"


@dataclass(frozen=True, slots=True)
class ImportQueue:
    """The queue of work. A message names an import, and a part of it unless the file is still to be split."""

    url: str

    def send(self, import_id: str, parts: Iterable[int | None]) -> None:
        """Queue the parts; None stands for splitting. One call per ten."""
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {"Id": str(place), "MessageBody": json.dumps({"import": import_id, "part": part})}
            for place, part in enumerate(parts)
        ]
        for start in range(0, len(entries), MESSAGES):
            answer = resources.sqs().send_message_batch(QueueUrl=self.url, Entries=entries[start : start + MESSAGES])
            if answer.get("Failed"):
                message = "not all work could be queued"
                raise RuntimeError(message)


@dataclass(frozen=True, slots=True)
class ImportFiles:
    """The files of one import in the bucket. `mark` stands for the uploaded file that pieces and rejects are of."""

    bucket: str
    import_id: str
    mark: str = ""

    @property
    def s3(self) -> "S3Client":
        """The client, made at first use."""
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
        self._put(self._key(f"pieces/{self.mark}/{part:04d}/{piece:06d}"), rows)

    def rows(self, part: int) -> Iterator[LogRow]:
        """The rows of a part in file order."""
        for key in self._keys(f"pieces/{self.mark}/{part:04d}/"):
            for line in self._get(key).splitlines():
                place, case, activity, time, person, priority, fields = json.loads(line)
                yield LogRow(place, case, activity, time, person, priority, tuple(fields))

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
        """Store the file that the user gets."""
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


def import_entity(import_id: str) -> str:
    """The name of an import's chain of events, and its partition in Desk."""
    return IMPORT + import_id


def load_import(store: Store, import_id: str) -> Import:
    """An import by id. Raises ImportNotFoundError."""
    item = store.get(Key(import_entity(import_id), "import"))
    if item is None:
        raise ImportNotFoundError
    return Import.model_validate_json(item["document"])


def list_imports(store: Store, *, limit: int, cursor: str | None) -> tuple[list[Import], str | None]:
    """Imports, newest first, and the cursor to older ones. Two calls."""
    page = store.query(IMPORTS, limit=limit, cursor=cursor, forward=False)
    keys = [Key(import_entity(item["sk"].partition("#")[2]), "import") for item in page.items]
    found = store.get_many(keys)
    return [Import.model_validate_json(found[key]["document"]) for key in keys if key in found], page.cursor


def import_write(record: Import) -> Write:
    """The member of a transaction that stores an import over the version before it."""
    item: Item = {"pk": import_entity(record.id), "sk": "import", "version": record.version}
    return Write("desk", item | {"document": record.model_dump_json()}, expect=record.version - 1)


def list_entry_write(record: Import) -> Write:
    """The member of a transaction that puts a new import on the list."""
    return Write("desk", {"pk": IMPORTS, "sk": f"{stamp(record.created_at)}#{record.id}"}, expect=0)


def load_progress(store: Store, import_id: str) -> tuple[Split, dict[int, ImportPart]]:
    """How far an import is: its file's split, and its parts by number. One call."""
    split, parts = Split(), {}
    for item in store.query_all(import_entity(import_id), consistent=True):
        if item["sk"] == "split":
            split = Split.model_validate_json(item["document"])
        elif item["sk"].startswith(PART):
            part = ImportPart.model_validate_json(item["document"])
            parts[part.number] = part
    return split, parts


def load_part(store: Store, import_id: str, number: int) -> ImportPart:
    """A part, untouched when nobody has worked on it."""
    item = store.get(Key(import_entity(import_id), f"{PART}{number:04d}"))
    return ImportPart.model_validate_json(item["document"]) if item else ImportPart(number=number)


def split_write(import_id: str, split: Split) -> Write:
    """The member of a transaction that stores how far a file is split."""
    return _progress_write(import_id, "split", split)


def part_write(import_id: str, part: ImportPart) -> Write:
    """The member of a transaction that stores how far a part is."""
    return _progress_write(import_id, f"{PART}{part.number:04d}", part)


def case_key(source: str, case: str) -> Key:
    """Where a case stands."""
    return Key(f"{CASE}{derived_id(source, case)}", "case")


def case_write(case: StoredCase, *, before: int) -> Write:
    """The member of a transaction that stores a case over the version `before` of its ticket."""
    key = case_key(case.source, case.case)
    return Write("desk", {"pk": key.pk, "sk": key.sk} | case.model_dump(), expect=before)


def case_from_item(item: Item) -> StoredCase:
    """The case of an item."""
    return StoredCase.model_validate({name: value for name, value in item.items() if name not in {"pk", "sk"}})


def piece_line(row: LogRow) -> bytes:
    """A row as a line of a piece."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def file_mark(etag: str) -> str:
    """The part of a key that stands for one uploaded file."""
    return fingerprint("etag", etag)[:12]


def _progress_write(import_id: str, sk: str, progress: Split | ImportPart) -> Write:
    item: Item = {"pk": import_entity(import_id), "sk": sk, "version": progress.version}
    return Write("desk", item | {"document": progress.model_dump_json()}, expect=progress.version - 1)
