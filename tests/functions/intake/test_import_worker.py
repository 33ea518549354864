"""The worker door of intake: which messages it hands back, and what becomes of an import that never succeeds."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from functions.intake import worker
from tests.builders import DESK, JOURNAL, MANAGER, NOW, key
from tests.process import forget_process
from tingjian.intake.imports import actions, views
from tingjian.intake.imports.models import ImportBody
from tingjian.intake.imports.queue import ImportQueue
from tingjian.intake.imports.storage import load_import
from tingjian.platform import resources
from tingjian.platform.settings import ImportQueueSettings
from tingjian.platform.store import Store

BUCKET = "files"
LOG = b"Case,What,When\nC1,take,2012-05-01 09:00\n"
MAPPING = {
    "source": "old-desk",
    "time": {"column": "When", "format": "%Y-%m-%d %H:%M", "zone": "UTC"},
    "case": "Case",
    "activity": "What",
    "type": "feedback",
    "activities": {"take": "take_in_charge"},
}


@pytest.fixture
def door(centre: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The door's environment, with nothing kept from another test."""
    kept = (resources.s3, resources.sqs, resources.dynamodb, resources.store)
    for made in kept:
        made.cache_clear()
    forget_process()
    queue = resources.sqs().create_queue(QueueName="imports")["QueueUrl"]
    for name, value in {
        "DESK_TABLE": DESK,
        "JOURNAL_TABLE": JOURNAL,
        "FILES_BUCKET": BUCKET,
        "IMPORT_QUEUE_URL": queue,
    }.items():
        monkeypatch.setenv(name, value)
    yield centre
    for made in kept:
        made.cache_clear()


def started(store: Store, *, bucket: bool = True) -> str:
    """An import whose file is to be split; without a bucket its job cannot succeed."""
    resources.s3().create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    body = ImportBody.model_validate({"name": "log.csv", "size_bytes": len(LOG), "mapping": MAPPING})
    record, _ = actions.create_import(store, body, bucket=BUCKET, actor=MANAGER.actor, now=NOW, idempotency=key())
    resources.s3().put_object(Bucket=BUCKET, Key=f"imports/{record.id}/source", Body=LOG)
    jobs = ImportQueue(ImportQueueSettings.read().import_queue_url)
    actions.start_import(store, jobs, record.id, bucket=BUCKET, actor=MANAGER.actor, now=NOW)
    if not bucket:
        resources.s3().delete_object(Bucket=BUCKET, Key=f"imports/{record.id}/source")
        resources.s3().delete_bucket(Bucket=BUCKET)
    return record.id


def message(import_id: str, part: int | None = None, *, received: int = 1) -> dict[str, Any]:
    return {
        "messageId": f"{import_id}-{part}",
        "body": json.dumps({"import": import_id, "part": part}),
        "attributes": {"ApproximateReceiveCount": str(received)},
    }


def test_worker_does_jobs_one_after_another(door: Store) -> None:
    import_id = started(door)

    answer = worker.handler({"Records": [message(import_id), message(import_id, 0)]}, None)

    assert answer == {"batchItemFailures": []}
    assert load_import(door, import_id).state == "done"


def test_worker_hands_back_only_what_failed(door: Store) -> None:
    import_id = started(door, bucket=False)

    answer = worker.handler({"Records": [message("gone"), message(import_id)]}, None)

    assert answer == {"batchItemFailures": [{"itemIdentifier": f"{import_id}-None"}]}
    assert load_import(door, import_id).state == "splitting"


def test_import_that_failed_too_often_says_so_and_can_be_started_again(door: Store) -> None:
    import_id = started(door, bucket=False)

    worker.handler({"Records": [message(import_id, received=worker.RECEIVES)]}, None)

    shown = views.view_import(door, import_id, language="en", now=NOW)
    assert (shown.state, shown.reason_code) == ("failed", "internal")
    assert shown.reason is not None
