"""Several sweeps at once, and lost replies, on a store whose transactions keep their tokens: MiniStack."""

import contextlib
import os
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import DESK, JOURNAL, NOW, make_centre, make_tables
from tests.contract.engines import Engine, EngineMissingError, running
from tests.contract.known import require
from tests.faults import Crash, Fault, Strike, inject
from tests.functions.escalation.scene import BREACHED_AT, WARNED_AT, Scene, notices_of, open_one, put_ladder, sweep
from tingjian.escalation.ladders.models import Rung
from tingjian.platform.store import Store

MEMBERS = 12
"""Few timers a transaction, so that the runs meet often."""


@pytest.fixture(scope="module")
def engine() -> Iterator[str]:
    """MiniStack, which must keep what this suite rests on."""
    require(Engine.MINISTACK, "transaction-token-once", "transaction-race")
    try:
        with running(Engine.MINISTACK) as started:
            yield started.endpoint_url
    except EngineMissingError as error:
        if os.environ.get("TINGJIAN_REQUIRE_ENGINES"):
            pytest.fail(str(error), pytrace=False)
        pytest.skip(str(error))


@pytest.fixture
def real(engine: str, template: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A centre on that engine."""
    import boto3  # noqa: PLC0415 - only where the engine is there

    for name, value in {
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "t",
        "AWS_SECRET_ACCESS_KEY": "t",
    }.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("dynamodb", endpoint_url=engine)
    make_tables(client, template)
    store = Store(client, DESK, JOURNAL)
    make_centre(store)
    yield store
    for table in (DESK, JOURNAL):
        client.delete_table(TableName=table)


def alike(store: Store) -> Store:
    """The same tables as another process sees them."""
    import boto3  # noqa: PLC0415 - as above

    return Store(boto3.client("dynamodb", endpoint_url=store.client.meta.endpoint_url), DESK, JOURNAL)


def test_three_sweeps_at_once_tell_everybody_exactly_once(real: Store) -> None:
    scenes = [Scene(real, open_one(real, at=NOW + timedelta(seconds=n))) for n in range(40)]
    ready = threading.Barrier(3)
    fired: list[int] = []

    def run(store: Store) -> None:
        ready.wait()
        fired.append(sweep(store, BREACHED_AT + timedelta(minutes=1), members=MEMBERS).fired)

    threads = [threading.Thread(target=run, args=(alike(real),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rest = sweep(real, BREACHED_AT + timedelta(minutes=1), members=MEMBERS)

    assert sum(fired) + rest.fired == 40
    assert [scene.steps() for scene in scenes] == [
        [("ClockWarned", "first_response", 80), ("ClockBreached", "first_response", 100)]
    ] * 40
    shown = [(notice.ticket, notice.data["share"]) for notice in notices_of(real, "zhao")]
    assert sorted(shown) == sorted((scene.number, share) for scene in scenes for share in (80, 100))


def test_backlog_that_several_threads_write_is_worked_off_once(real: Store) -> None:
    scenes = [Scene(real, open_one(real, at=NOW + timedelta(seconds=n))) for n in range(40)]

    with inject(real.client) as log:
        done = sweep(real, BREACHED_AT + timedelta(minutes=1), members=MEMBERS, page=7)

    assert (done.due, done.fired, done.finished) == (40, 40, True)
    assert log.calls.count("TransactWriteItems") == 40
    assert [scene.steps() for scene in scenes] == [
        [("ClockWarned", "first_response", 80), ("ClockBreached", "first_response", 100)]
    ] * 40


def test_backlog_killed_under_way_loses_and_doubles_nothing(real: Store) -> None:
    scenes = [Scene(real, open_one(real, at=NOW + timedelta(seconds=n))) for n in range(40)]

    for at in (3, 6, 9):
        kill = Strike(Fault.CRASH_AFTER, operation="TransactWriteItems", at=at)
        with contextlib.suppress(Crash), inject(real.client, kill):
            sweep(real, BREACHED_AT + timedelta(minutes=1), members=MEMBERS, page=7)
    rest = sweep(real, BREACHED_AT + timedelta(minutes=1), members=MEMBERS, page=7)

    assert rest.finished
    assert [scene.steps() for scene in scenes] == [
        [("ClockWarned", "first_response", 80), ("ClockBreached", "first_response", 100)]
    ] * 40
    shown = [(notice.ticket, notice.data["share"]) for notice in notices_of(real, "zhao")]
    assert sorted(shown) == sorted((scene.number, share) for scene in scenes for share in (80, 100))


def test_timers_of_one_ticket_keep_their_order_in_a_backlog(real: Store) -> None:
    put_ladder(
        real, Rung(share=80, tell=("lead",), acknowledge_within_minutes=5), Rung(share=100, tell=("lead", "manager"))
    )
    scenes = [Scene(real, open_one(real, at=NOW + timedelta(seconds=n))) for n in range(12)]
    sweep(real, WARNED_AT + timedelta(minutes=1), members=MEMBERS)

    done = sweep(real, BREACHED_AT + timedelta(minutes=1), members=MEMBERS, page=3)
    sweep(real, BREACHED_AT + timedelta(minutes=1), members=MEMBERS, page=3)

    assert done.due == 24
    assert [scene.steps() for scene in scenes] == [
        [
            ("ClockWarned", "first_response", 80),
            ("AlertUnanswered", "first_response", 80),
            ("ClockBreached", "first_response", 100),
        ]
    ] * 12
    assert [[alert.share for alert in scene.alerts()] for scene in scenes] == [[80, 100]] * 12
    assert Counter(notice.ticket for notice in notices_of(real, "wu")) == Counter(scene.number for scene in scenes)


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.REPLY_LOST])
def test_transaction_that_the_sdk_sends_again_counts_once(real: Store, fault: Fault) -> None:
    scene = Scene(real, open_one(real))

    with inject(real.client, Strike(fault, operation="TransactWriteItems")):
        done = sweep(real, BREACHED_AT, members=MEMBERS)

    assert done.fired == 1
    assert len(scene.steps()) == 2
    assert len(notices_of(real, "zhao")) == 2
