"""Deliver stream records as AWS Lambda does: partial failures, halving, finite attempts, a failure destination.

MiniStack calls a function with a batch, ignores which records failed, and repeats a raising one for ever. See
https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html for what is imitated here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Record = Mapping[str, Any]
Answer = Mapping[str, Any]

FIRST_PAUSE_S = 0.05
LONGEST_PAUSE_S = 0.4


def deliver(
    records: list[Record],
    mapping: Mapping[str, Any],
    *,
    invoke: Callable[[list[Record]], Answer],
    discard: Callable[[list[Record], Answer], None],
    pause: Callable[[float], None],
) -> None:
    """Work the records off in order; those that fail for good go to `discard`, the others are delivered regardless.

    `mapping` is the event source mapping, with a finite `MaximumRetryAttempts`. `invoke` answers with `error` when the
    function raised, else with the function's result as `body`. `pause` sleeps for so many seconds between attempts.
    """
    pending = [(records, 0)]
    while pending:
        batch, failures = pending.pop()
        answer = invoke(batch)
        left = batch[first_failure(batch, mapping, answer) :]
        if not left:
            continue
        if len(left) < len(batch):
            pending.append((left, 0))
        elif mapping.get("BisectBatchOnFunctionError") and len(left) > 1:
            half = len(left) // 2
            pending += [(left[half:], failures), (left[:half], failures)]
        elif failures >= mapping["MaximumRetryAttempts"]:
            discard(left, answer)
        else:
            pause(min(FIRST_PAUSE_S * 2**failures, LONGEST_PAUSE_S))
            pending.append((left, failures + 1))


def first_failure(batch: list[Record], mapping: Mapping[str, Any], answer: Answer) -> int:
    """Return the place in the batch from which it must be repeated; its length when all is well.

    An item identifier that names no record of the batch fails the whole of it.
    """
    if answer.get("error"):
        return 0
    body = answer.get("body")
    if not isinstance(body, Mapping) or "ReportBatchItemFailures" not in (mapping.get("FunctionResponseTypes") or ()):
        return len(batch)
    failed = [failure.get("itemIdentifier") for failure in body.get("batchItemFailures") or ()]
    numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
    return min((numbers.index(number) if number in numbers else 0 for number in failed), default=len(batch))


def with_absent_parents(record: Record, pattern: Mapping[str, Any]) -> Record:
    """Return the record with an empty map for each map that the filter pattern looks into and the record lacks.

    On AWS `{"imported": {"BOOL": [{"exists": false}]}}` lets through a record without `imported`; the emulator's
    matcher stops at the missing parent.
    """
    return {name: {} for name, inner in pattern.items() if isinstance(inner, Mapping) and name not in record} | dict(
        record
    )
