"""Telemetry: one log line a business fact, which is a metric too (CloudWatch's embedded metric format)."""

import functools
import os
import time

from aws_lambda_powertools import Logger
from pydantic_core import to_json

NAMESPACE = "Tingjian"


@functools.cache
def logger() -> Logger:
    """The process's logger; JSON lines, ids bound at the entry, never personal data."""
    return Logger(
        service=os.environ.get("POWERTOOLS_SERVICE_NAME", "tingjian"),
        json_serializer=lambda line: to_json(line, fallback=str).decode(),
        json_deserializer=str,  # No message of ours is JSON, which would be looked for in each.
        location=None,  # It would name `record` below in every line.
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
