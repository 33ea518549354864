"""The stream door of report: every event of Journal goes into the lake.

A record that is no event is reported to Lambda, which delivers it a few times more and then puts it into the failure
queue. The other records of its batch are stored.
"""

from typing import Any

from tingjian.platform.settings import LakeSettings
from tingjian.report.lake.actions import append_events
from tingjian.report.lake.storage import Lake


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Keep the events of a batch; the answer names the records that are none."""
    poisoned = append_events(Lake(LakeSettings.read().lake_bucket), event["Records"])
    return {"batchItemFailures": [{"itemIdentifier": number} for number in poisoned]}
