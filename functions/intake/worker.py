"""The worker door of intake: imports of history, a message a job."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tingjian.intake.imports.jobs import do_job
from tingjian.intake.imports.queue import ImportQueue
from tingjian.intake.imports.states import fail_import
from tingjian.intake.imports.storage import ImportNotFoundError, load_import
from tingjian.intake.imports.worker import Worker
from tingjian.platform import resources, telemetry
from tingjian.platform.settings import FilesSettings, ImportQueueSettings
from tingjian.platform.store import Store
from tingjian.platform.times import cut_to_milliseconds

SLICE_SECONDS = 5.0
RECEIVES = 5
"""Deliveries of a message before SQS moves it to the dead-letter queue."""


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Do the jobs of a batch; those that fail are delivered again, and only those."""
    failed = [{"itemIdentifier": record["messageId"]} for record in event["Records"] if not _done(record)]
    return {"batchItemFailures": failed}


def _done(record: dict[str, Any]) -> bool:
    job = json.loads(record["body"])
    store = resources.store()
    telemetry.logger().append_keys(import_id=job["import"], part=job["part"])
    try:
        do_job(_worker(store), job["import"], job["part"])
    except ImportNotFoundError:
        return True
    except Exception:  # noqa: BLE001 - the queue delivers it again, and its dead letters raise an alarm
        telemetry.logger().exception("an import's job failed")
        if int(record["attributes"]["ApproximateReceiveCount"]) >= RECEIVES:
            fail_import(store, load_import(store, job["import"]), "internal", {}, now=_now())
        return False
    return True


def _worker(store: Store) -> Worker:
    return Worker(
        store=store,
        bucket=FilesSettings.read().files_bucket,
        jobs=ImportQueue(ImportQueueSettings.read().import_queue_url),
        now=_now(),
        over=_after(SLICE_SECONDS),
    )


def _after(seconds: float) -> Callable[[], bool]:
    ends_at = time.monotonic() + seconds
    return lambda: time.monotonic() >= ends_at


def _now() -> datetime:
    return cut_to_milliseconds(datetime.now(UTC))
