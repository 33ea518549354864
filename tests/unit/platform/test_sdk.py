"""The client of DynamoDB: what it sends and returns is what a client without our configuration would."""

import json
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from tingjian.platform import sdk
from tingjian.platform.store import Store, Write, from_wire, to_wire

ITEM = {
    "pk": "ticket#1",
    "sk": "ticket",
    "version": 3,
    "subject": "鞋开胶了",
    "share": 0.5,
    "imported": True,
    "fields": {"cause": "transport", "pairs": [1, 2], "none": {}},
    "expect": None,
}


class Wire:
    """What a client sends, and the answer it gets."""

    def __init__(self, client: Any, status: int = 200, answer: object = None) -> None:
        self.client, self.status, self.answer = client, status, json.dumps(answer or {}).encode()
        self.sent: list[Any] = []
        client.meta.events.register("before-send.dynamodb", self.take)

    def take(self, request: Any, **_: object) -> AWSResponse:
        self.sent.append(request)
        raw = SimpleNamespace(stream=lambda **_: iter([self.answer]))
        return AWSResponse(request.url, self.status, HTTPHeaders(), raw)


@pytest.fixture
def region(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    return monkeypatch


@pytest.mark.parametrize("name", ["eu-central-1", "cn-north-1", "cn-northwest-1", "us-gov-west-1", "ap-east-1"])
def test_client_calls_the_address_that_boto3_finds(region: pytest.MonkeyPatch, name: str) -> None:
    region.setenv("AWS_DEFAULT_REGION", name)
    ours, stock = Wire(sdk.dynamodb_client()), Wire(boto3.client("dynamodb"))

    for wire in (ours, stock):
        wire.client.get_item(TableName="desk", Key=to_wire({"pk": "a", "sk": "b"}))

    assert ours.sent[0].url == stock.sent[0].url
    scope = [wire.sent[0].headers["Authorization"].decode().split("/", 1)[1].split(",")[0] for wire in (ours, stock)]
    assert scope[0] == scope[1]


def test_client_goes_where_the_environment_says(region: pytest.MonkeyPatch) -> None:
    region.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    wire = Wire(sdk.dynamodb_client())

    wire.client.get_item(TableName="desk", Key=to_wire({"pk": "a", "sk": "b"}))

    assert wire.sent[0].url == "http://127.0.0.1:4566/"


@pytest.mark.usefixtures("region")
def test_client_sends_what_a_client_that_checks_parameters_sends() -> None:
    ours, stock = Wire(sdk.dynamodb_client()), Wire(boto3.client("dynamodb"))

    for wire in (ours, stock):
        store = Store(wire.client, "desk", "journal")
        store.transact(
            [Write("desk", ITEM, expect=2), Write("journal", ITEM, expect=3, kind="check"), Write("desk", ITEM)]
        )
        store.put_if_absent(ITEM)

    bodies = [[json.loads(request.body) for request in wire.sent] for wire in (ours, stock)]
    tokens = [calls[0].pop("ClientRequestToken") for calls in bodies]
    assert bodies[0] == bodies[1]
    assert tokens[0] != tokens[1]
    targets = [[request.headers["X-Amz-Target"] for request in wire.sent] for wire in (ours, stock)]
    assert targets[0] == targets[1]
    assert sorted(ours.sent[0].headers) == sorted(stock.sent[0].headers)


@pytest.mark.usefixtures("region")
def test_client_returns_what_the_store_reads() -> None:
    answer = {"Item": to_wire(ITEM), "ConsumedCapacity": {"TableName": "desk", "CapacityUnits": 0.5}}
    ours, stock = Wire(sdk.dynamodb_client(), answer=answer), Wire(boto3.client("dynamodb"), answer=answer)

    found = [wire.client.get_item(TableName="desk", Key=to_wire({"pk": "a", "sk": "b"})) for wire in (ours, stock)]

    assert found[0] == found[1]
    assert from_wire(found[0]["Item"]) == {name: value for name, value in ITEM.items() if value is not None}


@pytest.mark.usefixtures("region")
def test_client_raises_a_refusal_with_its_reasons() -> None:
    refusal = {
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "Transaction cancelled",
        "CancellationReasons": [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Item": to_wire(ITEM)}],
    }
    ours = Wire(sdk.dynamodb_client(), status=400, answer=refusal)
    stock = Wire(boto3.client("dynamodb"), status=400, answer=refusal)

    refused = []
    for wire in (ours, stock):
        with pytest.raises(wire.client.exceptions.TransactionCanceledException) as caught:
            wire.client.transact_write_items(TransactItems=[{"Put": {"TableName": "desk", "Item": to_wire(ITEM)}}])
        refused.append(caught.value.response)

    assert refused[0]["CancellationReasons"] == refused[1]["CancellationReasons"]
    assert refused[0]["Error"] == refused[1]["Error"]


@pytest.mark.usefixtures("region")
def test_client_waits_seconds_and_retries_by_the_sdks_standard() -> None:
    config: Any = sdk.dynamodb_client().meta.config

    assert (config.connect_timeout, config.read_timeout) == (2, 5)
    assert config.retries == {"mode": "standard", "total_max_attempts": 5}


@pytest.mark.usefixtures("region")
@pytest.mark.parametrize("service", ["s3", "secretsmanager", "sesv2", "sns", "sqs"])
def test_client_of_another_service_is_boto3s(service: str) -> None:
    assert sdk.client(service).meta.service_model.service_name == service
