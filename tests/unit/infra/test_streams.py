from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.streams import Answer, Record, deliver, first_failure, with_absent_parents

MAPPING = {
    "MaximumRetryAttempts": 2,
    "BisectBatchOnFunctionError": True,
    "FunctionResponseTypes": ["ReportBatchItemFailures"],
}


def record(number: int) -> Record:
    return {"dynamodb": {"SequenceNumber": str(number)}}


def numbers(batch: list[Record]) -> list[int]:
    return [int(one["dynamodb"]["SequenceNumber"]) for one in batch]


class Function:
    """A handler that reports, or raises on, records it cannot take; it remembers its calls and what it worked off."""

    def __init__(self, poison: set[int], *, raises: bool = False) -> None:
        self.poison, self.raises = poison, raises
        self.calls: list[list[int]] = []
        self.done: list[int] = []

    def __call__(self, batch: list[Record]) -> Answer:
        self.calls.append(numbers(batch))
        bad = [number for number in numbers(batch) if number in self.poison]
        if bad and self.raises:
            return {"error": True, "body": {"errorType": "ValueError"}}
        self.done += [number for number in numbers(batch) if number not in bad]
        return {"body": {"batchItemFailures": [{"itemIdentifier": str(number)} for number in bad]}}


def run(function: Function, size: int, mapping: dict[str, Any] = MAPPING) -> list[list[int]]:
    discarded: list[list[int]] = []
    keep: Callable[[list[Record], Answer], None] = lambda batch, _answer: discarded.append(numbers(batch))  # noqa: E731
    deliver([record(n) for n in range(size)], mapping, invoke=function, discard=keep, pause=lambda _seconds: None)
    return discarded


def test_deliver_calls_once_when_all_is_well() -> None:
    function = Function(set())

    discarded = run(function, 3)

    assert function.calls == [[0, 1, 2]]
    assert discarded == []


@pytest.mark.parametrize("raises", [True, False])
@given(poison=st.sets(st.integers(0, 19), max_size=4), size=st.integers(1, 20))
def test_deliver_discards_the_poison_alone_and_works_off_the_rest(raises: bool, poison: set[int], size: int) -> None:  # noqa: FBT001
    function = Function(poison, raises=raises)

    discarded = run(function, size)

    assert sorted(n for batch in discarded for n in batch) == sorted(n for n in poison if n < size)
    assert set(function.done) == set(range(size)) - poison


def test_deliver_gives_the_poison_its_attempts_and_no_more() -> None:
    function = Function({0})

    run(function, 1)

    assert function.calls == [[0]] * 3


def test_deliver_discards_the_whole_rest_when_it_may_not_halve() -> None:
    function = Function({1})

    discarded = run(function, 4, MAPPING | {"BisectBatchOnFunctionError": False})

    assert discarded == [[1, 2, 3]]


def test_deliver_pauses_longer_each_time() -> None:
    pauses: list[float] = []

    deliver(
        [record(0)],
        MAPPING | {"MaximumRetryAttempts": 5},
        invoke=Function({0}),
        discard=lambda _batch, _answer: None,
        pause=pauses.append,
    )

    assert pauses == [0.05, 0.1, 0.2, 0.4, 0.4]


def test_first_failure_is_the_lowest_place_whatever_the_order_of_the_report() -> None:
    batch = [record(n) for n in range(4)]
    answer = {"body": {"batchItemFailures": [{"itemIdentifier": "3"}, {"itemIdentifier": "1"}]}}

    assert first_failure(batch, MAPPING, answer) == 1


def test_first_failure_is_the_start_when_the_report_names_no_record_of_the_batch() -> None:
    answer = {"body": {"batchItemFailures": [{"itemIdentifier": "elsewhere"}]}}

    assert first_failure([record(1), record(2)], MAPPING, answer) == 0


def test_first_failure_ignores_a_report_that_the_mapping_does_not_ask_for() -> None:
    answer = {"body": {"batchItemFailures": [{"itemIdentifier": "1"}]}}

    assert first_failure([record(1)], MAPPING | {"FunctionResponseTypes": []}, answer) == 1


def test_absent_parents_are_empty_maps_and_present_ones_stay() -> None:
    pattern = {"name": {"S": ["TicketResolved"]}, "imported": {"BOOL": [{"exists": False}]}, "kind": ["plain"]}

    assert with_absent_parents({"name": {"S": "TicketOpened"}}, pattern) == {
        "name": {"S": "TicketOpened"},
        "imported": {},
    }
