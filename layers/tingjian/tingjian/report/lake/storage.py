"""The lake's bucket. Objects are written once and never changed, so a local copy stays good."""

import functools
import hashlib
import os
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tingjian.platform import resources
from tingjian.report.lake.models import MANIFESTS, PARQUET, RAW, Manifest

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

DELETED_AT_ONCE = 1000
FETCHED_AT_ONCE = 8
PRECONDITION_FAILED = {"PreconditionFailed", "412", "ConditionalRequestConflict", "409"}
ABSENT = {"NoSuchKey", "404", "NotFound"}


class ObjectGoneError(Exception):
    """A listed object no longer exists, since a compaction has removed it."""


@functools.cache
def copies_folder() -> Path:
    """The folder of this process's copies of objects. Those of processes that have ended are deleted."""
    parent = Path(tempfile.gettempdir()) / "tingjian-lake"
    for old in parent.glob("*"):
        if not Path(f"/proc/{old.name}").exists():
            shutil.rmtree(old, ignore_errors=True)
    return parent / str(os.getpid())


@dataclass(frozen=True, slots=True)
class Lake:
    """The bucket of the lake, and a local folder for copies of its objects."""

    bucket: str
    copies: Path = field(default_factory=copies_folder)
    client: "S3Client | None" = None

    @property
    def s3(self) -> "S3Client":
        """The client that was given, or the process's own, made at first use."""
        return self.client or resources.s3()


def put_raw(lake: Lake, key: str, body: bytes) -> None:
    """Write a raw object; writing it again changes nothing."""
    lake.s3.put_object(Bucket=lake.bucket, Key=key, Body=body, ContentType="application/x-ndjson")


def list_raw(lake: Lake, limit: int | None = None) -> list[str]:
    """The raw objects that are not compacted yet, the oldest first, at most `limit`."""
    keys: list[str] = []
    for key, _ in _objects(lake, RAW):
        if limit is not None and len(keys) >= limit:
            break
        keys.append(key)
    return keys


def load_manifest(lake: Lake) -> Manifest:
    """The newest generation; an empty one where nothing was compacted yet."""
    newest = max((key for key, _ in _objects(lake, MANIFESTS)), default=None)
    if newest is None:
        return Manifest()
    return Manifest.model_validate_json(local_copy(lake, newest).read_bytes())


def put_manifest(lake: Lake, manifest: Manifest) -> bool:
    """Write the manifest, which makes its generation count; False if another run has written one of this number."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - late by design

    try:
        lake.s3.put_object(
            Bucket=lake.bucket, Key=manifest.key, Body=manifest.model_dump_json().encode(), IfNoneMatch="*"
        )
    except ClientError as error:
        if error.response["Error"]["Code"] in PRECONDITION_FAILED:
            return False
        raise
    return True


def put_file(lake: Lake, key: str, path: Path) -> None:
    """Upload a compacted object, and keep the file as its local copy."""
    with path.open("rb") as content:
        lake.s3.put_object(Bucket=lake.bucket, Key=key, Body=content)
    target = lake.copies / key
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(path, target)


def local_copy(lake: Lake, key: str) -> Path:
    """A local copy of an object, fetched once. Raises ObjectGoneError."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - late by design

    path = lake.copies / key
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    try:
        answer = lake.s3.get_object(Bucket=lake.bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] in ABSENT:
            raise ObjectGoneError(key) from error
        raise
    with partial.open("wb") as file:
        shutil.copyfileobj(answer["Body"], file, 1 << 20)
    partial.rename(path)  # In one step, so that a killed run leaves no half copy.
    return path


def file_digest(path: Path) -> str:
    """Twelve hexadecimal digits of SHA-256 of a file."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()[:12]


def delete_objects(lake: Lake, keys: Iterable[str]) -> None:
    wanted = list(keys)
    for start in range(0, len(wanted), DELETED_AT_ONCE):
        part = wanted[start : start + DELETED_AT_ONCE]
        lake.s3.delete_objects(Bucket=lake.bucket, Delete={"Objects": [{"Key": key} for key in part], "Quiet": True})
        for key in part:
            (lake.copies / key).unlink(missing_ok=True)


def unneeded_objects(lake: Lake, *, needed: Collection[str], older_than: datetime) -> list[str]:
    """Compacted objects that no kept generation needs, and that are too old to belong to a generation being written."""
    return [key for key, modified in _objects(lake, PARQUET) if key not in needed and modified < older_than]


def list_manifests(lake: Lake) -> list[tuple[str, datetime]]:
    """The manifests and when they were written, the oldest first."""
    return sorted(_objects(lake, MANIFESTS))


def local_copies(lake: Lake, keys: Sequence[str]) -> list[Path]:
    """Local copies of many objects, several fetched at a time. Raises ObjectGoneError."""
    with ThreadPoolExecutor(max_workers=FETCHED_AT_ONCE) as threads:
        return list(threads.map(lambda key: local_copy(lake, key), keys))


def forget_copies(lake: Lake, needed: Collection[str]) -> None:
    """Drop local copies that are not needed, so that a long-lived process does not fill its disk."""
    for path in lake.copies.rglob("*"):
        if path.is_file() and str(path.relative_to(lake.copies)) not in needed:
            path.unlink(missing_ok=True)


def _objects(lake: Lake, prefix: str) -> Iterator[tuple[str, datetime]]:
    for page in lake.s3.get_paginator("list_objects_v2").paginate(Bucket=lake.bucket, Prefix=prefix):
        for entry in page.get("Contents", []):
            yield entry["Key"], entry["LastModified"]
