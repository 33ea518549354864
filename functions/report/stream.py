"""The stream door of report: every event of Journal goes into the lake.

What stands in a batch beside a record that is no event is kept all the same. Such a record is reported, delivered a few
times more, and ends in the failure queue.
"""

import functools
import os
from typing import Any

from pydantic import BaseModel, ConfigDict

from tingjian.report.lake.actions import append
from tingjian.report.lake.storage import Lake


class ReportStreamSettings(BaseModel):
    """What this door reads from its environment; it needs no table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lake_bucket: str


@functools.cache
def settings() -> ReportStreamSettings:
    """The settings of this process."""
    return ReportStreamSettings(lake_bucket=os.environ["LAKE_BUCKET"])


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Keep the events of a batch; the answer names the records that are none."""
    poisoned = append(Lake(settings().lake_bucket), event["Records"])
    return {"batchItemFailures": [{"itemIdentifier": number} for number in poisoned]}
