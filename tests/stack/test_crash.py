"""An emulator that is killed loses nothing that it answered: items, files and messages."""

import os
import shutil
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.local import process
from infra.local.settings import Settings
from tests.stack.people import eventually

# The launcher lets go of the emulator that it starts, which is to run on.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
WRITES = 400
NAME = {"AttributeName": "pk", "AttributeType": "S"}


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Settings]:
    """An emulator of this test's own, with nothing deployed."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings = Settings(tmp_path / "home", probe.getsockname()[1])
    process.start(settings)
    yield settings
    process.stop(settings)
    shutil.rmtree(settings.home, ignore_errors=True)


def client(settings: Settings, service: str) -> Any:
    return boto3.client(  # type: ignore[call-overload]
        service,
        endpoint_url=settings.endpoint,
        region_name=settings.environment()["AWS_DEFAULT_REGION"],
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def kill_and_start(settings: Settings) -> None:
    emulator = process.running(settings)
    assert emulator
    os.kill(emulator, signal.SIGKILL)
    eventually(lambda: process.running(settings) is None and nobody_listens(settings))
    process.start(settings)


def nobody_listens(settings: Settings) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", settings.port)) != 0


def made(settings: Settings) -> str:
    """A table, a bucket and a queue that a checkpoint holds, as a deployment's are; the address of the queue."""
    key = [{"AttributeName": "pk", "KeyType": "HASH"}]
    client(settings, "dynamodb").create_table(
        TableName="desk", KeySchema=key, AttributeDefinitions=[NAME], BillingMode="PAY_PER_REQUEST"
    )
    client(settings, "s3").create_bucket(Bucket="files")
    address: str = client(settings, "sqs").create_queue(QueueName="work")["QueueUrl"]
    process.checkpoint(settings)
    return address


def count(settings: Settings) -> int:
    answer = client(settings, "dynamodb").scan(TableName="desk", Select="COUNT")
    found: int = answer["Count"]
    return found


def test_emulator_that_is_killed_loses_no_write_that_it_answered(emulator: Settings) -> None:
    queue = made(emulator)
    store = client(emulator, "dynamodb")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: store.put_item(TableName="desk", Item={"pk": {"S": str(n)}}), range(WRITES)))
    client(emulator, "s3").put_object(Bucket="files", Key="a/ü b", Body=b"content")
    client(emulator, "sqs").send_message(QueueUrl=queue, MessageBody="work")
    store.delete_item(TableName="desk", Key={"pk": {"S": "0"}})
    kill_and_start(emulator)

    assert count(emulator) == WRITES - 1
    assert client(emulator, "s3").get_object(Bucket="files", Key="a/ü b")["Body"].read() == b"content"
    assert len(client(emulator, "sqs").receive_message(QueueUrl=queue).get("Messages", [])) == 1


def test_emulator_may_be_killed_again_and_again_and_at_a_checkpoint(emulator: Settings) -> None:
    made(emulator)

    for round_ in range(3):
        store = client(emulator, "dynamodb")
        for number in range(40):
            store.put_item(TableName="desk", Item={"pk": {"S": f"{round_}-{number}"}})
            if number == 20 and round_:
                process.checkpoint(emulator)
        kill_and_start(emulator)
        assert count(emulator) == 40 * (round_ + 1)


def test_log_of_writes_is_gone_after_an_orderly_end(emulator: Settings) -> None:
    made(emulator)
    client(emulator, "dynamodb").put_item(TableName="desk", Item={"pk": {"S": "1"}})

    process.stop(emulator)
    kept = [path for path in emulator.home.glob("writes-*") if path.stat().st_size]
    process.start(emulator)

    assert kept == []
    assert count(emulator) == 1
