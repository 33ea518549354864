"""The doors of report on moto: a lake, a bucket of files, a queue."""

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import boto3
import pytest

from tests.builders import DESK, JOURNAL
from tests.process import forget_process
from tingjian.platform.store import Store
from tingjian.report.lake.storage import Lake, copies_folder

LAKE, FILES = "lake", "files"


@pytest.fixture
def doors(centre: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """The environment of all doors of report; `store`, `lake` and `queue` (its address) to look at what they did."""
    region = {"LocationConstraint": os.environ["AWS_DEFAULT_REGION"]}
    s3 = boto3.client("s3")
    for bucket in (LAKE, FILES):
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=region)  # type: ignore[arg-type]
    queue = boto3.client("sqs").create_queue(QueueName="reports")["QueueUrl"]
    for name, value in {
        "DESK_TABLE": DESK,
        "JOURNAL_TABLE": JOURNAL,
        "FILES_BUCKET": FILES,
        "LAKE_BUCKET": LAKE,
        "CENTRE_TIME_ZONE": "Asia/Shanghai",
        "SIGNING_SECRET_ID": boto3.client("secretsmanager").create_secret(Name="signing", SecretString="s" * 64)["ARN"],
        "REPORT_QUEUE_URL": queue,
        "TMPDIR": str(tmp_path),
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    forget_process()
    copies_folder.cache_clear()
    yield SimpleNamespace(store=centre, lake=Lake(LAKE), queue=queue, s3=s3)
    forget_process()
    copies_folder.cache_clear()
