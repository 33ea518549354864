"""Telemetry: one log line a business fact, which is a metric too (CloudWatch's embedded metric format)."""

import functools
import json
import os
import time

from aws_lambda_powertools import Logger

NAMESPACE = "Tingjian"


@functools.cache
def logger() -> Logger:
    """The process's logger; JSON lines, ids bound at the entry, never personal data."""
    return Logger(
        service=os.environ.get("POWERTOOLS_SERVICE_NAME", "tingjian"),
        # Made once, not for every line; and no message of ours is JSON, which would be looked for in each.
        json_serializer=json.JSONEncoder(default=str, separators=(",", ":"), ensure_ascii=False).encode,
        json_deserializer=str,
    )


def record(fact: str, /, *, count: int = 1, by: str = "service", **keys: str | float) -> None:
    """Log a fact (`TicketsOpened`) with its keys and count it as a metric, in one line; `by` is its dimension."""
    embedded = {
        "Timestamp": int(time.time() * 1000),
        "CloudWatchMetrics": [
            {"Namespace": NAMESPACE, "Dimensions": [[by]], "Metrics": [{"Name": fact, "Unit": "Count"}]}
        ],
    }
    logger().info(fact, extra={"_aws": embedded, fact: count, **keys})
